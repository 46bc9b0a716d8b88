import type { TargetOperation } from '@voucherline/connector-kit';
import { type AnyMessage, factId } from '@voucherline/contracts';
import { apply, canWithdraw, intended, nextAction, type PostingEvent } from '@voucherline/domain';
import type { Configuration, ParkReason } from '@voucherline/pipeline';
import { parkedDraft, resolvedDraft } from '../parking.js';
import { type CallAction } from './calls.js';
import { effectsOf, intentOf } from './effects.js';
import {
  type Command,
  type Entry,
  isKnown,
  isPosting,
  type Posting,
  type PostLane,
  type Reversal,
  reversalOf,
  withEntry,
} from './lane-state.js';
import { joined, type Notes, noNotes } from './notes.js';
import { operationOf, payloadRefusal, type TargetOf, termsOf } from './operation.js';
import { KNOWN_OTHERWISE, REVERSAL } from './park-reasons.js';
import { eventDraft, parkReason } from './sayings.js';

export const POST_WORKER = 'erp-writer/post';

/** Until rejected vouchers are mended by new generations, there is only the first. */
const GENERATION = 1;

/** What the lane needs done by a vendor, or until when nothing. */
export type Due =
  | {
      readonly kind: 'call';
      readonly posting: Posting;
      readonly action: CallAction;
      readonly operation: TargetOperation;
    }
  | { readonly kind: 'wait'; readonly until: number | undefined };

/** One lane while a step of it is being planned or settled: its state, and what is said and done on the way. */
export class Desk {
  notes: Notes = noNotes;

  constructor(
    private readonly connection: string,
    private readonly configuration: Configuration,
    private readonly targetOf: TargetOf,
    public state: PostLane,
  ) {}

  /** Takes a message of the mailbox into the state. */
  receive(message: AnyMessage, now: number): void {
    switch (message.type) {
      case 'PostVoucher':
        if (!isKnown(this.state, message.data)) {
          this.#append({ command: kept(message), record: null, parked: null, releasedBy: null, withdrawnBy: null });
        }
        break;
      case 'ReverseVoucher':
        if (!this.state.commands.some(({ command }) => command.id === message.id)) {
          this.#append({ command: kept(message), parked: null, releasedBy: null });
        }
        break;
      case 'ParkedReleased':
        this.#decide(message.data.parkedId, 'released', message.id, now);
        break;
      case 'ParkedDiscarded':
        this.#decide(message.data.parkedId, 'discarded', message.id, now);
        break;
    }
  }

  /** Goes on without calls as far as possible, then says what is due. */
  goOn(now: number): Due {
    for (;;) {
      const before = this.state;
      const due = this.#look(now);
      if (this.state === before) return due;
    }
  }

  /** Lets something happen to a posting, with all that follows from it. */
  happen(posting: Posting, event: PostingEvent): void {
    const { command, record } = posting;
    if (record === null) throw new Error(`${event.type} for a posting whose turn has not come`);
    const operation = operationOf(command, this.configuration, this.targetOf);
    const { record: next, says } = apply(record, event, termsOf(command, operation));
    const reason = parkReason(next);
    const parked = reason === undefined ? null : this.#caseOf(command, next.releasedBy ?? '');
    this.notes = joined(this.notes, {
      effects: effectsOf(command, record, event, next),
      messages: says === undefined ? [] : [eventDraft(says, command, next, event.at)],
    });
    if (reason !== undefined && parked !== null && parked !== posting.parked)
      this.#park(command, parked, reason, event.at);
    this.#replace(posting, { ...posting, record: next, parked });
  }

  #look(now: number): Due {
    const [head] = this.state.commands;
    if (head !== undefined && this.#prepare(head, now)) return { kind: 'wait', until: undefined };
    let until: number | undefined;
    for (const posting of [...(head !== undefined && isPosting(head) ? [head] : []), ...this.state.watched]) {
      const due = this.#dueOf(posting, now);
      if (due?.kind === 'call') return due;
      if (due?.until !== undefined) until = Math.min(until ?? due.until, due.until);
    }
    return { kind: 'wait', until };
  }

