import { factId, inBoth, type MessageTypes } from '@voucherline/contracts';
import type { PostingEvent, PostingRecord, Said, TargetDocument } from '@voucherline/domain';
import type { ParkReason } from '@voucherline/pipeline';
import type { KeyedDraft } from '@voucherline/work';
import type { Posting, Reversed } from './lane-state.js';

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * The event that a passed edge says. Ids come from the fact: voucher key, generation, and for what may happen more than once
 * the attempt that got in doubt, the look that was made, or what let a stopped posting go on.
 * @param posting as it is after the event
 */
export function eventDraft(says: Said, posting: Posting, event: PostingEvent): KeyedDraft {
  const { command, record } = posting;
  if (record === null) throw new Error(`${says} of a voucher whose turn has not come`);
  const { voucherKey, voucher, revision, target, fingerprint, flow } = command.data;
  const { generation, situation, confirmation, attempts } = record;
  const of = { voucherKey, voucher, revision, generation, target };
  const draft = <T extends Said>(type: T, data: MessageTypes[T], ...fact: readonly (string | number)[]) =>
    ({
      type,
      id: factId(type, voucherKey, generation, ...fact),
      key: command.key,
      time: iso(event.at),
      data,
    }) as KeyedDraft;
  switch (says) {
    case 'VoucherPostingStarted':
      return draft(says, { ...of, fingerprint });
    case 'VoucherInDoubt': {
      if (situation.name !== 'inDoubt') break;
      const { step, since, reason } = situation;
      return draft(says, { ...of, step, since: iso(since), reason }, attempts);
    }
    case 'VoucherLookedUp':
      return draft(
        says,
        { ...of, found: shown(event).map(({ document, stage }) => ({ document, stage })) },
        record.looks,
      );
    case 'VoucherDoubtSettled': {
      const [linked] = shown(event);
      const action = record.releasedBy ?? '';
      const found = linked === undefined ? {} : { document: linked.document };
      return draft(says, { ...of, resolution: linked === undefined ? 'absent' : 'linked', ...found, action }, action);
    }
    case 'VoucherConfirmed': {
      if (confirmation === null) break;
      const { document, number, readAt, status, amount, contentSha256 } = confirmation;
      if (posting.reverses !== undefined)
        return reversedDraft(posting, posting.reverses, event.at, { document, number });
      const evidence = { readAt: iso(readAt), status, amount, contentSha256 };
      return draft(says, { ...of, flow, document, number, evidence });
    }
    case 'VoucherReversed':
      return draft(says, { ...of, document: confirmation?.document ?? '' });
    case 'VoucherCancelled': {
      if (posting.reverses !== undefined) return reversedDraft(posting, posting.reverses, event.at);
      const reason = record.ending === 'reversed' ? null : record.ending;
      return draft(says, { ...of, reason: reason ?? 'discarded' });
    }
    case 'VoucherRejected': {
      if (situation.name !== 'rejected') break;
      const { code, words, owner, nextStep } = situation.refusal;
      return draft(says, { ...of, code, words, owner, nextStep }, ...stopOf(record));
    }
    case 'VoucherHeld': {
      if (situation.name !== 'held') break;
      const { reason, owner, nextStep, documents } = situation.hold;
      return draft(says, { ...of, reason, owner, nextStep, documents }, ...stopOf(record));
    }
  }
  throw new Error(`${says} can't be said of a posting that is ${situation.name}`);
}

/**
 * Says that a posted voucher is not effective any more: by an entry, or because a person took it back in the target.
 * @param about the reversing entry, or the original itself
 */
export function reversedDraft(
  { command: { key, data } }: Posting,
  { voucherKey, voucher, generation, document }: Reversed,
  at: number,
  entry?: { readonly document: string; readonly number: string },
): KeyedDraft {
  const of = { voucherKey, voucher, generation, revision: data.revision, target: data.target };
  const by = entry === undefined ? {} : { entry: { voucherKey: data.voucherKey, ...entry } };
  return {
    type: 'VoucherReversed',
    id: factId('VoucherReversed', voucherKey, generation),
    ...{ key, time: iso(at), data: { ...of, document: document.document, ...by } },
  };
}

/** What tells one stop of a posting from another: what a person decided last, and what it is to come to instead. */
export function stopOf({ releasedBy, ending }: PostingRecord): readonly string[] {
  return [releasedBy ?? '', ...(ending === null ? [] : [ending])];
}

function shown(event: PostingEvent): readonly TargetDocument[] {
  if (event.type === 'LookedUp') return event.documents;
  const read = event.type === 'ChosenRead' || event.type === 'UnchosenRead' || event.type === 'LinkedRead';
  return read && event.document !== null ? [event.document] : [];
}

/** Why a stopped posting is parked; undefined while it goes on. */
export function parkReason({ record, reverses }: Posting): ParkReason | undefined {
  const stop = record === null ? undefined : stopReason(record);
  if (stop === undefined || reverses === undefined) return stop;
  const { id } = reverses.document;
  return {
    ...stop,
    reason: `${inBoth(`Reversing document ${id}`, '冲销该单据')}: ${stop.reason}`,
    nextStep: `${stop.nextStep} ${inBoth(
      `Discard only when document ${id} is reversed in the ERP by hand.`,
      '只有已在 ERP 中手工冲销该单据时，才可放弃。',
    )}`,
  };
}

function stopReason({ situation }: PostingRecord): ParkReason | undefined {
  if (situation.name === 'held') {
    const { code, reason, owner, nextStep } = situation.hold;
    return { code, reason, owner, nextStep };
  }
  if (situation.name !== 'rejected') return undefined;
  const { code, words, owner, nextStep } = situation.refusal;
  return { code: `posting.refused.${code}`, reason: words, owner, nextStep };
}
