import { targetPure } from '@voucherline/connectors/pure';
import type { ConnectionContent, Money } from '@voucherline/contracts';
import {
  evaluateFlow,
  type Flow,
  type Lookups,
  type MappedApproval,
  type Rendering,
  type TracedField,
} from '@voucherline/mapping';

/** What a flow makes of an approval, as the planner would have it: the target's own check of the payload counts. */
export type Outcome =
  | { readonly kind: 'voucher'; readonly rendering: Rendering; readonly trace: readonly TracedField[] }
  | { readonly kind: 'parked'; readonly code: string; readonly reason: string; readonly nextStep: string }
  /** A condition of the flow does not hold. */
  | { readonly kind: 'skipped' };

/** What counts beside flow and approval. */
export interface Circumstances {
  /** Of the source's connection (IANA). */
  readonly timeZone: string;
  /** A person's, in place of the flow's own. */
  readonly accountingDate?: string;
  readonly masterData: Lookups;
  /** Absent where nobody knows the target: its check is left out then. */
  readonly target?: Target;
}

type Target = Pick<ConnectionContent, 'product' | 'settings'>;

/** Evaluates a flow and lets the target check the payload. Pure. */
export function outcomeOf(flow: Flow, approval: MappedApproval, circumstances: Circumstances): Outcome {
  const { timeZone, accountingDate, masterData, target } = circumstances;
  const evaluation = evaluateFlow(flow, approval, {
    ...{ timeZone, masterData, trace: true },
    ...(accountingDate !== undefined && { accountingDate }),
  });
  if (evaluation.kind === 'skipped') return evaluation;
  if (evaluation.kind === 'fault') {
    const { code, reason, nextStep } = evaluation.fault;
    return { kind: 'parked', code, reason, nextStep };
  }
  const { rendering, trace = [] } = evaluation;
  const refused = target === undefined ? [] : refusals(flow, rendering, target, masterData);
  if (refused.length === 0) return { kind: 'voucher', rendering, trace };
  return {
    kind: 'parked',
    code: 'mapping.payload',
    reason: `${flow.voucher.operation} refuses the payload: ${refused.join('; ')}`,
    nextStep: 'Mend the flow’s payload, or the form.',
  };
}

/** Why the target would refuse a payload: by itself, for what it is to show, and against those of its tables that are known. */
function refusals(
  { voucher }: Flow,
  { payload, expectation, accountingDate }: Rendering,
  { product, settings }: Target,
  masterData: Lookups,
): readonly string[] {
  const operation = targetPure(product)?.operations[voucher.operation];
  if (operation === undefined) return [`${product} has no operation "${voucher.operation}"`];
  const faults = operation.checkPayload(payload, settings);
  if (faults.length > 0) return faults;
  const unmet = operation.checkExpectation?.(payload, expectation, settings) ?? [];
  if (unmet.length > 0) return unmet;
  let allKnown = true;
  const rowOf = (kind: string, code: string) => {
    const found = masterData.find(`${voucher.target}/${kind}`, [{ column: 'code', value: code }], accountingDate);
    if (found.kind !== 'rows') allKnown = false;
    return found.kind === 'rows' ? found.rows[0]?.columns : undefined;
  };
  const missing = operation.checkReferences?.(payload, rowOf, settings) ?? [];
  return allKnown ? missing : [];
}

/** What a voucher shows to people, in the words that cases use for it. */
export function shownOf({ accountingDate, amount, expectation, payload, exclusive }: Rendering): ShownVoucher {
  return {
    accountingDate,
    ...(amount satisfies Money),
    ...(expectation.payee !== undefined && { payee: expectation.payee }),
    payload,
    ...(exclusive && { exclusive }),
  };
}

export interface ShownVoucher extends Money {
  readonly accountingDate: string;
  readonly payee?: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly exclusive?: Rendering['exclusive'];
}
