import { type AnyMessage, type LogRecord, type Message, topicOf, UnreadableRecord } from '@voucherline/contracts';
import { crashPoint } from '@voucherline/platform';
import type { HeldPosition, HeldRecord, KeyedState, Waits } from '@voucherline/store';
import type { OutgoingRecord } from '../broker.js';
import type { AnyDraft, DecisionContext, ParkReason, Stage, SubjectAction } from '../stage.js';
import { isEmpty, type KeyState, newKeyState, parseState, type Stop, stateText } from './key-state.js';
import { type Cause, causeOfRecord, placeInOrder, readable, see, turnOf } from './order.js';
import { keyOf, parkedDecisionId, parkedGapId, parkedMessageId, positionOf, REASONS, UNKEPT_KEY } from './parking.js';
import { TooLarge, Voice } from './voice.js';
import { type Held, heldOf, placeOf, type Work } from './work.js';

/** What a step may use. `recording`: false while a state is folded again from the log; then nothing is decided. */
export interface StepOptions<S> {
  readonly stage: Stage<S>;
  readonly shard: number;
  readonly context: DecisionContext;
  readonly states: ReadonlyMap<string, string>;
  readonly held: readonly HeldRecord[];
  readonly recording?: boolean;
}

/**
 * One commit's worth of work on a shard, in memory: takes records in order, and says what is to be committed. Pure but for
 * its own fields, so a step that could not be committed is simply made again.
 */
export class Step<S> {
  readonly #options: StepOptions<S>;
  readonly #voice: Voice<S>;
  readonly #work = new Map<string, Work<S>>();
  readonly #unhold: HeldPosition[] = [];
  readonly #heldBefore = new Map<string, HeldRecord[]>();

  constructor(options: StepOptions<S>) {
    this.#options = options;
    this.#voice = new Voice(options.stage, options.shard, options.context);
    for (const one of options.held) {
      const before = this.#heldBefore.get(one.key);
      if (before) before.push(one);
      else this.#heldBefore.set(one.key, [one]);
    }
  }

  /** What is to be published, in order. */
  get said(): readonly OutgoingRecord[] {
    return this.#voice.said;
  }

  /** Bytes of what is to be published. */
  get bytes(): number {
    return this.#voice.bytes;
  }

  /** Codes of what was parked, for metrics. */
  get parkedCodes(): readonly string[] {
    return this.#voice.parkedCodes;
  }

