import { intended, nextAction, type PostingRecord } from '@voucherline/domain';
import type { CallAction } from './calls.js';
import type { Desk } from './desk.js';
import { intentOf } from './effects.js';
import { heardKey } from './heard.js';
import { active, type Ended, isPosting, marksOf, type Posting, reversalOf } from './lane-state.js';
import { type Operation, payloadRefusal, termsOf } from './operation.js';
import { KNOWN_OTHERWISE } from './park-reasons.js';
import { takeReversal, takingBack } from './taking-back.js';
import { takeOver } from './taking-over.js';

/** What the lane needs done by a vendor, or until when nothing. */
export type Due =
  | {
      readonly kind: 'call';
      readonly posting: Posting;
      readonly action: CallAction;
      readonly operation: Operation;
    }
  | { readonly kind: 'wait'; readonly until: number | undefined };

/** Goes on without calls as far as possible, then says what is due. */
export function goOn(desk: Desk, now: number): Due {
  for (;;) {
    const before = desk.state;
    const due = look(desk, now);
    if (desk.state === before) return due;
  }
}

/** Attempts that nobody waits for any more are in doubt, whatever comes next. */
export function recoverAttempts(desk: Desk, now: number): void {
  const reason = 'the process that sent it ended before its answer was recorded';
  for (const posting of active(desk.state)) {
    if (posting.record?.situation.name !== 'sending') continue;
    desk.happen(posting, { type: 'SendEnded', at: now, outcome: { kind: 'inDoubt', reason } });
  }
}

function look(desk: Desk, now: number): Due {
  if (prepare(desk, now)) return { kind: 'wait', until: undefined };
  let until: number | undefined;
  for (const posting of active(desk.state)) {
    const due = dueOf(desk, posting, now);
    if (due?.kind === 'call') return due;
    if (due?.until !== undefined) until = Math.min(until ?? due.until, due.until);
  }
  return { kind: 'wait', until };
}

/** What the first command needs before calls; says whether that changed anything. */
function prepare(desk: Desk, now: number): boolean {
  if (takeOver(desk, now)) return true;
  const [head] = desk.state.commands;
  if (head === undefined) return false;
  if (!isPosting(head)) return head.parked === null && takeReversal(desk, head, now);
  if (head.record === null) return begin(desk, head, now);
  const why = takingBack(desk.state, head);
  if (why !== undefined && desk.canHappen(head, { type: 'TakeBack', at: now, why })) {
    desk.happen(head, { type: 'TakeBack', at: now, why });
    return true;
  }
  if (head.record.situation.name !== 'intended') return false;
  const refusal = payloadRefusal(head, desk.operationOf(head), now);
  if (refusal !== undefined) desk.happen(head, refusal);
  return refusal !== undefined;
}

/** The turn of a voucher comes; says whether that changed anything. */
function begin(desk: Desk, head: Posting, now: number): boolean {
  const { data } = head.command;
  const generation = generationFor(desk.state.ended[data.voucherKey], data);
  if ((generation === undefined || head.parked !== null) && reversalOf(desk.state, head) !== undefined) {
    // What may not be sent anyway is not wanted any more either.
    desk.resolve(head, 'superseded', now);
    desk.remove(head);
    return true;
  }
  if (head.parked !== null) return false;
  const heard = generation === undefined ? undefined : desk.state.heard?.[heardKey(data.voucherKey, generation)];
  if (generation === undefined || (heard?.fingerprint ?? data.fingerprint) !== data.fingerprint) {
    desk.parkEntry(head, KNOWN_OTHERWISE, now);
    return true;
  }
  desk.note([intentOf(head, generation, now)]);
  desk.replace(head, { ...head, record: intended(generation, now) });
  return true;
}

/** The generation that a command opens; undefined when its key stands for something else. */
function generationFor(ended: Ended | undefined, data: Posting['command']['data']): number | undefined {
  if (ended === undefined) return data.replaces === undefined ? 1 : undefined;
  return ended.as === 'replaced' && ended.fingerprint === data.replaces ? ended.generation + 1 : undefined;
}

function dueOf(desk: Desk, posting: Posting, now: number): Due | undefined {
  const { record, command } = posting;
  if (record === null) return undefined;
  const operation = desk.operationOf(posting);
  const action = nextAction(record, now, termsOf(posting, operation));
  switch (action.kind) {
    case 'stopped':
      return undefined;
    case 'recover':
      recoverAttempts(desk, now);
      return undefined;
    case 'finished':
      finish(desk, posting);
      return undefined;
    case 'wait':
      // Confirmed: what is left to do must not hold up the next command.
      if (record.situation.name === 'watching' && !desk.state.watched.includes(posting)) finish(desk, posting, true);
      return { kind: 'wait', until: action.until };
    default:
      if (operation === undefined) {
        throw new Error(
          `operation ${command.data.operation} of ${command.data.target} is gone while a voucher is on its way`,
        );
      }
      return { kind: 'call', posting, action, operation };
  }
}

function finish(desk: Desk, posting: Posting, watch = false): void {
  const { record, command, reverses } = posting;
  if (record === null) return;
  const { voucherKey, fingerprint } = command.data;
  const wasWatched = desk.state.watched.includes(posting);
  const before = desk.state.ended[voucherKey];
  desk.remove(posting);
  if (watch) desk.watch(posting);
  // A reversing entry is told of by its original; and what is watched had ended before, perhaps reversed meanwhile.
  if (reverses !== undefined || (wasWatched && before?.as !== 'confirmed')) return;
  const as = endOf(record);
  const marks = marksOf(command).filter((mark) => !before?.taken?.includes(mark));
  desk.end(voucherKey, {
    ...{ generation: record.generation, fingerprint, as, taken: [...(before?.taken ?? []), ...marks] },
    ...(as === 'confirmed' && { posting }),
  });
}

function endOf({ situation, ending, confirmation }: PostingRecord): Ended['as'] {
  if (situation.name === 'cancelled') return ending === 'replaced' ? 'replaced' : 'withdrawn';
  if (situation.name === 'reversed') return 'reversed';
  return confirmation === null ? 'discarded' : 'confirmed';
}
