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
  /** The trace is empty unless it was asked for. */
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
  /** Whether it is to be told where each field came from. */
  readonly trace?: boolean;
}

type Target = Pick<ConnectionContent, 'product' | 'settings'>;

/** Evaluates a flow and lets the target check the payload. Pure. */
export function outcomeOf(flow: Flow, approval: MappedApproval, circumstances: Circumstances): Outcome {
  const { timeZone, accountingDate, masterData, target, trace: isTraced = false } = circumstances;
  const evaluation = evaluateFlow(flow, approval, {
    ...{ timeZone, masterData, trace: isTraced },
    ...(accountingDate !== undefined && { accountingDate }),
  });
  if (evaluation.kind === 'skipped') return evaluation;
  if (evaluation.kind === 'fault') {
    const { code, reason, nextStep } = evaluation.fault;
    return { kind: 'parked', code, reason, nextStep };
  }
  const { rendering, trace = [] } = evaluation;
  const refusal = target && refusalOf(flow, rendering, target, masterData);
  return refusal ?? { kind: 'voucher', rendering, trace };
}

/** Why the target would refuse a payload: by itself, for what it is to show, or against those of its tables that are known. */
function refusalOf(flow: Flow, rendering: Rendering, target: Target, masterData: Lookups): Outcome | undefined {
  const { operation: name } = flow.voucher;
  const operation = targetPure(target.product)?.operations[name];
  if (operation === undefined) {
    return parked(
      'target.unknown-operation',
      `${target.product} has no operation "${name}"`,
      'Name another operation.',
    );
  }
  const { payload, expectation } = rendering;
  const unfit = operation.checkPayload(payload, target.settings);
  const refused =
    unfit.length > 0 ? unfit : (operation.checkExpectation?.(payload, expectation, target.settings) ?? []);
  if (refused.length > 0) {
    const reason = `${name} refuses the payload: ${refused.join('; ')}`;
    return parked('mapping.payload', reason, 'Mend the flow’s payload, or the form.');
  }
  const faults = referenceFaults(flow, rendering, target, masterData);
  if (faults.length === 0) return undefined;
  const reason = `the payload of ${name} does not fit the target's master data: ${faults.join('; ')}`;
  return parked('mapping.references', reason, 'Mend the flow, a table, or the master data in the target.');
}

/** Nothing is said while a table that is asked for is not known. */
function referenceFaults(
  { voucher }: Flow,
  { payload, accountingDate }: Rendering,
  { product, settings }: Target,
  masterData: Lookups,
): readonly string[] {
  let allKnown = true;
  const rowOf = (kind: string, code: string) => {
    const found = masterData.find(`${voucher.target}/${kind}`, [{ column: 'code', value: code }], accountingDate);
    if (found.kind !== 'rows') allKnown = false;
    return found.kind === 'rows' ? found.rows[0]?.columns : undefined;
  };
  const faults = targetPure(product)?.operations[voucher.operation]?.checkReferences?.(payload, rowOf, settings) ?? [];
  return allKnown ? faults : [];
}

function parked(code: string, reason: string, nextStep: string): Outcome {
  return { kind: 'parked', code, reason, nextStep };
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
