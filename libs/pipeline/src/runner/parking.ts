import { type AnyMessage, factId, inBoth, type LogPosition, type LogRecord } from '@voucherline/contracts';
import type { ParkReason } from '../stage.js';
import type { KeyState } from './key-state.js';

/** Topic of what the runner itself says: parked, resolved, replayed. */
export const OPERATIONS = 'operations.events.v1';

/** Longest key, in bytes, that is kept as it is; an index of PostgreSQL takes about 2 700. */
const LONGEST_KEY = 1_000;

/** Why a record is parked under its partition. */
export const UNKEPT_KEY = inBoth(
  `its key holds a NUL character or is longer than ${LONGEST_KEY} bytes`,
  '消息键含有 NUL 字符或过长',
);

export function positionOf({ topic, partition, offset }: LogRecord): LogPosition {
  return { topic, partition, offset: String(offset) };
}

/** Names the case of a parked message. */
export function parkedMessageId(stage: string, at: LogPosition): string {
  return factId('parked', stage, at.topic, at.partition, at.offset);
}

/** Names the case of a message that waits for a missing one. */
export function parkedGapId(stage: string, at: LogPosition): string {
  return factId('parked', stage, at.topic, at.partition, at.offset, 'gap');
}

/** Names the case of a decision that can't be made. */
export function parkedDecisionId(stage: string, key: string, code: string): string {
  return factId('parked', stage, key, code);
}

/** Key of the state that a record belongs to; records without a key that can be kept share one a partition. */
export function keyOf({ topic, partition, key }: LogRecord): string {
  const usable = key !== null && key !== '' && !key.includes('\0') && Buffer.byteLength(key) <= LONGEST_KEY;
  return usable ? key : `${topic}/${partition}`;
}

/** Folds what the stage itself said about parked things. The same when it is said and when it is read again. */
export function foldOperations(stage: string, state: KeyState<unknown>, message: AnyMessage): void {
  if (message.type === 'MessageParked') {
    const { parkedId, origin, code } = message.data;
    if (origin !== undefined && parkedId === parkedMessageId(stage, origin)) {
      state.parked[origin.topic] = { id: parkedId, offset: Number(origin.offset) };
    } else if (origin === undefined || parkedId !== parkedGapId(stage, origin)) {
      state.blocked = { id: parkedId, code, since: message.time };
    }
  } else if (message.type === 'ParkedResolved') {
    foldResolution(state, message.data.parkedId, message.data.resolution);
  }
}

function foldResolution(
  state: KeyState<unknown>,
  id: string,
  resolution: 'released' | 'discarded' | 'superseded',
): void {
  const topic = Object.keys(state.parked).find((name) => state.parked[name]?.id === id);
  if (topic !== undefined) {
    delete state.parked[topic];
    if (resolution !== 'released') state.dropped.push(id);
  } else if (state.blocked?.id === id) {
    if (resolution === 'discarded') state.waived.push(state.blocked.code);
    state.blocked = undefined;
  } else if (resolution === 'discarded') {
    // Neither a message nor a decision: a gap that a person gave up.
    state.dropped.push(id);
  }
}

/** Why the runner itself parks. */
export const REASONS = {
  unreadable: (words: string): ParkReason => ({
    code: 'record.unreadable',
    reason: words,
    owner: 'operations',
    nextStep: inBoth(
      'find out who wrote it; release it when a version that reads it runs here, or discard it',
      '请查明由谁写入；能读取它的版本上线后放行，或放弃',
    ),
  }),
  foldFailed: (words: string): ParkReason => ({
    code: 'message.unhandled',
    reason: words,
    owner: 'operations',
    nextStep: inBoth(
      'mend what the reason names, then release it; discard it if it is not needed',
      '请排除上述原因，然后放行；不需要的，请放弃',
    ),
  }),
  crashed: (): ParkReason => ({
    code: 'message.crashes',
    reason: inBoth(
      'the process died four times in a row while it handled this message',
      '处理该消息时进程连续四次崩溃',
    ),
    owner: 'operations',
    nextStep: inBoth(
      'look at the process logs of that time; release it when a mended version runs',
      '请查看当时的进程日志；修复后的版本上线后放行',
    ),
  }),
  refused: (sqlState: string): ParkReason => ({
    code: 'state.refused',
    reason: inBoth(
      `the database refused the state after this message (SQLSTATE ${sqlState})`,
      '数据库拒绝保存处理该消息后的状态',
    ),
    owner: 'operations',
    nextStep: inBoth(
      'report it with the message; release it when a mended version runs',
      '请连同该消息一并报告；修复后的版本上线后放行',
    ),
  }),
  configurationMissing: (offset: number): ParkReason => ({
    code: 'configuration.missing',
    reason: inBoth(
      `it was written with configuration ${offset}, which configuration.published does not have`,
      '该消息所用的配置在 configuration.published 中不存在',
    ),
    owner: 'operations',
    nextStep: inBoth(
      'publish the configuration again (voucherline publish), then release it',
      '请重新发布配置（voucherline publish），然后放行',
    ),
  }),
  gap: (source: string, after: number, sequence: number): ParkReason => ({
    code: 'sequence.gap',
    reason: inBoth(
      `messages ${after + 1} to ${sequence - 1} of ${source} are missing before it`,
      '该消息之前缺少若干消息',
    ),
    owner: 'operations',
    nextStep: inBoth(
      'replay the stage that writes them; discard to go on without them',
      '请重放写入这些消息的环节；放弃则略过它们继续',
    ),
  }),
  decisionFailed: (words: string): ParkReason => ({
    code: 'decision.failed',
    reason: words,
    owner: 'operations',
    nextStep: inBoth('report it; release it when a mended version runs', '请报告；修复后的版本上线后放行'),
  }),
  tooLarge: (type: string, bytes: number): ParkReason => ({
    code: 'message.too-large',
    reason: inBoth(`${type} would have ${bytes} bytes; the log takes 900000`, '消息超过日志允许的大小'),
    owner: 'operations',
    nextStep: inBoth(
      'make what it is made from smaller (attachments, long texts), then release it',
      '请缩减来源内容（附件、长文本），然后放行',
    ),
  }),
} as const;
