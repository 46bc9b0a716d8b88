import type { Message, MessageTypes } from '@voucherline/contracts';
import { type DocumentName, intended, type PostingRecord } from '@voucherline/domain';
import type { Heard } from './heard.js';

/** The part of a command that is kept. */
export type Command<T extends 'PostVoucher' | 'ReverseVoucher'> = Pick<Message<T>, 'id' | 'type' | 'key' | 'data'>;

interface Waiting {
  /** The case a person has to decide before this goes on. */
  readonly parked: string | null;
  /** The action that last released it, while its turn has not come. */
  readonly releasedBy: string | null;
}

/** A posted voucher that is taken back by an entry of its own. */
export interface Reversed {
  readonly voucherKey: string;
  readonly voucher: string;
  readonly generation: number;
  readonly document: DocumentName & { readonly number: string };
}

/** A voucher to be posted; `record` is null until its turn comes. */
export interface Posting extends Waiting {
  readonly command: Command<'PostVoucher'>;
  readonly record: PostingRecord | null;
  /** With a reversing entry, whose command is made from the original's. */
  readonly reverses?: Reversed;
}

/** A voucher to be reversed. */
export interface Reversal extends Waiting {
  readonly command: Command<'ReverseVoucher'>;
}

export type Entry = Posting | Reversal;

/** What every entry begins with. */
export const waiting: Waiting = { parked: null, releasedBy: null };

/** How the newest generation of a voucher ended here. */
export interface Ended {
  readonly generation: number;
  readonly fingerprint: string;
  readonly as: 'confirmed' | 'withdrawn' | 'replaced' | 'discarded' | 'reversed';
  /** Of all commands taken for this key: ids and fingerprints, so that none of them is ever taken again. */
  readonly taken?: readonly string[];
  /** What a reversal needs: as long as it stands. */
  readonly posting?: Posting;
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
  /** What the log knows and this lane does not yet, by voucher key and generation; only after a recovery. */
  readonly heard?: Readonly<Record<string, Heard>>;
  /** The last case of this lane that the log tells of. */
  readonly openCase?: string;
}

export const emptyLane: PostLane = { commands: [], watched: [], ended: {} };

/** A lane as an older version may have left it, with what records have since learned to remember. */
export function upToDate(lane: PostLane): PostLane {
  const isOld = (entry: Entry) => isPosting(entry) && entry.record !== null && !('ending' in entry.record);
  if (![...lane.commands, ...lane.watched].some(isOld)) return lane;
  const renewed = <T extends Entry>(entry: T): T => {
    if (!isPosting(entry) || entry.record === null) return entry;
    const { record } = entry;
    return { ...entry, record: { ...intended(record.generation, record.intendedAt), ...record } };
  };
  return { ...lane, commands: lane.commands.map(renewed), watched: lane.watched.map(renewed) };
}

export function isPosting(entry: Entry): entry is Posting {
  return entry.command.type === 'PostVoucher';
}

/** Postings on which something may be due: the first command, and what is watched. */
export function active({ commands: [head], watched }: PostLane): readonly Posting[] {
  return head !== undefined && isPosting(head) ? [head, ...watched] : watched;
}

/** The posting under this key that is worked on. */
export function postingOf(lane: PostLane, voucherKey: string): Posting | undefined {
  // A command whose turn has not come may stand before the watched one that it is about.
  return active(lane).find(({ command, record }) => record !== null && command.data.voucherKey === voucherKey);
}

/** What a lane says of a command that comes again. */
export function knowledge(lane: PostLane, message: Command<'PostVoucher' | 'ReverseVoucher'>) {
  const { voucherKey } = message.data;
  const ended = lane.ended[voucherKey];
  if (lane.commands.some(({ command }) => command.id === message.id)) return 'known';
  if (message.type === 'ReverseVoucher') {
    return ended === undefined || ended.as === 'confirmed' ? 'missing' : 'known';
  }
  const { replaces, fingerprint } = message.data as MessageTypes['PostVoucher'];
  const taken = [...lane.commands, ...lane.watched]
    .filter((entry) => isPosting(entry) && entry.command.data.voucherKey === voucherKey)
    .flatMap(({ command }) => marksOf(command as Command<'PostVoucher'>));
  const marks = [...taken, ...(ended === undefined ? [] : [...(ended.taken ?? []), ended.fingerprint])];
  if (marks.includes(message.id) || (replaces === undefined && marks.includes(fingerprint))) return 'known';
  return marks.length === 0 || replaces !== undefined ? 'missing' : 'conflict';
}

/** By what a command is known again. */
export function marksOf({ id, data }: Command<'PostVoucher'>): readonly string[] {
  return [id, data.fingerprint];
}

/** The reversal that waits for this voucher, if any. */
export function reversalOf(lane: PostLane, { command }: Posting): Reversal | undefined {
  return lane.commands.find(
    (entry): entry is Reversal => !isPosting(entry) && entry.command.data.voucherKey === command.data.voucherKey,
  );
}

/** The posting that waits to take the place of this one, which was refused. */
export function replacementOf(lane: PostLane, { command: { data } }: Posting): Posting | undefined {
  return lane.commands.find(
    (entry): entry is Posting =>
      isPosting(entry) &&
      entry.command.data.voucherKey === data.voucherKey &&
      entry.command.data.replaces === data.fingerprint,
  );
}

/** The lane with an entry replaced, or without it. */
export function withEntry(lane: PostLane, entry: Entry, next: Entry | undefined): PostLane {
  const replaced = <T extends Entry>(list: readonly T[]): readonly T[] =>
    list.flatMap((one) => (one !== entry ? [one] : next === undefined ? [] : [next as T]));
  return { ...lane, commands: replaced(lane.commands), watched: replaced(lane.watched) };
}
