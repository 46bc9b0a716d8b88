import {
  type AnyMessage,
  decode,
  encode,
  factId,
  type LogRecord,
  TOPICS,
  topicOf,
  UnreadableRecord,
} from '@voucherline/contracts';
import type { HeldPosition, HeldRecord, KeyedState } from '@voucherline/store';
import type { OutgoingRecord } from '../broker.js';
import type { Configuration } from '../configuration/configuration.js';
import type { AnyDraft, ParkReason, Stage } from '../stage.js';
import { isEmpty, type KeyState, newKeyState, parseState, type Stop, stateText } from './key-state.js';
import {
  foldOperations,
  keyOf,
  OPERATIONS,
  parkedDecisionId,
  parkedGapId,
  parkedMessageId,
  positionOf,
  REASONS,
  UNKEPT_KEY,
} from './parking.js';

/** Kafka takes about a megabyte a record; headers and framing need some of it. */
const MOST_BYTES = 900_000;

/** What made the stage think: a message, or an action of a person. */
export interface Cause {
  readonly id: string;
  readonly time: string;
  readonly traceparent?: string;
  /** Set for actions: what is parked again because of one is a new fact. */
  readonly action?: string;
}

interface Held {
  readonly record: LogRecord;
  /** Whether the database has it already. */
  readonly stored: boolean;
}

/** A key in the works. */
interface Work<S> {
  readonly key: string;
  readonly state: KeyState<S>;
  /** Records held for the key, by place, in no order. */
  readonly held: Map<string, Held>;
  /** Topics whose held records are being handled right now. */
  readonly draining: Set<string>;
}

class TooLarge extends Error {
  constructor(
    readonly type: string,
    readonly bytes: number,
  ) {
    super(`${type} has ${bytes} bytes`);
  }
}

/** What a step may use. `recording`: false while a state is folded again from the log; then nothing is decided. */
export interface StepOptions<S> {
  readonly stage: Stage<S>;
  readonly shard: number;
  readonly configuration: Configuration;
  readonly states: ReadonlyMap<string, string>;
  readonly held: readonly HeldRecord[];
  readonly recording?: boolean;
}

/**
 * One commit's worth of work on a shard, in memory: takes records in order, and says what is to be committed. Pure but for
 * its own fields, so a step that could not be committed is simply made again.
 */
export class Step<S> {
  readonly said: OutgoingRecord[] = [];
  /** Codes of what was parked, for metrics. */
  readonly parkedCodes: string[] = [];
  bytes = 0;
  readonly #options: StepOptions<S>;
  readonly #work = new Map<string, Work<S>>();
  readonly #unhold: HeldPosition[] = [];
  readonly #heldBefore = new Map<string, HeldRecord[]>();

  constructor(options: StepOptions<S>) {
    this.#options = options;
    for (const one of options.held) {
      const before = this.#heldBefore.get(one.key);
      if (before) before.push(one);
      else this.#heldBefore.set(one.key, [one]);
    }
  }

