import type { DoubtResolved, Message } from '@voucherline/contracts';
import type { PostingEvent } from '@voucherline/domain';
import type { Desk } from './desk.js';
import { isPosting, marksOf, type Posting, postingOf, type Reversal } from './lane-state.js';
import { reversedByHand } from './taking-back.js';

/** A person decided about a case: an entry that stopped goes on, or is given up. */
export function decide(desk: Desk, message: Message<'ParkedReleased'> | Message<'ParkedDiscarded'>, at: number): void {
  const { parkedId } = message.data;
  const entry = [...desk.state.commands, ...desk.state.watched].find(({ parked }) => parked === parkedId);
  if (entry === undefined) return;
  const isRelease = message.type === 'ParkedReleased';
  desk.resolve(entry, isRelease ? 'released' : 'discarded', at, message.id);
  if (isPosting(entry) && entry.record !== null) {
    desk.happen(entry, isRelease ? { type: 'Released', at, action: message.id } : { type: 'Discarded', at });
  } else if (isRelease) {
    desk.replace(entry, { ...entry, parked: null, releasedBy: message.id });
  } else {
    if (isPosting(entry)) remember(desk, entry);
    else reversedByHand(desk, entry as Reversal, at);
    desk.remove(entry);
  }
}

/** What a person gave up before its turn is not taken again when it comes again, as by a replay. */
function remember(desk: Desk, { command }: Posting): void {
  const ended = desk.state.ended[command.data.voucherKey];
  if (ended === undefined) return;
  const taken = new Set([...(ended.taken ?? []), ...marksOf(command)]);
  desk.end(command.data.voucherKey, { ...ended, taken: [...taken] });
}

/** A person found out what became of a voucher in doubt. */
export function settleDoubt(desk: Desk, data: DoubtResolved, action: string, at: number): void {
  const posting = postingOf(desk.state, data.voucherKey);
  if (posting === undefined) return;
  const event: PostingEvent =
    data.resolution === 'absent'
      ? { type: 'DoubtDeclaredAbsent', at, action }
      : { type: 'DocumentLinked', at, id: data.document ?? '', action };
  // What comes too late changes nothing.
  if (desk.canHappen(posting, event)) desk.happen(posting, event);
}
