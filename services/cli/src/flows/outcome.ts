import { targetPure } from '@voucherline/connectors/pure';
import { type ConnectionContent, inBoth, type Money } from '@voucherline/contracts';
import {
  type EvaluationOptions,
  evaluateFlow,
  type Flow,
  type MappedApproval,
  makeVoucher,
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

type Target = Pick<ConnectionContent, 'product' | 'settings'>;

/**
 * Evaluates a flow and lets the target check the payload. Pure.
 * @param target absent where nobody knows it: its checks are left out then
 */
export function outcomeOf(flow: Flow, approval: MappedApproval, options: EvaluationOptions, target?: Target): Outcome {
  const { target: name, operation: operationName } = flow.voucher;
  const operation = target && targetPure(target.product)?.operations[operationName];
  if (target !== undefined && operation === undefined) {
    const known = Object.keys(targetPure(target.product)?.operations ?? {}).join(', ') || 'none';
    const reason = `${inBoth(`${target.product} has no operation "${operationName}"; known are`, '目标系统没有此操作，可用的有')}: ${known}`;
    return {
      kind: 'parked',
      code: 'target.unknown-operation',
      reason,
      nextStep: inBoth('Name another operation.', '请改用其他操作。'),
    };
  }
  const evaluation =
    target && operation
      ? makeVoucher(flow, approval, options, { connection: { name, settings: target.settings }, operation })
      : evaluateFlow(flow, approval, options);
  if (evaluation.kind === 'skipped') return evaluation;
  if (evaluation.kind === 'fault') {
    const { code, reason, nextStep } = evaluation.fault;
    return { kind: 'parked', code, reason, nextStep };
  }
  return { kind: 'voucher', rendering: evaluation.rendering, trace: evaluation.trace ?? [] };
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
