import type { LogRecord, Topic } from '@voucherline/contracts';
import type { Timers } from '@voucherline/platform';
import type { Cluster, KafkaMessage } from 'kafkajs';
import { OffsetOutOfRange } from '../broker.js';
import { logRecord } from './records.js';

const MAX_BYTES = 4 * 1024 * 1024;
const READ_COMMITTED = 1;
const RETRIES = 10;

interface FetchedPartition {
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: readonly (KafkaMessage & { readonly isControlRecord?: boolean })[];
}

/** Where a partition is to be read. */
export interface ReadFrom {
  readonly partition: number;
  readonly from: bigint;
}

/** Some records of a partition. `next`: where to go on. */
export interface Fetched {
  readonly partition: number;
  readonly records: readonly LogRecord[];
  readonly next: bigint;
}

export interface PartitionOffsets {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

/** Reads partitions outside any group, over a connection of its own. */
export class LogReader {
  readonly #cluster: Cluster;
  readonly #timers: Timers;
  readonly #nameOf: (topic: Topic) => string;
  readonly #known = new Set<string>();
  #connected: Promise<void> | undefined;
  #closed = false;

  constructor(cluster: Cluster, timers: Timers, nameOf: (topic: Topic) => string) {
    this.#cluster = cluster;
    this.#timers = timers;
    this.#nameOf = nameOf;
  }

  /** First and next offset of each partition, by partition. */
  offsets(topic: Topic): Promise<readonly PartitionOffsets[]> {
    return this.#persist(async () => {
      const name = await this.#target(topic);
      const partitions = this.#cluster
        .findTopicPartitionMetadata(name)
        .map(({ partitionId }) => ({ partition: partitionId }));
      const [first, next] = await Promise.all(
        [true, false].map((fromBeginning) =>
          this.#cluster.fetchTopicsOffset([{ topic: name, partitions, fromBeginning }]),
        ),
      );
      const low = new Map(first?.[0]?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
      return (next?.[0]?.partitions ?? [])
        .map(({ partition, offset }) => ({ partition, low: low.get(partition) ?? 0n, high: BigInt(offset) }))
        .sort((a, b) => a.partition - b.partition);
    });
  }

  /** Waits until one of the partitions has something, or the time is over. @throws {OffsetOutOfRange} */
  fetch(topic: Topic, from: readonly ReadFrom[], maxWaitMs: number): Promise<readonly Fetched[]> {
    return this.#persist(() => this.#fetchOnce(topic, from, maxWaitMs));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#cluster.disconnect();
  }

  /** One request to each broker that leads some of the partitions. */
  async #fetchOnce(topic: Topic, from: readonly ReadFrom[], maxWaitMs: number): Promise<readonly Fetched[]> {
    const name = await this.#target(topic);
    const places = new Map(from.map((one) => [one.partition, one]));
    const leaders = Object.entries(this.#cluster.findLeaderForPartitions(name, [...places.keys()]));
    const led = leaders.flatMap(([, partitions]) => partitions);
    const lost = from.find(({ partition }) => !led.includes(partition));
    if (lost !== undefined) throw new Error(`${name}/${lost.partition} has no leader`);
    const answers = await Promise.all(
      leaders.map(([nodeId, partitions]) => {
        const asked = partitions.flatMap((partition) => places.get(partition) ?? []);
        return this.#ask(nodeId, name, asked, maxWaitMs);
      }),
    );
    return answers.flat().flatMap((one) => {
      const place = places.get(one.partition);
      return place === undefined ? [] : [fetchedFrom(topic, place, one)];
    });
  }

  async #ask(
    nodeId: string,
    name: string,
    from: readonly ReadFrom[],
    maxWaitTime: number,
  ): Promise<readonly FetchedPartition[]> {
    const broker = await this.#cluster.findBroker({ nodeId });
    const partitions = from.map((one) => ({
      ...{ partition: one.partition, fetchOffset: String(one.from), maxBytes: MAX_BYTES },
    }));
    const { responses } = await broker.fetch({
      maxWaitTime,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      isolationLevel: READ_COMMITTED,
      topics: [{ topic: name, partitions }],
    });
    return responses[0]?.partitions ?? [];
  }

  /** The topic's name in Kafka, once its leaders are known. */
  async #target(topic: Topic): Promise<string> {
    this.#connected ??= this.#cluster.connect();
    await this.#connected;
    const name = this.#nameOf(topic);
    if (!this.#known.has(name)) {
      await this.#cluster.addMultipleTargetTopics([name]);
      this.#known.add(name);
    }
    await this.#cluster.refreshMetadataIfNecessary();
    return name;
  }

  /** Reads are repeated through elections and restarts of brokers. */
  async #persist<T>(read: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await read();
      } catch (error) {
        const { name, host, port } = error as { name?: string; host?: string; port?: number };
        if (name === 'KafkaJSOffsetOutOfRange') throw new OffsetOutOfRange((error as Error).message, { cause: error });
        if (this.#closed || attempt > RETRIES || name === 'KafkaJSSASLAuthenticationError') throw error;
        if (host !== undefined && port !== undefined) this.#cluster.removeBroker({ host, port });
        if (this.#connected !== undefined) await this.#reconnect();
        await this.#timers.sleep(Math.min(50 * 2 ** attempt, 2_000));
      }
    }
  }

  async #reconnect(): Promise<void> {
    try {
      if (this.#cluster.isConnected()) await this.#cluster.refreshMetadata();
      else this.#connected = undefined;
    } catch {
      this.#connected = undefined;
    }
  }
}

function fetchedFrom(topic: Topic, { partition, from }: ReadFrom, { messages }: FetchedPartition): Fetched {
  // A compressed batch may begin before the offset that was asked for.
  const fresh = messages.filter(({ offset }) => BigInt(offset) >= from);
  const last = fresh.at(-1);
  return {
    partition,
    records: fresh.filter((one) => !one.isControlRecord).map((one) => logRecord(topic, partition, one)),
    next: last === undefined ? from : BigInt(last.offset) + 1n,
  };
}