  /** States of the keys that were touched. */
  states(): KeyedState[] {
    return [...this.#work.values()].map(({ key, state }) => {
      const waits = this.#waits(state);
      return { key, state: stateText(state), ...(waits && { waits }) };
    });
  }

  hold(): HeldRecord[] {
    const fresh: HeldRecord[] = [];
    for (const { key, held } of this.#work.values()) {
      for (const { record, stored } of held.values()) if (!stored) fresh.push({ key, record });
    }
    return fresh;
  }

  unhold(): readonly HeldPosition[] {
    return this.#unhold;
  }

  /** The state of a key as it stands now. */
  stateOf(key: string): KeyState<S> {
    return this.#of(key).state;
  }

  /** Handles the next record of an input, or holds it. */
  take(record: LogRecord): void {
    const work = this.#of(keyOf(record));
    this.#offer(work, record);
    if (work.held.size > 0 || !isEmpty(work.state.waiting))
      this.#tellWaiting(work, record.topic, causeOfRecord(record));
  }

  /** Sets a record aside without handling it. */
  parkRecord(record: LogRecord, why: ParkReason): void {
    const work = this.#of(keyOf(record));
    const stop = work.state.parked[record.topic];
    if (stop !== undefined) this.#hold(work, record);
    else this.#park(work, record, why);
  }

  /** Folds a message of the stage's own from the log. */
  takeOwn(message: AnyMessage): void {
    const { state } = this.#of(message.key);
    const topic = topicOf(message.type);
    if (message.sequence !== undefined) state.out[topic] = message.sequence;
    this.#voice.fold(state, message);
  }

  /** @returns whether anything with this id was parked for the key */
  release(key: string, parkedId: string, cause: Cause): boolean {
    const work = this.#of(key);
    const { state } = work;
    const topic = Object.keys(state.parked).find((name) => state.parked[name]?.id === parkedId);
    if (topic === undefined && state.blocked?.id !== parkedId) return false;
    this.#voice.resolved(work, parkedId, 'released', cause);
    if (topic === undefined) this.#decide(work, cause);
    else {
      this.#drain(work, topic, cause);
      this.#tellWaiting(work, topic, cause);
    }
    return true;
  }

  /** @returns whether anything with this id was parked for the key */
  discard(key: string, parkedId: string, cause: Cause): boolean {
    const work = this.#of(key);
    const { state } = work;
    const stops = [...Object.entries(state.parked), ...Object.entries(state.waiting)];
    const topic = stops.find(([, stop]) => stop.id === parkedId)?.[0];
    if (topic === undefined && state.blocked?.id !== parkedId) return false;
    this.#voice.resolved(work, parkedId, 'discarded', cause);
    if (topic === undefined) this.#decide(work, cause);
    else {
      this.#drain(work, topic, cause);
      this.#tellWaiting(work, topic, cause);
    }
    return true;
  }

  /** Decides again what waited for a table; nothing when it does not any more. */
  goOn(key: string, table: string, cause: Cause): void {
    const work = this.#of(key);
    const { blocked } = work.state;
    if (blocked === undefined || this.#waits(work.state)?.for !== table) return;
    this.#voice.resolved(work, blocked.id, 'released', cause);
    this.#decide(work, cause);
  }

  /** Folds an action of a person into the state of its subject, and decides. */
  act(message: Message<SubjectAction>, cause: Cause): void {
    const work = this.#of(message.data.subject);
    work.state.stage = this.#options.stage.fold(work.state.stage, message);
    this.#decide(work, cause);
  }

  /** Decides again what is missing for a key. */
  decide(key: string, cause: Cause): void {
    this.#decide(this.#of(key), cause);
  }

  /** Says something for a key, with the next number. */
  say(key: string, draft: AnyDraft, cause: Cause): void {
    this.#voice.say(this.#of(key), draft, cause);
  }

  /** @see Voice.sayAgain */
  sayAgain(key: string, draft: AnyDraft, cause: Cause, sequence: number): void {
    this.#voice.sayAgain(this.#of(key), draft, cause, sequence);
  }

  #waits({ blocked }: KeyState<S>): Waits | undefined {
    const { waitsForTable: beginning } = this.#options.stage;
    if (beginning === undefined || !blocked?.code.startsWith(beginning)) return undefined;
    return { for: blocked.code.slice(beginning.length), since: blocked.since };
  }

  #of(key: string): Work<S> {
    const known = this.#work.get(key);
    if (known) return known;
    const { states, stage } = this.#options;
    const text = states.get(key);
    const state = text === undefined ? newKeyState(stage.initial()) : parseState<S>(text);
    const held = new Map<string, Held>();
    for (const { record } of this.#heldBefore.get(key) ?? []) held.set(placeOf(record), { record, stored: true });
    const work: Work<S> = { key, state, held, draining: new Set() };
    this.#work.set(key, work);
    return work;
  }

  /** @returns whether the record is done with; false when it is held */
  #offer(work: Work<S>, record: LogRecord, action?: string): boolean {
    const { state } = work;
    const { topic } = record;
    const stop = this.#stopOf(work, topic);
    if (stop !== undefined && record.offset !== BigInt(stop.offset)) {
      if (!this.#supersedes(work, record, stop)) return this.#hold(work, record);
      const cause = causeOfRecord(record);
      this.#voice.resolved(work, stop.id, 'superseded', cause);
      this.#drain(work, topic, cause);
      return this.#offer(work, record, action);
    }
    const turn = turnOf(state, record);
    if (turn === 'past') return true;
    if (turn === 'early' && !this.#isDropped(state, parkedGapId, record)) return this.#hold(work, record);
    if (this.#isDropped(state, parkedMessageId, record)) this.#passOver(work, record);
    else if (!this.#handle(work, record, action)) return false;
    return true;
  }

  /** Folds a record whose turn it is, and decides. @returns false when it is parked instead */
  #handle(work: Work<S>, record: LogRecord, action?: string): boolean {
    const { state } = work;
    const { stage, context } = this.#options;
    if (this.#isParked(state, record)) return this.#hold(work, record);
    crashPoint('before-stage.decode');
    const message = readable(record);
    crashPoint('after-stage.decode');
    if (message instanceof UnreadableRecord) {
      return this.#park(work, record, REASONS.unreadable(message.message), action);
    }
    if (message.key !== work.key) return this.#park(work, record, REASONS.unreadable(UNKEPT_KEY), action);
    if ((message.configuration ?? -1) > context.configuration.position) {
      return this.#park(work, record, REASONS.configurationMissing(message.configuration ?? -1), action);
    }
    crashPoint('before-stage.handle');
    try {
      state.stage = stage.fold(state.stage, message);
    } catch (error) {
      return this.#park(work, record, REASONS.foldFailed(wordsOf(error)), action);
    }
    see(state, record);
    this.#decide(work, message);
    crashPoint('after-stage.handle');
    if (work.held.size > 0) this.#drain(work, record.topic, message);
    return true;
  }

  /** A dropped message counts as seen, so that its successor finds no gap. */
  #passOver(work: Work<S>, record: LogRecord): void {
    see(work.state, record);
    if (work.held.size > 0) this.#drain(work, record.topic, causeOfRecord(record));
  }

  #isDropped({ dropped }: KeyState<S>, idOf: typeof parkedMessageId, record: LogRecord): boolean {
    return dropped.length > 0 && dropped.includes(idOf(this.#options.stage.name, positionOf(record)));
  }

  /**
   * Where the topic is stopped. While the log is folded again a stop is known before its message comes, and holds only once
   * it is that message's turn, as it was then.
   */
  #stopOf({ state, held }: Work<S>, topic: string): Stop | undefined {
    const stop = state.parked[topic];
    const parked = stop && held.get(`${topic}@${stop.offset}`)?.record;
    if (parked === undefined) return undefined;
    const early = turnOf(state, parked) === 'early' && !this.#isDropped(state, parkedGapId, parked);
    return early ? undefined : stop;
  }

  #isParked({ parked }: KeyState<S>, { topic, offset }: LogRecord): boolean {
    const stop = parked[topic];
    return stop !== undefined && offset === BigInt(stop.offset);
  }

  /** Handles what is held of a topic, in order, as far as it goes. */
  #drain(work: Work<S>, topic: string, cause: Cause): void {
    if (work.draining.has(topic)) return;
    work.draining.add(topic);
    for (let moved = true; moved; ) {
      moved = false;
      for (const { record } of heldOf(work, topic)) {
        if (!this.#offer(work, record, cause.action)) continue;
        this.#letGo(work, record);
        moved = true;
      }
    }
    work.draining.delete(topic);
  }

  #letGo(work: Work<S>, record: LogRecord): void {
    const place = placeOf(record);
    if (work.held.get(place)?.stored) this.#unhold.push({ topic: record.topic, offset: record.offset });
    work.held.delete(place);
  }

  #hold(work: Work<S>, record: LogRecord): false {
    const place = placeOf(record);
    if (!work.held.has(place)) work.held.set(place, { record, stored: false });
    return false;
  }

  #park(work: Work<S>, record: LogRecord, why: ParkReason, action?: string): false {
    this.#hold(work, record);
    if (this.#isParked(work.state, record)) return false;
    const origin = positionOf(record);
    const cause = { ...causeOfRecord(record), ...(action !== undefined && { action }) };
    this.#voice.parked(work, parkedMessageId(this.#options.stage.name, origin), { ...why, origin }, cause);
    return false;
  }

  /**
   * Looks which message waits for a missing one, after something happened to a topic of the key, and tells when that
   * changed. The state knows it from what is held, not from the event, so folding the log again finds it by itself.
   */
  #tellWaiting(work: Work<S>, topic: string, cause: Cause): void {
    const { waiting, dropped } = work.state;
    const before = waiting[topic];
    const first = this.#firstWaiting(work, topic);
    if (before?.offset === (first && Number(first.offset))) return;
    delete waiting[topic];
    if (before !== undefined && !dropped.includes(before.id)) this.#tellGapClosed(work, before, cause);
    if (first === undefined) return;
    const origin = positionOf(first);
    const id = parkedGapId(this.#options.stage.name, origin);
    waiting[topic] = { id, offset: Number(first.offset) };
    if (this.#options.recording === false) return;
    const { source, sequence } = placeInOrder(first);
    const why = REASONS.gap(source, work.state.seen[topic]?.[source] ?? 0, sequence ?? 0);
    this.#voice.parked(work, id, { ...why, origin }, causeOfRecord(first));
  }

  #tellGapClosed(work: Work<S>, { id }: Stop, cause: Cause): void {
    if (this.#options.recording !== false) this.#voice.resolved(work, id, 'released', cause);
  }

  /** What is held behind a parked message waits for that one. */
  #firstWaiting(work: Work<S>, topic: string): LogRecord | undefined {
    const stop = this.#stopOf(work, topic);
    return heldOf(work, topic)
      .map(({ record }) => record)
      .find(
        (record) =>
          (stop === undefined || record.offset < stop.offset) &&
          turnOf(work.state, record) === 'early' &&
          !this.#isDropped(work.state, parkedGapId, record),
      );
  }

  #supersedes(work: Work<S>, record: LogRecord, stop: Stop): boolean {
    const { stage } = this.#options;
    if (stage.supersedes === undefined || record.offset < stop.offset) return false;
    if (this.#options.recording === false) return false;
    const parked = work.held.get(`${record.topic}@${stop.offset}`);
    const [older, newer] = [parked && readable(parked.record), readable(record)];
    if (!older || older instanceof UnreadableRecord || newer instanceof UnreadableRecord) return false;
    return newer.key === older.key && stage.supersedes(newer, older);
  }

  #decide(work: Work<S>, cause: Cause): void {
    if (this.#options.recording === false) return;
    const { stage, context } = this.#options;
    let blocked: ParkReason | undefined;
    try {
      const decision = stage.decide(work.key, work.state.stage, context);
      for (const draft of decision.messages) this.#voice.say(work, draft, cause);
      blocked = decision.blocked;
    } catch (error) {
      blocked =
        error instanceof TooLarge ? REASONS.tooLarge(error.type, error.bytes) : REASONS.decisionFailed(wordsOf(error));
    }
    this.#tellBlocked(work, blocked, cause);
  }

  #tellBlocked(work: Work<S>, blocked: ParkReason | undefined, cause: Cause): void {
    const { state, key } = work;
    const before = state.blocked;
    if (before?.code === blocked?.code) return;
    if (before !== undefined)
      this.#voice.resolved(work, before.id, cause.action === undefined ? 'superseded' : 'released', cause);
    if (blocked === undefined || state.waived.includes(blocked.code)) return;
    this.#voice.parked(work, parkedDecisionId(this.#options.stage.name, key, blocked.code), blocked, cause);
  }
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
}
