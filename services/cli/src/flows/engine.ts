import type { UsedRow } from '@voucherline/contracts';
import {
  type Evaluation,
  evaluateFlow,
  type Flow,
  type Lookups,
  type MappedApproval,
  type Rendering as MappedRendering,
} from '@voucherline/mapping';

export interface TracedField {
  readonly path: string;
  readonly rule: string;
  readonly reads: readonly { readonly name: string; readonly row?: number; readonly value: string | null }[];
  readonly lookups: readonly UsedRow[];
  readonly value: unknown;
}

export type Rendering = MappedRendering & { readonly lookups?: readonly UsedRow[] };

export type Evaluated =
  | { readonly kind: 'rendered'; readonly rendering: Rendering; readonly trace?: readonly TracedField[] }
  | Exclude<Evaluation, { kind: 'rendered' }>;

export function evaluate(
  flow: Flow,
  approval: MappedApproval,
  options: {
    readonly timeZone: string;
    readonly accountingDate?: string;
    readonly masterData: Lookups;
    readonly trace: boolean;
  },
): Evaluated {
  return evaluateFlow(flow, approval, options.timeZone, options.accountingDate);
}
