import type { LogRecord, Topic } from '@voucherline/contracts';
import { type Clock, type Logger, silentLogger, systemClock, systemTimers, type Timers } from '@voucherline/platform';
import type { Kafka } from 'kafkajs';
import {
  type Broker,
  type FollowedTopic,
  type GroupConsumer,
  OffsetOutOfRange,
  type Producer,
  type ShardListener,
} from '../broker.js';
import { atMost } from '../patience.js';
import { createClient, openCluster } from './client.js';
import type { KafkaConnection } from './connection.js';
import { meetBrokers } from './first-contact.js';
import { KafkaGroupConsumer } from './group-consumer.js';
import { LogReader, type PartitionOffsets } from './log-reader.js';
import { produceRequest, requestModule } from './produce-request.js';
import { RebuildingProducer } from './producer.js';
import { decodeRecord, recordDecoder } from './record-decoder.js';
import { createTopics } from './topics.js';

export interface KafkaBrokerOptions extends KafkaConnection {
  /** Put before every topic name and group, so that several installations (or tests) share a cluster. */
  readonly topicPrefix?: string;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly timers?: Timers;
}

/** The log on Apache Kafka, by kafkajs. Connects when first used, and fails then as {@link meetBrokers} does. */
export function createKafkaBroker(options: KafkaBrokerOptions): Broker {
  return new KafkaBroker(options);
}

/** How long each connection may take to be closed. */
const GOODBYE_MS = 2_000;
/** How long a follower's fetch waits for something new. */
const FOLLOW_WAIT_MS = 500;

class KafkaBroker implements Broker {
  readonly #connection: KafkaConnection;
  readonly #kafka: Kafka;
  readonly #prefix: string;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #open: { close(): Promise<void> }[] = [];
  #met: Promise<void> | undefined;
  #reader: LogReader | undefined;
  #producer: RebuildingProducer | undefined;

  constructor(options: KafkaBrokerOptions) {
    this.#logger = options.logger ?? silentLogger;
    this.#clock = options.clock ?? systemClock;
    this.#timers = options.timers ?? systemTimers;
    this.#prefix = options.topicPrefix ?? '';
    requestModule.replaceBy(produceRequest);
    recordDecoder.replaceBy(decodeRecord);
    this.#connection = options;
    this.#kafka = createClient(options, this.#logger);
  }

  readonly #nameOf = (topic: Topic): string => this.#prefix + topic;

  async producer(): Promise<Producer> {
    await this.#meet();
    this.#producer ??= this.#closing(new RebuildingProducer(this.#kafka, this.#clock, this.#logger, this.#nameOf));
    return this.#producer;
  }

  async join(group: string, topics: readonly Topic[], listener: ShardListener): Promise<GroupConsumer> {
    await this.#meet();
    const consumer = new KafkaGroupConsumer({
      kafka: this.#kafka,
      group: this.#prefix + group,
      topics,
      listener,
      nameOf: this.#nameOf,
      clock: this.#clock,
      timers: this.#timers,
      logger: this.#logger,
    });
    this.#open.push({ close: () => consumer.stop() });
    await consumer.start();
    return consumer;
  }

  async *read(topic: Topic, partition: number, from: bigint, to?: bigint): AsyncGenerator<readonly LogRecord[]> {
    await this.#meet();
    this.#reader ??= this.#newReader();
    const { low, high } = inLog(await this.#reader.offsets(topic), topic, partition);
    if (from < low || from > high) throw outOfRange(topic, partition, from, low, high);
    const end = to === undefined || to > high ? high : to;
    for (let next = from; next < end; ) {
      const [fetched] = await this.#reader.fetch(topic, [{ partition, from: next }], 100);
      next = fetched?.next ?? next;
      const records = fetched?.records.filter(({ offset }) => offset < end) ?? [];
      if (records.length > 0) yield records;
    }
  }

  async follow(topic: Topic, onRecords: (records: readonly LogRecord[]) => void): Promise<FollowedTopic> {
    await this.#meet();
    // Kafka answers the requests of a connection in order, so a waiting fetch needs one of its own.
    const reader = this.#newReader();
    const stopping = new AbortController();
    const offsets = await reader.offsets(topic);
    const next = new Map(offsets.map(({ partition, low }) => [partition, low]));
    const step = async () => {
      const from = [...next].map(([partition, offset]) => ({ partition, from: offset }));
      const fetched = await reader.fetch(topic, from, FOLLOW_WAIT_MS);
      for (const one of fetched) next.set(one.partition, one.next);
      const records = fetched.flatMap((one) => one.records);
      if (records.length > 0 && !stopping.signal.aborted) onRecords(records);
    };
    while (offsets.some(({ partition, high }) => (next.get(partition) ?? high) < high)) await step();
    const loop = this.#repeat(step, stopping.signal);
    const stop = async () => {
      stopping.abort(new Error('stopping'));
      await atMost(this.#timers, GOODBYE_MS, loop);
    };
    this.#open.push({ close: stop });
    return { stop, end: (partition = 0) => next.get(partition) ?? 0n };
  }

  async offsets(topic: Topic): Promise<readonly PartitionOffsets[]> {
    await this.#meet();
    this.#reader ??= this.#newReader();
    return this.#reader.offsets(topic);
  }

  async createTopics(shards: number): Promise<readonly Topic[]> {
    await this.#meet();
    const admin = this.#kafka.admin();
    try {
      await admin.connect();
      return await createTopics(admin, shards, this.#nameOf, this.#timers);
    } finally {
      await admin.disconnect();
    }
  }

  async close(): Promise<void> {
    for (let one = this.#open.pop(); one; one = this.#open.pop()) await atMost(this.#timers, GOODBYE_MS, one.close());
  }

  async #meet(): Promise<void> {
    this.#met ??= meetBrokers(this.#connection, { clock: this.#clock, timers: this.#timers, logger: this.#logger });
    try {
      await this.#met;
    } catch (error) {
      this.#met = undefined;
      throw error;
    }
  }

  #newReader(): LogReader {
    return this.#closing(new LogReader(openCluster(this.#kafka), this.#timers, this.#nameOf));
  }

  #closing<C extends { close(): Promise<void> }>(part: C): C {
    this.#open.push(part);
    return part;
  }

  async #repeat(step: () => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await step();
      } catch (error) {
        if (signal.aborted) return;
        this.#logger.warn('following a topic failed, trying again', { error });
        await this.#timers.sleep(1_000, signal).catch(() => {});
      }
    }
  }
}

function inLog(all: readonly PartitionOffsets[], topic: Topic, partition: number): PartitionOffsets {
  const found = all.find((one) => one.partition === partition);
  if (found === undefined) throw new RangeError(`${topic} has no partition ${partition}`);
  return found;
}

function outOfRange(topic: Topic, partition: number, from: bigint, low: bigint, high: bigint): OffsetOutOfRange {
  return new OffsetOutOfRange(`${topic}/${partition}: offset ${from} is outside the log, which has ${low} to ${high}`);
}
