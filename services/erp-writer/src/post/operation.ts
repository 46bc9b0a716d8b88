import type { Level, TargetCalls, TargetOperation, VoucherIntent } from '@voucherline/connector-kit';
import { type ConnectionContent, inBoth, type PostVoucher } from '@voucherline/contracts';
import type { PostingEvent, PostingTerms } from '@voucherline/domain';
import type { Configuration } from '@voucherline/pipeline';
import type { Posting } from './lane-state.js';

/** The connector of a product; undefined when there is none. */
export type TargetOf = (product: string) => TargetCalls | undefined;

/** The operation that posts a voucher, and the level that its target was seen to keep. */
export interface Operation {
  readonly calls: TargetOperation;
  readonly shown: Level | undefined;
  /** Of the target's connection. */
  readonly settings: ConnectionContent['settings'];
}

/** The operation of a posting, which for a reversing entry is its original's way back; undefined when the target has none. */
export function operationOf(
  { command: { data }, reverses }: Pick<Posting, 'command' | 'reverses'>,
  configuration: Configuration,
  targetOf: TargetOf,
): Operation | undefined {
  const content = configuration.connection(data.target)?.content;
  const target = content && targetOf(content.product);
  if (content === undefined || target === undefined || !Object.hasOwn(target.operations, data.operation))
    return undefined;
  const named = target.operations[data.operation];
  const calls =
    reverses === undefined ? named : named?.reversal.kind === 'entry' ? named.reversal.operation : undefined;
  return calls && { calls, shown: target.shownLevels[calls.name], settings: content.settings };
}

/** What people decide about a posting, and what refuses it before anything is sent, hangs on no operation. */
const NO_OPERATION = { level: 'L0', createCarriesKey: false, settleMs: 0, shown: true } as const;

export function termsOf({ command: { data } }: Posting, operation: Operation | undefined): PostingTerms {
  return {
    voucherKey: data.voucherKey,
    expectation: data.expectation,
    patienceMs: data.patienceSeconds * 1000,
    exclusive: data.exclusive ?? [],
    operation: operation === undefined ? NO_OPERATION : traitsOf(operation),
  };
}

function traitsOf({ calls, shown }: Operation): PostingTerms['operation'] {
  const { level, createCarriesKey, settleMs } = calls;
  return { level, createCarriesKey, settleMs, shown: shown !== undefined && shown >= level };
}

export function voucherIntent({ command: { data }, reverses }: Posting, generation: number): VoucherIntent {
  const { voucherKey, accountingDate, payload, expectation } = data;
  const intent = { voucherKey, generation, accountingDate, payload, expectation };
  return reverses === undefined ? intent : { ...intent, reverses: reverses.document };
}

/** Why a command must not be sent at all; undefined when it may. */
export function payloadRefusal(
  { command: { data } }: Posting,
  operation: Operation | undefined,
  at: number,
): PostingEvent | undefined {
  const faults =
    operation === undefined
      ? [inBoth(`connection ${data.target} has no operation ${data.operation}`, '该连接没有此操作')]
      : contentFaults(data, operation);
  if (faults.length === 0) return undefined;
  const refusal = {
    code: operation === undefined ? 'OPERATION' : 'PAYLOAD',
    words: faults.join('; ').slice(0, 500),
    owner: 'administrator',
    nextStep: inBoth(
      `Mend flow ${data.flow.name} and publish it, then release with --replan; nothing was sent.`,
      '请修正并发布该流程，然后用 --replan 放行；未发送任何内容。',
    ),
  } as const;
  return { type: 'PayloadRefused', at, refusal };
}

function contentFaults({ payload, expectation }: PostVoucher, { calls, settings }: Operation): readonly string[] {
  const faults = calls.checkPayload(payload, settings);
  return faults.length > 0 ? faults : (calls.checkExpectation?.(payload, expectation, settings) ?? []);
}
