import { type AnyMessage, inBoth, parseDocumentKey } from '@voucherline/contracts';
import type { PostingRecord } from '@voucherline/domain';
import { type Heard, heardKey } from './heard.js';
import type { PostLane } from './lane-state.js';

const nothing = (generation: number): Heard => ({
  ...{ generation, startedAt: null, fingerprint: null, confirmed: null, ended: null, stopped: null },
});

/**
 * Folds a message of this worker's own into what the lane has to know before it does anything for that voucher. Other
 * messages change nothing. Pure; what was folded is taken over when the voucher's command is known (`recovered`).
 */
export function adopt(lane: PostLane, message: AnyMessage): PostLane {
  if (message.type === 'MessageParked') return { ...lane, openCase: message.data.parkedId };
  const folded = fold(message, (voucherKey, generation) => {
    return lane.heard?.[heardKey(voucherKey, generation)] ?? nothing(generation);
  });
  return folded === undefined ? lane : { ...lane, heard: { ...lane.heard, [folded.key]: folded.heard } };
}

/** Whether a message is one of ours that a lane has to hear. */
export function isOwnWord(message: AnyMessage): boolean {
  // The runner's own cases go with the lane that it set aside.
  if (message.type === 'MessageParked') return !message.data.code.startsWith('lane.');
  return fold(message, (_, generation) => nothing(generation)) !== undefined;
}

function fold(
  { type, time, data }: AnyMessage,
  known: (voucherKey: string, generation: number) => Heard,
): { key: string; heard: Heard } | undefined {
  const of = (about: { voucherKey: string; generation: number }, change: Partial<Heard>) => {
    const { voucherKey, generation } = about;
    return {
      key: heardKey(voucherKey, generation),
      heard: { ...known(voucherKey, generation), stopped: null, ...change },
    };
  };
  switch (type) {
    case 'VoucherPostingStarted':
      return of(data, { startedAt: Date.parse(time), fingerprint: data.fingerprint });
    case 'VoucherInDoubt':
    case 'VoucherLookedUp':
    case 'VoucherDoubtSettled':
      return of(data, {});
    case 'VoucherConfirmed': {
      const { document, number, evidence } = data;
      return of(data, { confirmed: { document, number, ...evidence, readAt: Date.parse(evidence.readAt) } });
    }
    case 'VoucherRejected': {
      const { code, words: reason, owner, nextStep } = data;
      return of(data, { stopped: { kind: 'rejected', code, reason, owner, nextStep, documents: [] } });
    }
    case 'VoucherHeld': {
      const { reason, owner, nextStep, documents } = data;
      return of(data, { stopped: { kind: 'held', code: 'posting.held-before', reason, owner, nextStep, documents } });
    }
    case 'VoucherCancelled':
      return of(data, { ended: data.reason });
    case 'VoucherReversed':
      return of(data, { ended: 'reversed' });
    default:
      return undefined;
  }
}

/**
 * A record that has forgotten what the log still knows, brought to where nothing is sent before the target was looked at. What
 * was begun is in doubt about its create; what was confirmed is looked up once; what had stopped is stopped.
 */
export function recovered(record: PostingRecord, heard: Heard, now: number): PostingRecord {
  const { confirmed, ended, stopped, startedAt } = heard;
  if (ended !== null) return endedAs(record, ended);
  const begun = record.announced || startedAt !== null || confirmed !== null ? inDoubt(record, startedAt, now) : record;
  if (confirmed !== null) {
    const chosen = { id: parseDocumentKey(confirmed.document).id, document: confirmed.document };
    return { ...begun, chosen, confirmation: confirmed, situation: { name: 'watching', until: now } };
  }
  if (stopped?.kind === 'rejected') {
    const { code, reason: words, owner, nextStep } = stopped;
    return { ...begun, situation: { name: 'rejected', refusal: { code, words, owner, nextStep } } };
  }
  if (stopped?.kind === 'held') return { ...begun, situation: { name: 'held', hold: stopped } };
  return begun;
}

function inDoubt(record: PostingRecord, startedAt: number | null, now: number): PostingRecord {
  const reason = inBoth(
    'it was begun, and the database has forgotten what came of it',
    '已开始发送，但数据库已丢失其结果',
  );
  return {
    ...record,
    ...{ announced: true, pause: null, lastDoubtfulCreate: now, settleWaived: false },
    creates: Math.max(record.creates, 1),
    firstCreateAt: record.firstCreateAt ?? startedAt ?? now,
    situation: { name: 'inDoubt', step: 'create', since: now, reason },
  };
}

function endedAs(record: PostingRecord, ended: NonNullable<Heard['ended']>): PostingRecord {
  const at = { ...record, announced: true, pause: null };
  if (ended === 'discarded') return { ...at, situation: { name: 'discarded' } };
  if (ended === 'reversed') return { ...at, ending: 'reversed', situation: { name: 'reversed' } };
  return { ...at, ending: ended, situation: { name: 'cancelled' } };
}
