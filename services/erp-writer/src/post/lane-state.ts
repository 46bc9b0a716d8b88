import type { Message, MessageTypes } from '@voucherline/contracts';
import type { PostingRecord } from '@voucherline/domain';

/** The part of a command that is kept. */
export type Command<T extends 'PostVoucher' | 'ReverseVoucher'> = Pick<Message<T>, 'id' | 'type' | 'key' | 'data'>;

interface Waiting {
  /** The case a person has to decide before this goes on. */
  readonly parked: string | null;
  /** The action that last released it. */
  readonly releasedBy: string | null;
}

/** A voucher to be posted; `record` is null until its turn comes. */
export interface Posting extends Waiting {
  readonly command: Command<'PostVoucher'>;
  readonly record: PostingRecord | null;
  /** The reversal for which it was stopped; a person may have decided to post all the same. */
  readonly withdrawnBy: string | null;
}

/** A voucher to be reversed. */
export interface Reversal extends Waiting {
  readonly command: Command<'ReverseVoucher'>;
}

export type Entry = Posting | Reversal;

/** How a voucher ended here. */
export interface Ended {
  readonly generation: number;
  readonly fingerprint: string;
  readonly as: 'confirmed' | 'discarded';
}

/**
 * A lane of the poster: the vouchers of one subject in one target. Commands are taken one at a time, in their order; one
 * that is parked holds those behind it.
 */
export interface PostLane {
  /** The first is being worked on. */
  readonly commands: readonly Entry[];
  /** Confirmed vouchers of which a late create may still leave a draft behind. */
  readonly watched: readonly Posting[];
  /** By voucher key; for ever, so that a command that comes again does nothing. */
  readonly ended: Readonly<Record<string, Ended>>;
}

export const emptyLane: PostLane = { commands: [], watched: [], ended: {} };

export function isPosting(entry: Entry): entry is Posting {
  return entry.command.type === 'PostVoucher';
}

/** Whether this command was taken before, and is under way or ended. */
export function isKnown(lane: PostLane, { voucherKey, fingerprint }: MessageTypes['PostVoucher']): boolean {
  const same = ({ command }: Entry) =>
    command.type === 'PostVoucher' &&
    command.data.voucherKey === voucherKey &&
    command.data.fingerprint === fingerprint;
  return lane.ended[voucherKey]?.fingerprint === fingerprint || lane.commands.some(same);
}

/** The reversal that waits for this voucher, if any. */
export function reversalOf(lane: PostLane, { command }: Posting): Reversal | undefined {
  return lane.commands.find(
    (entry): entry is Reversal => !isPosting(entry) && entry.command.data.voucherKey === command.data.voucherKey,
  );
}

/** The lane with an entry replaced, or without it. */
export function withEntry(lane: PostLane, entry: Entry, next: Entry | undefined): PostLane {
  const replaced = <T extends Entry>(list: readonly T[]): readonly T[] =>
    list.flatMap((one) => (one !== entry ? [one] : next === undefined ? [] : [next as T]));
  return { ...lane, commands: replaced(lane.commands), watched: replaced(lane.watched) };
}
