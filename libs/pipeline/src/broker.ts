import type { EncodedRecord, LogRecord, Topic } from '@voucherline/contracts';

/** A record on its way out, with the partition that its key belongs to. */
export interface OutgoingRecord {
  readonly topic: Topic;
  readonly partition: number;
  readonly record: EncodedRecord;
}

/** Writes with acks=all. One `send` after the other keeps their order; a rejected `send` may have written a part. */
export interface Producer {
  /** Cuts what is too large for one request (about 900 kB a partition) and sends the pieces in order. */
  send(records: readonly OutgoingRecord[]): Promise<void>;
}

/** A run of records of one partition, in offset order. */
export interface RecordBatch {
  readonly topic: Topic;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** Where the next batch starts if this one is done. */
  readonly nextOffset: bigint;
}

/** Where a partition is to be read. */
export interface StartPosition {
  readonly topic: Topic;
  readonly partition: number;
  readonly offset: bigint;
}

/** What happens to the shards of a group member. Awaited before batches of a gained shard are handed out. */
export interface ShardListener {
  /**
   * Shards now owned; called at each (re)assignment with the whole set. May say where partitions are to be read; others
   * are read from the group's offset. A batch that was fetched before may still come, so its offset is to be compared.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: who keeps no positions returns nothing
  assigned(shards: readonly number[]): Promise<readonly StartPosition[] | void>;
  /**
   * Handles a batch of a partition that is owned now. Says from where that partition is to be read next: the batch's
   * `nextOffset`, or another offset (seek). A rejection stops the consumer; the runner starts it anew.
   */
  batch(batch: RecordBatch, signal: AbortSignal): Promise<bigint>;
}

export interface GroupConsumer {
  stop(): Promise<void>;
  /** Rejects when the consumer died for good. */
  readonly failed: Promise<never>;
}

/** A topic that is followed. */
export interface FollowedTopic {
  stop(): Promise<void>;
  /** Next offset of a partition. */
  end(partition?: number): bigint;
}

/** Reads and writes the log. Kafka behind it in processes, memory in unit tests; one contract suite holds both. */
export interface Broker {
  producer(): Promise<Producer>;
  /** Joins a group in which shard n (partition n of all topics) is owned by one member. Starts at offset 0 where nothing is stored. */
  join(group: string, topics: readonly Topic[], listener: ShardListener): Promise<GroupConsumer>;
  /**
   * Reads a partition from an offset up to (not including) `to`, or the end at the time of the call; outside any group.
   * @throws {OffsetOutOfRange} when `from` is before the log's start or beyond its end.
   */
  read(topic: Topic, partition: number, from: bigint, to?: bigint): AsyncIterable<readonly LogRecord[]>;
  /**
   * Follows a topic from its start for ever; `onRecords` gets every record once, those of a partition in order. Resolves when all
   * that was there at the call has been handed out.
   */
  follow(topic: Topic, onRecords: (records: readonly LogRecord[]) => void): Promise<FollowedTopic>;
  /** First and next offset of each partition. */
  offsets(topic: Topic): Promise<readonly { partition: number; low: bigint; high: bigint }[]>;
  /** Creates what the topic table names and is absent; refuses when a topic has another number of partitions. */
  createTopics(shards: number): Promise<readonly Topic[]>;
  close(): Promise<void>;
}

/** A stored position that the log does not have: never reset, always a person's decision. */
export class OffsetOutOfRange extends Error {
  override readonly name = 'OffsetOutOfRange';
}
