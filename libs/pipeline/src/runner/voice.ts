import { type AnyMessage, encode, factId, TOPICS, topicOf } from '@voucherline/contracts';
import type { OutgoingRecord } from '../broker.js';
import type { AnyDraft, DecisionContext, ParkReason, Stage } from '../stage.js';
import type { KeyState } from './key-state.js';
import type { Cause } from './order.js';
import { foldOperations, OPERATIONS } from './parking.js';
import type { Work } from './work.js';

/** Kafka takes about a megabyte a record; headers and framing need some of it. */
const MOST_BYTES = 900_000;

/** A message that the log would not take. */
export class TooLarge extends Error {
  constructor(
    readonly type: string,
    readonly bytes: number,
  ) {
    super(`${type} has ${bytes} bytes`);
  }
}

/** What a step says: gives messages their numbers and headers, folds them into the state, and keeps them to be published. */
export class Voice<S> {
  readonly said: OutgoingRecord[] = [];
  /** Codes of what was parked, for metrics. */
  readonly parkedCodes: string[] = [];
  /** Bytes of what was said. */
  bytes = 0;
  readonly #stage: Stage<S>;
  readonly #shard: number;
  readonly #context: DecisionContext;

  constructor(stage: Stage<S>, shard: number, context: DecisionContext) {
    this.#stage = stage;
    this.#shard = shard;
    this.#context = context;
  }

  /** Says something for a key, with the next number. @throws {TooLarge} */
  say(work: Work<S>, draft: AnyDraft, cause: Cause): void {
    const topic = topicOf(draft.type);
    const sequence = TOPICS[topic].sequenced ? (work.state.out[topic] ?? 0) + 1 : undefined;
    const message = this.#message(work, draft, cause, sequence);
    this.#send(message, () => {
      this.fold(work.state, message);
      if (sequence !== undefined) work.state.out[topic] = sequence;
    });
  }

  /** Says what was said before and is lost, with the number it always had. Folded only if the state does not know it. */
  sayAgain(work: Work<S>, draft: AnyDraft, cause: Cause, sequence: number): void {
    const { messages } = this.#stage.decide(work.key, work.state.stage, this.#context);
    const message = this.#message(work, draft, cause, sequence);
    if (messages.some(({ id }) => id === draft.id)) this.fold(work.state, message);
    this.#send(message);
  }

  /** Says that something is set aside for a person. */
  parked(work: Work<S>, parkedId: string, why: ParkReason, cause: Cause): void {
    this.parkedCodes.push(why.code);
    const data = { parkedId, stage: this.#stage.name, ...why };
    const id = factId('MessageParked', parkedId, cause.action ?? cause.id);
    this.say(work, { type: 'MessageParked', id, time: cause.time, data }, cause);
  }

  /** Says that a parked case is over. */
  resolved(work: Work<S>, parkedId: string, resolution: 'released' | 'discarded' | 'superseded', cause: Cause): void {
    const { name: stage } = this.#stage;
    const data = { parkedId, stage, resolution, ...(cause.action !== undefined && { action: cause.action }) };
    const id = factId('ParkedResolved', parkedId, cause.action ?? cause.id);
    this.say(work, { type: 'ParkedResolved', id, time: cause.time, data }, cause);
  }

  /** Folds a message of the stage's own. */
  fold(state: KeyState<S>, message: AnyMessage): void {
    if (topicOf(message.type) === OPERATIONS) foldOperations(this.#stage.name, state, message);
    else state.stage = this.#stage.fold(state.stage, message);
  }

  #message(work: Work<S>, draft: AnyDraft, cause: Cause, sequence: number | undefined): AnyMessage {
    const { name, outputs } = this.#stage;
    const { position } = this.#context.configuration;
    const topic = topicOf(draft.type);
    if (topic !== OPERATIONS && !outputs.includes(topic)) {
      throw new Error(`${draft.type} belongs on ${topic}, which is no output of ${name}`);
    }
    return {
      ...draft,
      source: name,
      key: work.key,
      causation: cause.id,
      ...(sequence !== undefined && { sequence }),
      ...(position >= 0 && { configuration: position }),
      ...(cause.traceparent !== undefined && { traceparent: cause.traceparent }),
    } as AnyMessage;
  }

  /** @param known folds it, once it is sure that it can be sent */
  #send(message: AnyMessage, known: () => void = () => {}): void {
    const record = encode(message);
    if (record.value.length > MOST_BYTES) throw new TooLarge(message.type, record.value.length);
    known();
    this.bytes += record.value.length;
    this.said.push({ topic: topicOf(message.type), partition: this.#shard, record });
  }
}
