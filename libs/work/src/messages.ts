import { factId, inBoth, type ParkedReleased } from '@voucherline/contracts';
import { childOf, type Randomness } from '@voucherline/platform';
import type { Unsequenced } from '@voucherline/store';
import type { Cause } from './lanes/progress.js';
import type { KeyedDraft, Lane } from './worker.js';

/** Makes a message of what a step wants to say. */
export function stamped(
  draft: KeyedDraft,
  as: {
    readonly source: string;
    readonly configuration: number;
    readonly cause: Cause | undefined;
    readonly randomness: Randomness;
  },
): Unsequenced {
  return {
    ...draft,
    source: as.source,
    ...(as.configuration >= 0 && { configuration: as.configuration }),
    ...(as.cause !== undefined && { causation: as.cause.id }),
    traceparent: childOf(as.cause?.traceparent, as.randomness),
  } as Unsequenced;
}

/** The case that the runner itself makes of a lane it can't go on with; the same cause in the same lane is the same case. */
export function laneCaseId(worker: string, lane: { connection: string; key: string }, code: string): string {
  return factId('parked', worker, lane.connection, lane.key, code);
}

/** Says that the runner set a lane aside. `words` are for people and name no personal data. */
export function laneParked(
  worker: string,
  lane: { connection: string; key: string },
  why: { readonly code: string; readonly words: string },
  now: number,
): Extract<KeyedDraft, { type: 'MessageParked' }> {
  const parkedId = laneCaseId(worker, lane, why.code);
  return {
    type: 'MessageParked',
    id: factId('MessageParked', parkedId, now),
    key: lane.key,
    time: new Date(now).toISOString(),
    data: {
      parkedId,
      stage: worker,
      connection: lane.connection,
      reason: why.words,
      code: why.code,
      owner: 'operations',
      nextStep: inBoth(
        'Mend the cause and release the case; discarding it drops the messages that wait in this lane.',
        '请排除原因后放行；放弃会丢弃在此等待的消息。',
      ),
    },
  };
}

export function caseResolved(
  worker: string,
  lane: { readonly key: string },
  parkedId: string,
  resolution: 'released' | 'discarded',
  now: number,
): KeyedDraft {
  return {
    type: 'ParkedResolved',
    id: factId('ParkedResolved', parkedId, now),
    key: lane.key,
    time: new Date(now).toISOString(),
    data: { parkedId, stage: worker, resolution },
  };
}

/** Position in the mailbox of the action that discards this case; -1 when there is none. */
export function discardedAt(lane: Lane<unknown>, parkedId: string): number {
  return lane.mailbox.findLastIndex(
    ({ type, data }) => type === 'ParkedDiscarded' && (data as ParkedReleased).parkedId === parkedId,
  );
}
