import { type LogRecord, TOPICS, type Topic } from '@voucherline/contracts';
import { type Clock, crashPoint, type Logger, type Timers } from '@voucherline/platform';
import { isRefusal, type StageStore, type TakenUnit } from '@voucherline/store';
import { type Broker, OffsetOutOfRange, type Producer, type RecordBatch } from '../broker.js';
import type { LiveConfiguration } from '../configuration/configuration.js';
import type { LiveMasterData } from '../master-data/live.js';
import { shardOf } from '../shard-of.js';
import type { Stage } from '../stage.js';
import type { StageMetrics } from './metrics.js';
import { packRecords, unpackRecords } from './outbox.js';
import { keyOf, OPERATIONS, REASONS } from './parking.js';
import { Publisher } from './publisher.js';
import { Step } from './step.js';
import { placeOf } from './work.js';

/** What a stage runs on. */
export interface StageDependencies<S> {
  readonly stage: Stage<S>;
  readonly broker: Broker;
  readonly producer: Producer;
  readonly store: StageStore;
  readonly configuration: LiveConfiguration;
  readonly masterData: LiveMasterData;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: StageMetrics;
}

/** Positions as kept in the unit's row. */
interface Kept {
  /** Offset to be read next, by input topic. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Offset on `operations.actions` of the next action to apply. */
  readonly actions?: number;
  /** Set while states are folded again; whoever finds it begins that anew. */
  readonly folding?: true;
}

/** What a commit moves, beside the states of its step. */
export interface Moved {
  readonly topic?: Topic;
  /** Next offset of `topic`. */
  readonly next?: bigint;
  /** Id of the last message of `topic`. */
  readonly lastId?: string;
  readonly actions?: number;
  readonly folding?: boolean;
  /** Forgets states and held records first. */
  readonly reset?: boolean;
}

/** Messages of a commit are kept in one outbox row and in memory; a batch that says more is cut. */
const STEP_BYTES = 8_000_000;
/** Owners that died in a row before the next one goes on message by message. */
const FATAL_ATTEMPTS = 3;

/** A shard of a stage while this process owns it. Not to be used by two at a time. */
export class OwnedShard<S> {
  readonly shard: number;
  readonly publisher: Publisher;
  readonly dependencies: StageDependencies<S>;
  readonly unit: string;
  readonly #epoch: number;
  #seq: number;
  readonly #inputs = new Map<string, bigint>();
  readonly #lastIds: Record<string, string>;
  #actions: number;
  #folding: boolean;
  /** Whether nobody had ever owned it. */
  readonly isNew: boolean;
  readonly #sought = new Map<string, bigint>();
  #begun = false;
  #careful: boolean;
  /** The message that was in the works, alone, when the last owner died. */
  #suspect: string | undefined;

  constructor(shard: number, taken: TakenUnit, dependencies: StageDependencies<S>) {
    this.shard = shard;
    this.dependencies = dependencies;
    this.unit = taken.unit;
    this.#epoch = taken.epoch;
    this.#seq = taken.seq;
    this.isNew = taken.seq === 0;
    const kept = JSON.parse(taken.positions) as Kept;
    for (const [topic, next] of Object.entries(kept.inputs ?? {})) this.#inputs.set(topic, BigInt(next));
    this.#lastIds = JSON.parse(taken.lastIds);
    this.#actions = kept.actions ?? 0;
    this.#folding = kept.folding === true;
    this.#suspect = taken.attemptAt?.endsWith('+') === false ? taken.attemptAt : undefined;
    this.#careful = taken.attempts >= FATAL_ATTEMPTS || this.#suspect !== undefined;
    this.publisher = new Publisher(0, dependencies);
    for (const { seq, records } of taken.left) this.publisher.add(seq, unpackRecords(records));
  }

  /** Next offset of an input. */
  position(topic: string): bigint {
    return this.#inputs.get(topic) ?? 0n;
  }

  /** Next action to apply. */
  get actions(): number {
    return this.#actions;
  }

  get folding(): boolean {
    return this.#folding;
  }

  /**
   * Looks whether the log has what the positions say: a log that was lost, cut or replaced is for a person to judge.
   * @throws {OffsetOutOfRange} naming the ways out
   */
  async checkLog(): Promise<void> {
    for (const topic of this.dependencies.stage.inputs) {
      const position = this.position(topic);
      if (position === 0n) continue;
      const found = await this.#lastRead(topic, position);
      const lastId = this.#lastIds[topic];
      if (found === undefined || lastId === undefined || found === lastId) continue;
      throw this.#otherLog(topic, position, `its last message is ${found}, not ${lastId} as handled here`);
    }
  }