  /** What the first command needs before calls; says whether that changed anything. */
  #prepare(head: Entry, now: number): boolean {
    if (head.parked !== null) return false;
    if (!isPosting(head)) {
      this.#takeReversal(head, now);
      return true;
    }
    if (head.record === null) {
      if (this.state.ended[head.command.data.voucherKey] === undefined) this.#begin(head, now);
      else this.#parkEntry(head, KNOWN_OTHERWISE, now);
      return true;
    }
    const reversal = reversalOf(this.state, head);
    if (reversal !== undefined && reversal.command.id !== head.withdrawnBy && canWithdraw(head.record)) {
      const withdrawn = { ...head, withdrawnBy: reversal.command.id };
      this.#replace(head, withdrawn);
      this.happen(withdrawn, { type: 'Withdrawn', at: now });
      return true;
    }
    if (head.record.situation.name !== 'intended') return false;
    const refusal = payloadRefusal(head.command, operationOf(head.command, this.configuration, this.targetOf), now);
    if (refusal !== undefined) this.happen(head, refusal);
    return refusal !== undefined;
  }

  /** What was given up before it was posted needs no reversal. */
  #takeReversal(head: Reversal, now: number): void {
    if (this.state.ended[head.command.data.voucherKey]?.as === 'discarded') {
      this.state = withEntry(this.state, head, undefined);
    } else this.#parkEntry(head, REVERSAL, now);
  }

  #begin(head: Posting, now: number): void {
    const intent = intentOf(head.command, GENERATION, now);
    this.notes = joined(this.notes, { messages: [], effects: [intent] });
    this.#replace(head, { ...head, record: intended(GENERATION, now) });
  }

  #dueOf(posting: Posting, now: number): Due | undefined {
    const { record, command } = posting;
    if (record === null) return undefined;
    const action = nextAction(record, now);
    switch (action.kind) {
      case 'stopped':
        return undefined;
      case 'finished':
        this.#finish(posting);
        return undefined;
      case 'recover': {
        const reason = 'the process that sent it ended before its answer was recorded';
        this.happen(posting, { type: 'SendEnded', at: now, outcome: { kind: 'inDoubt', reason } });
        return undefined;
      }
      case 'wait':
        // Confirmed: what is left to do must not hold up the next command.
        if (record.situation.name === 'watching' && !this.state.watched.includes(posting)) this.#finish(posting, true);
        return { kind: 'wait', until: action.until };
      default: {
        const operation = operationOf(command, this.configuration, this.targetOf);
        if (operation === undefined) {
          throw new Error(
            `operation ${command.data.operation} of ${command.data.target} is gone while a voucher is on its way`,
          );
        }
        return { kind: 'call', posting, action, operation };
      }
    }
  }

  #finish(posting: Posting, watch = false): void {
    const { voucherKey, fingerprint } = posting.command.data;
    const lane = withEntry(this.state, posting, undefined);
    const as = posting.record?.confirmation === null ? 'discarded' : 'confirmed';
    this.state = {
      commands: lane.commands,
      watched: watch ? [...lane.watched, posting] : lane.watched,
      ended: { ...lane.ended, [voucherKey]: { generation: GENERATION, fingerprint, as } },
    };
  }

  #decide(parkedId: string, resolution: 'released' | 'discarded', action: string, at: number): void {
    const entry = [...this.state.commands, ...this.state.watched].find(({ parked }) => parked === parkedId);
    if (entry === undefined) return;
    const { key: subject } = entry.command;
    const said = resolvedDraft(
      { stage: POST_WORKER, connection: this.connection, subject, parkedId, at },
      resolution,
      action,
    );
    this.notes = joined(this.notes, { messages: [said], effects: [] });
    if (isPosting(entry) && entry.record !== null) {
      this.happen(entry, resolution === 'released' ? { type: 'Released', at, action } : { type: 'Discarded', at });
    } else if (resolution === 'released') {
      this.#replace(entry, { ...entry, parked: null, releasedBy: action });
    } else {
      this.state = withEntry(this.state, entry, undefined);
    }
  }

  #parkEntry(entry: Entry, reason: ParkReason, at: number): void {
    const parked = this.#caseOf(entry.command, entry.releasedBy ?? '');
    this.#park(entry.command, parked, reason, at);
    this.#replace(entry, { ...entry, parked });
  }

  /** A case is a stop of one command; a release that leads to another stop makes another case. */
  #caseOf(command: Entry['command'], releasedBy: string): string {
    return factId('parked', POST_WORKER, command.id, releasedBy);
  }

  #park(command: Entry['command'], parkedId: string, reason: ParkReason, at: number): void {
    const { key: subject } = command;
    const draft = parkedDraft({ stage: POST_WORKER, connection: this.connection, subject, parkedId, at }, reason);
    this.notes = joined(this.notes, { messages: [draft], effects: [] });
  }

  #append(entry: Entry): void {
    this.state = { ...this.state, commands: [...this.state.commands, entry] };
  }

  #replace(entry: Entry, next: Entry): void {
    this.state = withEntry(this.state, entry, next);
  }
}

function kept<T extends 'PostVoucher' | 'ReverseVoucher'>({ id, type, key, data }: Command<T>): Command<T> {
  return { id, type, key, data };
}
