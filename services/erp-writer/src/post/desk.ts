import { factId } from '@voucherline/contracts';
import { apply, openEdges, type PostingEvent, type PostingRecord } from '@voucherline/domain';
import type { Configuration, ParkReason } from '@voucherline/pipeline';
import type { LedgerEffect } from '@voucherline/store';
import type { KeyedDraft } from '@voucherline/work';
import { parkedDraft, type Resolution, resolvedDraft } from '../parking.js';
import { effectsOf, isReversedBy } from './effects.js';
import { type Ended, type Entry, type Posting, type PostLane, withEntry } from './lane-state.js';
import { joined, type Notes, noNotes } from './notes.js';
import { type Operation, operationOf, type TargetOf, termsOf } from './operation.js';
import { eventDraft, parkReason, stopOf } from './sayings.js';

export const POST_WORKER = 'erp-writer/post';

/**
 * One lane while a step of it is being planned or settled: its state, and what is said and done on the way. Only here is the
 * state changed; whose turn it is and what people want is decided beside it (`turns`, `decisions`, `taking-back`).
 */
export class Desk {
  notes: Notes = noNotes;

  constructor(
    private readonly connection: string,
    private readonly configuration: Configuration,
    private readonly targetOf: TargetOf,
    public state: PostLane,
  ) {}

  operationOf(posting: Pick<Posting, 'command' | 'reverses'>): Operation | undefined {
    return operationOf(posting, this.configuration, this.targetOf);
  }

  /** Whether something can happen to a posting now. */
  canHappen(posting: Posting, event: PostingEvent): boolean {
    if (posting.record === null) return false;
    return openEdges(posting.record, event, termsOf(posting, this.operationOf(posting))).length > 0;
  }

  /** Lets something happen to a posting, with all that follows from it. */
  happen(posting: Posting, event: PostingEvent): void {
    const { record } = posting;
    if (record === null) throw new Error(`${event.type} for a posting whose turn has not come`);
    const { record: next, says } = apply(record, event, termsOf(posting, this.operationOf(posting)));
    const after = { ...posting, record: next };
    this.note(
      effectsOf(posting, record, event, next),
      says.map((one) => eventDraft(one, after, event)),
    );
    if (posting.reverses !== undefined && isReversedBy(record, next))
      this.endAs(posting.reverses.voucherKey, 'reversed');
    const decided = event.type === 'Released' || event.type === 'Discarded';
    if (posting.parked !== null && !decided) this.resolve(posting, 'superseded', event.at);
    this.#stop(posting, after, event.at);
  }

  /** Takes over a record that the log knows better. Where it had stopped, a person has to decide again. */
  correct(posting: Posting, record: PostingRecord, effects: readonly LedgerEffect[], at: number): void {
    const { openCase, ...rest } = this.state;
    this.note(effects);
    this.state = rest;
    const known = { ...posting, record, parked: null };
    this.replace(posting, known);
    const parked = this.#stop(known, known, at);
    if (openCase !== undefined && openCase !== parked) {
      this.resolve({ ...known, parked: openCase }, 'superseded', at);
    }
  }

  /** Sets a command aside whose turn has come, and which can't be begun. */
  parkEntry(entry: Entry, reason: ParkReason, at: number): void {
    const parked = factId('parked', POST_WORKER, entry.command.id, entry.releasedBy ?? '');
    this.#park(entry, parked, reason, at);
    this.replace(entry, { ...entry, parked });
  }

  /** Says what became of the case of an entry. */
  resolve({ command, parked }: Entry, resolution: Resolution, at: number, action?: string): void {
    if (parked !== null) this.say(resolvedDraft(this.#case(command.key, parked, at), resolution, action));
  }

  append(entry: Entry): void {
    this.state = { ...this.state, commands: [...this.state.commands, entry] };
  }

  replace(entry: Entry, next: Entry): void {
    this.state = withEntry(this.state, entry, next);
  }

  remove(entry: Entry): void {
    this.state = withEntry(this.state, entry, undefined);
  }

  watch(posting: Posting): void {
    this.state = { ...this.state, watched: [...this.state.watched, posting] };
  }

  end(voucherKey: string, ended: Ended): void {
    this.state = { ...this.state, ended: { ...this.state.ended, [voucherKey]: ended } };
  }

  /** Another end of a voucher that had ended. */
  endAs(voucherKey: string, as: Exclude<Ended['as'], 'confirmed'>): void {
    const ended = this.state.ended[voucherKey];
    if (ended === undefined) return;
    const { posting: _, ...rest } = ended;
    this.end(voucherKey, { ...rest, as });
  }

  say(...messages: readonly KeyedDraft[]): void {
    this.note([], messages);
  }

  note(effects: readonly LedgerEffect[], messages: readonly KeyedDraft[] = []): void {
    this.notes = joined(this.notes, { messages, effects });
  }

  /** A case is a stop of one command; what lets it go on and leads to another stop makes another case. */
  #stop(before: Posting, after: Posting, at: number): string | null {
    const reason = parkReason(after);
    const stop = after.record === null ? [] : stopOf(after.record);
    const parked = reason === undefined ? null : factId('parked', POST_WORKER, after.command.id, ...stop);
    if (reason !== undefined && parked !== null) this.#park(after, parked, reason, at);
    this.replace(before, { ...after, parked });
    return parked;
  }

  #park({ command }: Entry, parkedId: string, reason: ParkReason, at: number): void {
    this.say(parkedDraft(this.#case(command.key, parkedId, at), reason));
  }

  #case(subject: string, parkedId: string, at: number) {
    return { stage: POST_WORKER, connection: this.connection, subject, parkedId, at };
  }
}