  /** Takes the log for what it is: positions outside it move to its nearest end. For a rebuild that a person asked for. */
  async fitToLog(): Promise<void> {
    for (const topic of this.dependencies.stage.inputs) {
      const { low, high } = await this.#range(topic);
      if (this.position(topic) < low) this.#inputs.set(topic, low);
      if (this.position(topic) > high) this.#inputs.set(topic, high);
      delete this.#lastIds[topic];
    }
  }

  async #range(topic: Topic): Promise<{ low: bigint; high: bigint }> {
    const all = await this.dependencies.broker.offsets(topic);
    const range = all.find(({ partition }) => partition === this.shard);
    if (range === undefined) throw new OffsetOutOfRange(`${topic} has no partition ${this.shard}`);
    return range;
  }

  /** Id of the message before a position; undefined where retention has taken it. */
  async #lastRead(topic: Topic, position: bigint): Promise<string | undefined> {
    const { broker } = this.dependencies;
    const { low, high } = await this.#range(topic);
    if (position < low || position > high) {
      throw this.#otherLog(topic, position, `the log has offsets ${low} to ${high}`);
    }
    if (position === low) return undefined;
    for await (const records of broker.read(topic, this.shard, position - 1n, position)) {
      for (const record of records) return idOf(record);
    }
    return undefined;
  }

  #otherLog(topic: string, position: bigint, fault: string): OffsetOutOfRange {
    return new OffsetOutOfRange(
      `${this.unit}: the stored position ${topic}/${this.shard}@${position} does not fit the log (${fault}). Nothing was ` +
        'reset. If the cluster is another one, correct KAFKA_BROKERS. If the log lost messages for good, or was replaced: stop the ' +
        'service, run its main once with the word `rebuild`, start it again, and replay what its writer has to say again.',
    );
  }

  /** Handles a batch of an input. @returns where the partition is to be read next */
  async handle(batch: RecordBatch): Promise<bigint> {
    const { topic } = batch;
    const expected = this.position(topic);
    const first = batch.records[0]?.offset;
    if (first !== undefined && first > expected && this.#sought.get(topic) !== expected) {
      this.#sought.set(topic, expected);
      await this.checkLog();
      return expected;
    }
    const records = first === expected ? batch.records : batch.records.filter(({ offset }) => offset >= expected);
    if (records.length === 0) return batch.nextOffset > expected ? this.#skipTo(topic, batch.nextOffset) : expected;
    await this.#readConfiguration(records);
    await this.#takeAll(topic, records);
    return this.#skipTo(topic, batch.nextOffset);
  }

  /** Offsets that hold no message of ours (control records) are passed; the next commit keeps that. */
  #skipTo(topic: Topic, next: bigint): bigint {
    this.#inputs.set(topic, next);
    return next;
  }

  /** Reads the configuration as far as the writers of these messages had. What is not published is parked later. */
  async #readConfiguration(records: readonly LogRecord[]): Promise<void> {
    let newest = -1;
    for (const { headers } of records) {
      const offset = Number(headers.ce_configuration ?? -1);
      if (offset > newest) newest = offset;
    }
    if (newest <= this.dependencies.configuration.position) return;
    await this.dependencies.configuration.upTo(newest).catch((error: unknown) => {
      if (!(error instanceof RangeError)) throw error;
    });
  }

  async #takeAll(topic: Topic, records: readonly LogRecord[]): Promise<void> {
    let size = records.length;
    for (let done = 0; done < records.length; ) {
      const some = records.slice(done, done + (this.#careful ? 1 : size));
      try {
        done += await this.#takeSome(topic, some);
        size = Math.min(size * 2, records.length);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        if (some.length === 1) {
          await this.#parkRefused(topic, some[0] as LogRecord, String((error as { code?: string }).code));
          done++;
        } else {
          size = Math.ceil(some.length / 2);
        }
      }
    }
    this.#careful = false;
  }

  /** Handles and commits records until they say too much for one commit. @returns how many */
  async #takeSome(topic: Topic, records: readonly LogRecord[]): Promise<number> {
    const { clock, metrics } = this.dependencies;
    await this.publisher.room();
    await this.#beginAttempt(topic, records);
    const started = clock.now();
    metrics.delay.set(Math.max(0, started - (records[0] as LogRecord).timestamp) / 1_000);
    const step = await this.step(records.map(keyOf));
    let taken = 0;
    for (const record of records) {
      if (placeOf(record) === this.#suspect) step.parkRecord(record, REASONS.crashed());
      else step.take(record);
      taken++;
      if (this.isFull(step)) break;
    }
    const last = records[taken - 1] as LogRecord;
    await this.commit(step, { topic, next: last.offset + 1n, lastId: idOf(last) });
    metrics.commitSeconds.observe((clock.now() - started) / 1_000);
    metrics.handled.inc(taken);
    metrics.batches.inc();
    return taken;
  }

  async #parkRefused(topic: Topic, record: LogRecord, sqlState: string): Promise<void> {
    const step = await this.step([keyOf(record)]);
    step.parkRecord(record, REASONS.refused(sqlState));
    await this.commit(step, { topic, next: record.offset + 1n, lastId: idOf(record) });
  }

  /** Once an owner, before its first messages; before each one while a killer is looked for. */
  async #beginAttempt(topic: Topic, records: readonly LogRecord[]): Promise<void> {
    if (this.#begun && !this.#careful) return;
    this.#begun = true;
    const first = `${topic}@${records[0]?.offset}`;
    const at = this.#careful ? first : `${first}+`;
    crashPoint('before-stage.attempt');
    await this.dependencies.store.beginAttempt({ unit: this.unit, epoch: this.#epoch }, at);
    crashPoint('after-stage.attempt');
  }

  /** Begins a step over these keys. */
  async step(keys: readonly string[], recording = true): Promise<Step<S>> {
    const { store, stage, configuration, masterData } = this.dependencies;
    const distinct = [...new Set(keys)];
    const states = distinct.length > 0 ? await store.states(this.unit, distinct) : new Map<string, string>();
    const stopped = distinct.filter((key) => mayHold(states.get(key)));
    const held = stopped.length > 0 ? await store.held(this.unit, stopped) : [];
    return new Step({ stage, shard: this.shard, context: { configuration, masterData }, states, held, recording });
  }

  /** Whether a step says so much that it is to be committed. */
  isFull(step: Step<S>): boolean {
    return step.bytes > STEP_BYTES;
  }

  /** Commits a step, and publishes what it said. @throws whatever the store's commit throws; the shard is then lost */
  async commit(step: Step<S>, moved: Moved): Promise<void> {
    const { store, metrics, stage } = this.dependencies;
    const inputs = new Map(this.#inputs);
    if (moved.topic !== undefined && moved.next !== undefined) inputs.set(moved.topic, moved.next);
    if (moved.topic !== undefined && moved.lastId !== undefined) this.#lastIds[moved.topic] = moved.lastId;
    const actions = moved.actions ?? this.#actions;
    const folding = moved.folding ?? this.#folding;
    const kept: Kept = { inputs: textOf(inputs, stage.inputs), actions, ...(folding && { folding: true }) };
    const { said } = step;
    crashPoint('before-stage.commit');
    await store.commit({
      unit: this.unit,
      epoch: this.#epoch,
      seq: this.#seq,
      positions: JSON.stringify(kept),
      lastIds: JSON.stringify(this.#lastIds),
      published: this.publisher.published,
      states: step.states(),
      hold: step.hold(),
      unhold: step.unhold(),
      ...(said.length > 0 && { outbox: packRecords(said) }),
      ...(moved.reset && { reset: true }),
    });
    crashPoint('after-stage.commit');
    this.#seq++;
    for (const [topic, next] of inputs) this.#inputs.set(topic, next);
    this.#actions = actions;
    this.#folding = folding;
    if (said.length > 0) this.publisher.add(this.#seq, said);
    metrics.said.inc(said.length);
    for (const code of step.parkedCodes) metrics.parked(code);
  }

  /** Passes actions that are not for this shard; the next commit keeps that. */
  passActions(next: number): void {
    this.#actions = next;
  }
}

function textOf(inputs: ReadonlyMap<string, bigint>, topics: readonly Topic[]): Record<string, string> {
  return Object.fromEntries(topics.map((topic) => [topic, String(inputs.get(topic) ?? 0n)]));
}

/** Whether records may be held for a key, by a look at its state's text; to parse it takes longer. */
function mayHold(state: string | undefined): boolean {
  return state !== undefined && (state.includes('"parked":') || state.includes('"waiting":'));
}

/** Records that carry no id are known by their place alone. */
function idOf({ headers, offset }: LogRecord): string {
  return headers.ce_id ?? `@${offset}`;
}

/** Own outputs of a stage: its declared outputs and what its runner says. */
export function ownTopics(stage: Stage): readonly Topic[] {
  return [...new Set<Topic>([...stage.outputs, 'operations.events.v1'])].filter((topic) => topic in TOPICS);
}

/** A key of the stage's own that belongs to the shard: what is about the shard as a whole is said under it. */
export async function keyOfShard<S>(owned: OwnedShard<S>): Promise<string> {
  const { broker, stage } = owned.dependencies;
  const shards = (await broker.offsets(OPERATIONS)).length;
  for (let n = 0; ; n++) {
    const key = `${stage.name}/${n}`;
    if (shardOf(key, shards) === owned.shard) return key;
  }
}