  /** States of the keys that were touched. */
  states(): KeyedState[] {
    return [...this.#work.values()].map(({ key, state }) => ({ key, state: stateText(state) }));
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
    this.#foldOwn(state, message);
  }

  /** @returns whether anything with this id was parked for the key */
  release(key: string, parkedId: string, cause: Cause): boolean {
    const work = this.#of(key);
    const { state } = work;
    const topic = Object.keys(state.parked).find((name) => state.parked[name]?.id === parkedId);
    if (topic === undefined && state.blocked?.id !== parkedId) return false;
    this.#resolve(work, parkedId, 'released', cause);
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
    this.#resolve(work, parkedId, 'discarded', cause);
    if (topic === undefined) this.#decide(work, cause);
    else {
      this.#drain(work, topic, cause);
      this.#tellWaiting(work, topic, cause);
    }
    return true;
  }

  /** Decides again what is missing for a key. */
  decide(key: string, cause: Cause): void {
    this.#decide(this.#of(key), cause);
  }

  /** Says something for a key, with the next number. */
  say(key: string, draft: AnyDraft, cause: Cause): void {
    this.#say(this.#of(key), draft, cause);
  }

  /** Says what was said before and is lost, with the number it always had. Folded only if the state does not know it. */
  sayAgain(key: string, draft: AnyDraft, cause: Cause, sequence: number): void {
    const work = this.#of(key);
    const { stage, configuration } = this.#options;
    const { messages } = stage.decide(key, work.state.stage, { configuration });
    const message = this.#message(work, draft, cause, sequence);
    if (messages.some(({ id }) => id === draft.id)) this.#foldOwn(work.state, message);
    this.#send(message);
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
      this.#resolve(work, stop.id, 'superseded', cause);
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
    const { stage, configuration } = this.#options;
    if (this.#isParked(state, record)) return this.#hold(work, record);
    const message = readable(record);
    if (message instanceof UnreadableRecord) {
      return this.#park(work, record, REASONS.unreadable(message.message), action);
    }
    if (message.key !== work.key) return this.#park(work, record, REASONS.unreadable(UNKEPT_KEY), action);
    if ((message.configuration ?? -1) > configuration.position) {
      return this.#park(work, record, REASONS.configurationMissing(message.configuration ?? -1), action);
    }
    try {
      state.stage = stage.fold(state.stage, message);
    } catch (error) {
      return this.#park(work, record, REASONS.foldFailed(wordsOf(error)), action);
    }
    see(state, record);
    this.#decide(work, message);
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
    this.#tellParked(work, parkedMessageId(this.#options.stage.name, origin), { ...why, origin }, cause);
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
    this.#tellParked(work, id, { ...why, origin }, causeOfRecord(first));
  }

  #tellGapClosed(work: Work<S>, { id }: Stop, cause: Cause): void {
    if (this.#options.recording !== false) this.#resolve(work, id, 'released', cause);
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
    const { stage, configuration } = this.#options;
    let blocked: ParkReason | undefined;
    try {
      const decision = stage.decide(work.key, work.state.stage, { configuration });
      for (const draft of decision.messages) this.#say(work, draft, cause);
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
      this.#resolve(work, before.id, cause.action === undefined ? 'superseded' : 'released', cause);
    if (blocked === undefined || state.waived.includes(blocked.code)) return;
    this.#tellParked(work, parkedDecisionId(this.#options.stage.name, key, blocked.code), blocked, cause);
  }

  #tellParked(work: Work<S>, parkedId: string, why: ParkReason, cause: Cause): void {
    this.parkedCodes.push(why.code);
    const data = { parkedId, stage: this.#options.stage.name, ...why };
    const id = factId('MessageParked', parkedId, cause.action ?? cause.id);
    this.#say(work, { type: 'MessageParked', id, time: cause.time, data }, cause);
  }

  #resolve(work: Work<S>, parkedId: string, resolution: 'released' | 'discarded' | 'superseded', cause: Cause): void {
    const { stage } = this.#options;
    const data = {
      parkedId,
      stage: stage.name,
      resolution,
      ...(cause.action !== undefined && { action: cause.action }),
    };
    const id = factId('ParkedResolved', parkedId, cause.action ?? cause.id);
    this.#say(work, { type: 'ParkedResolved', id, time: cause.time, data }, cause);
  }

  #say(work: Work<S>, draft: AnyDraft, cause: Cause): void {
    const topic = topicOf(draft.type);
    const sequence = TOPICS[topic].sequenced ? (work.state.out[topic] ?? 0) + 1 : undefined;
    const message = this.#message(work, draft, cause, sequence);
    this.#send(message, () => {
      this.#foldOwn(work.state, message);
      if (sequence !== undefined) work.state.out[topic] = sequence;
    });
  }

  #message(work: Work<S>, draft: AnyDraft, cause: Cause, sequence: number | undefined): AnyMessage {
    const { stage, configuration } = this.#options;
    const topic = topicOf(draft.type);
    if (topic !== OPERATIONS && !stage.outputs.includes(topic)) {
      throw new Error(`${draft.type} belongs on ${topic}, which is no output of ${stage.name}`);
    }
    return {
      ...draft,
      source: stage.name,
      key: work.key,
      causation: cause.id,
      ...(sequence !== undefined && { sequence }),
      ...(configuration.position >= 0 && { configuration: configuration.position }),
      ...(cause.traceparent !== undefined && { traceparent: cause.traceparent }),
    } as AnyMessage;
  }

  /** @param known folds it, once it is sure that it can be sent */
  #send(message: AnyMessage, known: () => void = () => {}): void {
    const record = encode(message);
    if (record.value.length > MOST_BYTES) throw new TooLarge(message.type, record.value.length);
    known();
    this.bytes += record.value.length;
    this.said.push({ topic: topicOf(message.type), partition: this.#options.shard, record });
  }

  #foldOwn(state: KeyState<S>, message: AnyMessage): void {
    const { stage } = this.#options;
    if (topicOf(message.type) === OPERATIONS) foldOperations(stage.name, state, message);
    else state.stage = stage.fold(state.stage, message);
  }
}

function placeOf({ topic, offset }: LogRecord): string {
  return `${topic}@${offset}`;
}

function heldOf(work: Work<unknown>, topic: string): Held[] {
  return [...work.held.values()]
    .filter(({ record }) => record.topic === topic)
    .sort((a, b) => Number(a.record.offset - b.record.offset));
}

function readable(record: LogRecord): AnyMessage | UnreadableRecord {
  try {
    return decode(record);
  } catch (error) {
    if (error instanceof UnreadableRecord) return error;
    throw error;
  }
}

/** A record's place in its source's order, by its headers alone: what can't be read has its turn all the same. */
function placeInOrder(record: LogRecord): { source: string; sequence: number | undefined } {
  const { ce_source: source = '', ce_sequence: text = '' } = record.headers;
  // Records that share a state only because their keys can't be kept have no order among each other.
  const ordered = source !== '' && /^\d{1,15}$/.test(text) && keyOf(record) === record.key;
  return { source, sequence: ordered ? Number(text) : undefined };
}

/** Whether a record was seen before, is next, or comes before its predecessor. The first of a source is its base. */
function turnOf(state: KeyState<unknown>, record: LogRecord): 'past' | 'now' | 'early' {
  const { source, sequence } = placeInOrder(record);
  const last = state.seen[record.topic]?.[source];
  if (sequence === undefined || last === undefined || sequence === last + 1) return 'now';
  return sequence <= last ? 'past' : 'early';
}

function see(state: KeyState<unknown>, record: LogRecord): void {
  const { source, sequence } = placeInOrder(record);
  if (sequence === undefined) return;
  const sources = state.seen[record.topic];
  if (sources) sources[source] = sequence;
  else state.seen[record.topic] = { [source]: sequence };
}

function causeOfRecord({ topic, partition, offset, timestamp, headers }: LogRecord): Cause {
  return {
    id: headers.ce_id ?? `${topic}/${partition}@${offset}`,
    time: new Date(timestamp).toISOString(),
    ...(headers.traceparent !== undefined && { traceparent: headers.traceparent }),
  };
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
}
