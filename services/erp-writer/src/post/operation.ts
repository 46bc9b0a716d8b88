import type { TargetCalls, TargetOperation, VoucherIntent } from '@voucherline/connector-kit';
import type { PostingEvent, PostingTerms } from '@voucherline/domain';
import type { Configuration } from '@voucherline/pipeline';
import type { Command } from './lane-state.js';

/** The connector of a product; undefined when there is none. */
export type TargetOf = (product: string) => TargetCalls | undefined;

/** The operation that a command asks for; undefined when the target has none of that name. */
export function operationOf(
  { data }: Command<'PostVoucher'>,
  configuration: Configuration,
  targetOf: TargetOf,
): TargetOperation | undefined {
  const product = configuration.connection(data.target)?.content.product;
  const operations = product === undefined ? undefined : targetOf(product)?.operations;
  return operations !== undefined && Object.hasOwn(operations, data.operation) ? operations[data.operation] : undefined;
}

/** What people decide about a posting, and what refuses it before anything is sent, hangs on no operation. */
const NO_OPERATION = { level: 'L0', createCarriesKey: false, settleMs: 0 } as const;

export function termsOf({ data }: Command<'PostVoucher'>, operation: TargetOperation | undefined): PostingTerms {
  return {
    voucherKey: data.voucherKey,
    expectation: data.expectation,
    patienceMs: data.patienceSeconds * 1000,
    operation: operation ?? NO_OPERATION,
  };
}

export function voucherIntent({ data }: Command<'PostVoucher'>, generation: number): VoucherIntent {
  const { voucherKey, accountingDate, payload, expectation } = data;
  return { voucherKey, generation, accountingDate, payload, expectation };
}

/** Why a command must not be sent at all; undefined when it may. */
export function payloadRefusal(
  { data }: Command<'PostVoucher'>,
  operation: TargetOperation | undefined,
  at: number,
): PostingEvent | undefined {
  const faults =
    operation === undefined
      ? [`connection ${data.target} has no operation ${data.operation}`]
      : operation.checkPayload(data.payload);
  if (faults.length === 0) return undefined;
  const refusal = {
    code: operation === undefined ? 'OPERATION' : 'PAYLOAD',
    words: faults.join('; ').slice(0, 500),
    owner: 'administrator',
    nextStep: `Mend flow ${data.flow.name} and publish it; discard this command, nothing was sent.`,
  } as const;
  return { type: 'PayloadRefused', at, refusal };
}
