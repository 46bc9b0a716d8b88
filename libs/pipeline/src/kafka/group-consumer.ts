import type { Topic } from '@voucherline/contracts';
import { type Clock, crashPoint, type Logger, type Timers } from '@voucherline/platform';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { GroupConsumer, ShardListener } from '../broker.js';
import { atMost } from '../patience.js';
import { logRecord } from './records.js';
import { shardAssigner } from './shard-assigner.js';

const HEARTBEAT_MS = 2_000;
const SESSION_MS = 20_000;
/** A batch that takes longer is taken for hung: without heartbeats its partition goes to another member. */
const LONGEST_BATCH_MS = 300_000;
const LONGEST_BACKOFF_MS = 10_000;
const LONGEST_GOODBYE_MS = 8_000;
/** Group offsets are for lag displays only; the runner's positions count. */
const COMMIT_EVERY_MS = 1_000;
/** The Node thread is the limit; more partitions at once gain nothing (stack.md §5.6). */
const BATCHES_AT_ONCE = 3;

export interface GroupOptions {
  readonly kafka: Kafka;
  readonly group: string;
  readonly topics: readonly Topic[];
  readonly listener: ShardListener;
  readonly nameOf: (topic: Topic) => string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

/**
 * A member of a group whose kafkajs consumer is replaced whenever it crashes: kafkajs gives up for ever after errors that it
 * does not call retriable, with the process alive and nothing consumed (stack.md §5.3).
 */
export class KafkaGroupConsumer implements GroupConsumer {
  readonly failed: Promise<never>;
  readonly #options: GroupOptions;
  readonly #topicOf: ReadonlyMap<string, Topic>;
  readonly #stopping = new AbortController();
  readonly #committedAt = new Map<string, number>();
  #fail: (error: unknown) => void = () => {};
  #consumer: Consumer | undefined;
  /** Counts (re)joins. What was fetched before one is not handled, nor resolved, after it. */
  #generation = 0;
  #shards = new Set<number>();
  #assigned: Promise<void> = Promise.resolve();
  #crashes = 0;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#topicOf = new Map(options.topics.map((topic) => [options.nameOf(topic), topic]));
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  /** Resolves when the first consumer has connected. */
  async start(): Promise<void> {
    await this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopping'));
    const ended = Promise.allSettled([this.#consumer?.disconnect(), this.#assigned]);
    await atMost(this.#options.timers, LONGEST_GOODBYE_MS, ended);
  }

  async #run(): Promise<void> {
    const { kafka, group, topics, nameOf } = this.#options;
    const consumer = kafka.consumer({
      groupId: group,
      partitionAssigners: [shardAssigner],
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: 60_000,
      maxWaitTimeInMs: 200,
      maxBytesPerPartition: 1024 * 1024,
      maxBytes: 8 * 1024 * 1024,
      allowAutoTopicCreation: false,
      retry: { retries: 5, restartOnFailure: async () => false },
    });
    this.#consumer = consumer;
    consumer.on('consumer.group_join', ({ payload }) => this.#joined(consumer, payload.memberAssignment));
    consumer.on('consumer.crash', ({ payload }) => this.#replace(consumer, payload.error));
    await consumer.connect();
    await consumer.subscribe({ topics: topics.map(nameOf), fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: BATCHES_AT_ONCE,
      eachBatch: (payload) => this.#batch(consumer, payload),
    });
  }

  #joined(consumer: Consumer, assignment: Readonly<Record<string, readonly number[]>>): void {
    const shards = [...new Set(Object.values(assignment).flat())].sort((a, b) => a - b);
    this.#generation++;
    this.#shards = new Set(shards);
    // One after the other: a runner never hears of an assignment while it still works on the one before.
    this.#assigned = this.#assigned.then(() => this.#assign(consumer, shards));
    this.#assigned.catch((error) => this.#giveUp(error));
  }

  async #assign(consumer: Consumer, shards: readonly number[]): Promise<void> {
    const generation = this.#generation;
    const starts = await this.#options.listener.assigned(shards);
    if (generation !== this.#generation || this.#stopping.signal.aborted || consumer !== this.#consumer) return;
    for (const { topic, partition, offset } of starts ?? []) {
      consumer.seek({ topic: this.#options.nameOf(topic), partition, offset: String(offset) });
    }
  }

  async #batch(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat, resolveOffset } = payload;
    const topic = this.#topicOf.get(batch.topic);
    const generation = this.#generation;
    if (topic === undefined || !this.#shards.has(batch.partition) || this.#stopping.signal.aborted) return;
    const beats = this.#keepBeating(heartbeat);
    try {
      await this.#assigned;
      const { partition } = batch;
      const nextOffset = BigInt(batch.lastOffset()) + 1n;
      const records = batch.messages.map((message) => logRecord(topic, partition, message));
      const next = await this.#options.listener.batch({ topic, partition, records, nextOffset }, this.#stopping.signal);
      this.#crashes = 0;
      if (generation !== this.#generation) return;
      if (next === nextOffset) resolveOffset(batch.lastOffset());
      else consumer.seek({ topic: batch.topic, partition, offset: String(next) });
      await this.#commit(payload, next);
    } catch (error) {
      if (!isKafkaError(error)) this.#giveUp(error);
      throw error;
    } finally {
      beats.stop();
    }
    // kafkajs rejoins when it gets to see this; swallowed, the member would go on with partitions it has lost.
    if (beats.error !== undefined) throw beats.error;
  }

  async #commit({ batch, commitOffsetsIfNecessary }: EachBatchPayload, next: bigint): Promise<void> {
    const { clock } = this.#options;
    const place = `${batch.topic}/${batch.partition}`;
    const caughtUp = String(next) === batch.highWatermark;
    if (!caughtUp && clock.now() - (this.#committedAt.get(place) ?? 0) < COMMIT_EVERY_MS) return;
    this.#committedAt.set(place, clock.now());
    const partitions = [{ partition: batch.partition, offset: String(next) }];
    crashPoint('before-group.offset');
    await commitOffsetsIfNecessary({ topics: [{ topic: batch.topic, partitions }] });
    crashPoint('after-group.offset');
  }

  /** Heartbeats while a batch is handled; kafkajs sends none by itself meanwhile. */
  #keepBeating(heartbeat: () => Promise<void>): { error: unknown; stop(): void } {
    const { timers, clock } = this.#options;
    const end = clock.now() + LONGEST_BATCH_MS;
    const state = { error: undefined as unknown, stop: () => {} };
    const cancel = timers.every(HEARTBEAT_MS / 2, () => {
      if (clock.now() > end || state.error !== undefined) return;
      heartbeat().catch((error: unknown) => {
        state.error = error;
      });
    });
    state.stop = cancel;
    return state;
  }

  /** The listener itself failed: a person or a new process has to see to it. */
  #giveUp(error: unknown): void {
    this.#fail(error);
    this.#stopping.abort(error);
    // kafkajs would hand out the batch again. Not awaited: it waits for the very handler that gives up here.
    this.#consumer?.disconnect().catch(() => {});
  }

  #replace(crashed: Consumer, error: Error): void {
    if (this.#stopping.signal.aborted || crashed !== this.#consumer) return;
    this.#crashes++;
    this.#restart(crashed, error).catch(() => {});
  }

  async #restart(crashed: Consumer, error: Error): Promise<void> {
    const { logger, timers, group } = this.#options;
    const backoff = Math.min(100 * 2 ** this.#crashes, LONGEST_BACKOFF_MS);
    logger.warn('consumer crashed, building a new one', { kind: group, count: this.#crashes, error });
    await crashed.disconnect().catch(() => {});
    await timers.sleep(backoff, this.#stopping.signal);
    try {
      await this.#run();
      if (this.#stopping.signal.aborted) await this.#consumer?.disconnect();
    } catch (cause) {
      if (this.#consumer) this.#replace(this.#consumer, cause as Error);
    }
  }
}

function isKafkaError(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('KafkaJS');
}
