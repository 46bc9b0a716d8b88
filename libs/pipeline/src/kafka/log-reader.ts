import type { LogRecord, Topic } from '@voucherline/contracts';
import type { Timers } from '@voucherline/platform';
import type { Cluster, KafkaMessage } from 'kafkajs';
import { OffsetOutOfRange } from '../broker.js';
import { logRecord } from './records.js';

const MAX_BYTES = 4 * 1024 * 1024;
const READ_COMMITTED = 1;
const RETRIES = 10;

interface FetchedPartition {
  readonly highWatermark: string;
  readonly messages: readonly (KafkaMessage & { readonly isControlRecord?: boolean })[];
}

/** Some records from an offset on. `next`: where to go on. */
export interface Fetched {
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

  /** @throws {OffsetOutOfRange} */
  fetch(topic: Topic, partition: number, from: bigint, maxWaitMs: number): Promise<Fetched> {
    return this.#persist(() => this.#fetchOnce(topic, partition, from, maxWaitMs));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#cluster.disconnect();
  }

  async #fetchOnce(topic: Topic, partition: number, from: bigint, maxWaitTime: number): Promise<Fetched> {
    const name = await this.#target(topic);
    const [nodeId] = Object.keys(this.#cluster.findLeaderForPartitions(name, [partition]));
    if (nodeId === undefined) throw new Error(`${name}/${partition} has no leader`);
    const broker = await this.#cluster.findBroker({ nodeId });
    const asked = { topic: name, partitions: [{ partition, fetchOffset: String(from), maxBytes: MAX_BYTES }] };
    const { responses } = await broker.fetch({
      maxWaitTime,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      isolationLevel: READ_COMMITTED,
      topics: [asked],
    });
    const fetched: FetchedPartition | undefined = responses[0]?.partitions[0];
    // A compressed batch may begin before the offset that was asked for.
    const messages = fetched?.messages.filter(({ offset }) => BigInt(offset) >= from) ?? [];
    const last = messages.at(-1);
    return {
      records: messages.filter((one) => !one.isControlRecord).map((one) => logRecord(topic, partition, one)),
      next: last === undefined ? from : BigInt(last.offset) + 1n,
    };
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
