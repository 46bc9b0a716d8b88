import { factId } from '@voucherline/contracts';
import type { ParkReason } from '@voucherline/pipeline';
import type { KeyedDraft, Lane } from '@voucherline/work';

export const WORKER = 'collector/read';

/** Says that a document or sweep is set aside for a person. The same cause of the same lane is the same case. */
export function parkedDraft(
  lane: Lane<unknown>,
  why: ParkReason,
  now: number,
): Extract<KeyedDraft, { type: 'MessageParked' }> {
  const parkedId = factId('parked', WORKER, lane.key, why.code);
  return {
    type: 'MessageParked',
    id: factId('MessageParked', parkedId, now),
    key: lane.key,
    time: new Date(now).toISOString(),
    data: { parkedId, stage: WORKER, connection: lane.connection, ...why },
  };
}

/** The lane's parked case, when a message of the mailbox asks to discard it. */
export function discardedCase(lane: Lane<{ readonly parkedId?: string }>): string | undefined {
  const { parkedId } = lane.state;
  const asked = lane.mailbox.some(({ type, data }) => type === 'ParkedDiscarded' && data.parkedId === parkedId);
  return asked ? parkedId : undefined;
}

/** Says that a parked case is over: the vendor answered after all, or a person does not need it any more. */
export function resolvedDraft(
  lane: Lane<unknown>,
  parkedId: string,
  now: number,
  resolution: 'released' | 'discarded',
): KeyedDraft {
  return {
    type: 'ParkedResolved',
    id: factId('ParkedResolved', parkedId, now),
    key: lane.key,
    time: new Date(now).toISOString(),
    data: { parkedId, stage: WORKER, resolution },
  };
}
