import { factId, type MessageTypes } from '@voucherline/contracts';
import type { PostingRecord, Said } from '@voucherline/domain';
import type { ParkReason } from '@voucherline/pipeline';
import type { KeyedDraft } from '@voucherline/work';
import type { Command } from './lane-state.js';

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * The event that a passed edge says. Ids come from the fact: voucher key, generation, and for what may happen more than once
 * the attempt that got in doubt or the action that let a stopped posting go on.
 */
export function eventDraft(says: Said, command: Command<'PostVoucher'>, record: PostingRecord, at: number): KeyedDraft {
  const { voucherKey, voucher, revision, target, fingerprint } = command.data;
  const { generation, situation, confirmation, attempts, releasedBy } = record;
  const of = { voucherKey, voucher, revision, generation, target };
  const draft = <T extends Said>(type: T, data: MessageTypes[T], ...fact: readonly (string | number)[]) =>
    ({ type, id: factId(type, voucherKey, generation, ...fact), key: command.key, time: iso(at), data }) as KeyedDraft;
  switch (says) {
    case 'VoucherPostingStarted':
      return draft(says, { ...of, fingerprint });
    case 'VoucherInDoubt': {
      if (situation.name !== 'inDoubt') break;
      const { step, since, reason } = situation;
      return draft(says, { ...of, step, since: iso(since), reason }, attempts);
    }
    case 'VoucherConfirmed': {
      if (confirmation === null) break;
      const { document, number, readAt, status, amount, contentSha256 } = confirmation;
      return draft(says, { ...of, document, number, evidence: { readAt: iso(readAt), status, amount, contentSha256 } });
    }
    case 'VoucherRejected': {
      if (situation.name !== 'rejected') break;
      const { code, words, owner, nextStep } = situation.refusal;
      return draft(says, { ...of, code, words, owner, nextStep }, releasedBy ?? '');
    }
    case 'VoucherHeld': {
      if (situation.name !== 'held') break;
      const { reason, owner, nextStep, documents } = situation.hold;
      return draft(says, { ...of, reason, owner, nextStep, documents }, releasedBy ?? '');
    }
  }
  throw new Error(`${says} can't be said of a posting that is ${situation.name}`);
}

/** Why a stopped posting is parked; undefined while it goes on. */
export function parkReason({ situation }: PostingRecord): ParkReason | undefined {
  if (situation.name === 'held') {
    const { code, reason, owner, nextStep } = situation.hold;
    return { code, reason, owner, nextStep };
  }
  if (situation.name !== 'rejected') return undefined;
  const { code, words, owner, nextStep } = situation.refusal;
  return { code: `posting.refused.${code}`, reason: words, owner, nextStep };
}
