import type { Ending } from '@voucherline/domain';
import type { Desk } from './desk.js';
import { reversedEffect } from './effects.js';
import { type Posting, type PostLane, type Reversal, replacementOf, reversalOf } from './lane-state.js';
import { REVERSAL } from './park-reasons.js';
import { reversedBy, reversingEntry } from './reversing-entry.js';
import { reversedDraft } from './sayings.js';

/** For what a voucher that is not confirmed has to be taken back: because a command behind it says so. */
export function takingBack(lane: PostLane, posting: Posting): Exclude<Ending, 'reversed'> | undefined {
  if (posting.reverses !== undefined) return undefined;
  if (reversalOf(lane, posting) !== undefined) return 'withdrawn';
  const isRefused = posting.record?.situation.name === 'rejected';
  return isRefused && replacementOf(lane, posting) !== undefined ? 'replaced' : undefined;
}

/** The turn of a command to reverse. Gives whether anything changed; if not, it waits for what is watched. */
export function takeReversal(desk: Desk, head: Reversal, at: number): boolean {
  const { voucherKey } = head.command.data;
  const ended = desk.state.ended[voucherKey];
  if (ended !== undefined && ended.as !== 'confirmed') {
    // It had an end before, and that was said.
    desk.remove(head);
    return true;
  }
  const original = watchedOr(desk.state, voucherKey);
  const reversal = original && desk.operationOf(original)?.calls.reversal;
  switch (original === undefined ? undefined : reversal?.kind) {
    case 'entry':
      desk.replace(head, reversingEntry(head, original as Posting));
      return true;
    case 'undo':
      return undo(desk, head, original as Posting, at);
    default:
      desk.parkEntry(head, REVERSAL, at);
      return true;
  }
}

/** The posted voucher comes back to the desk, and goes the way of its own reversal. */
function undo(desk: Desk, head: Reversal, original: Posting, at: number): boolean {
  if (!desk.canHappen(original, { type: 'Reverse', at })) return false;
  desk.remove(original);
  desk.replace(head, original);
  desk.happen(original, { type: 'Reverse', at });
  return true;
}

/** A person reversed it in the target, and says so by discarding the command. */
export function reversedByHand(desk: Desk, { command }: Reversal, at: number): void {
  const { voucherKey } = command.data;
  const original = watchedOr(desk.state, voucherKey);
  if (original === undefined) return;
  const reversed = reversedBy(original);
  desk.note([reversedEffect(reversed, at)], [reversedDraft(original, reversed, at)]);
  desk.endAs(voucherKey, 'reversed');
}

/** A confirmed voucher: as it is watched, or as it ended. */
function watchedOr({ watched, ended }: PostLane, voucherKey: string): Posting | undefined {
  const isIt = ({ command }: Posting) => command.data.voucherKey === voucherKey;
  return watched.find(isIt) ?? ended[voucherKey]?.posting;
}
