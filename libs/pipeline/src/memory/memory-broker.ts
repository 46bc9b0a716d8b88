import { type LogRecord, partitionsOf, TOPICS, type Topic } from '@voucherline/contracts';
import {
  type Broker,
  type FollowedTopic,
  type GroupConsumer,
  OffsetOutOfRange,
  type OutgoingRecord,
  type Producer,
  type ShardListener,
} from '../broker.js';

/** What a test makes of a send: nothing is written, or only the first half, before it fails. */
export type SendFault = 'nothing-written' | 'half-written' | undefined;

export interface MemoryBrokerOptions {
  readonly shards: number;
  /** Records in a batch at most. */
  readonly batchSize?: number;
  /** The time on records, ms. */
  readonly now?: () => number;
}

/** The log in memory: what several brokers (processes) of a test share. Partitions are there from the start. */
export class MemoryLog {
  readonly shards: number;
  readonly batchSize: number;
  readonly groups = new Map<string, MemoryGroup>();
  readonly #now: () => number;
  readonly #partitions = new Map<string, LogRecord[]>();
  readonly #listeners = new Set<(topic: Topic) => void>();

  constructor({ shards, batchSize = 100, now = () => 1_700_000_000_000 }: MemoryBrokerOptions) {
    this.shards = shards;
    this.batchSize = batchSize;
    this.#now = now;
  }

  partition(topic: Topic, partition: number): LogRecord[] {
    if (partition >= partitionsOf(topic, this.shards)) throw new RangeError(`${topic} has no partition ${partition}`);
    const place = `${topic}/${partition}`;
    const records = this.#partitions.get(place) ?? [];
    this.#partitions.set(place, records);
    return records;
  }

  append(outgoing: readonly OutgoingRecord[]): void {
    for (const { topic, partition, record } of outgoing) {
      const records = this.partition(topic, partition);
      const offset = BigInt(records.length);
      records.push({ topic, partition, offset, timestamp: this.#now(), ...record });
    }
    for (const topic of new Set(outgoing.map((one) => one.topic)))
      for (const listener of this.#listeners) listener(topic);
  }

  /** Calls back whenever something was written to a topic; returns the unsubscription. */
  onAppend(listener: (topic: Topic) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** A broker in memory for one process. Deterministic: it has no timers, and a test says when sends fail. */
export class MemoryBroker implements Broker {
  readonly #log: MemoryLog;
  readonly #sendFault: (records: readonly OutgoingRecord[]) => SendFault | Promise<SendFault>;
  readonly #open: { stop(): Promise<void> }[] = [];

  constructor(
    log: MemoryLog,
    sendFault: (records: readonly OutgoingRecord[]) => SendFault | Promise<SendFault> = () => undefined,
  ) {
    this.#log = log;
    this.#sendFault = sendFault;
  }

  async producer(): Promise<Producer> {
    return {
      send: async (records) => {
        const fault = await this.#sendFault(records);
        if (fault === 'nothing-written') throw new Error('the broker is away');
        this.#log.append(fault === 'half-written' ? records.slice(0, records.length / 2) : records);
        if (fault === 'half-written') throw new Error('the broker went away');
      },
    };
  }

  async join(group: string, topics: readonly Topic[], listener: ShardListener): Promise<GroupConsumer> {
    const members = this.#log.groups.get(group) ?? new MemoryGroup(this.#log, topics);
    this.#log.groups.set(group, members);
    const member = members.add(listener);
    const consumer = { failed: member.failed, stop: () => members.remove(member) };
    this.#open.push(consumer);
    return consumer;
  }

  async *read(topic: Topic, partition: number, from: bigint, to?: bigint): AsyncGenerator<readonly LogRecord[]> {
    const records = this.#log.partition(topic, partition);
    const high = BigInt(records.length);
    if (from < 0n || from > high) {
      throw new OffsetOutOfRange(`${topic}/${partition}: offset ${from} is outside the log, which has 0 to ${high}`);
    }
    const end = to === undefined || to > high ? high : to;
    for (let next = Number(from); next < end; next += this.#log.batchSize) {
      yield records.slice(next, Math.min(next + this.#log.batchSize, Number(end)));
    }
  }

  async follow(topic: Topic, onRecords: (records: readonly LogRecord[]) => void): Promise<FollowedTopic> {
    const next = Array<number>(partitionsOf(topic, this.#log.shards)).fill(0);
    const deliver = () => {
      const fresh = next.flatMap((from, partition) => this.#log.partition(topic, partition).slice(from));
      for (const { partition, offset } of fresh) next[partition] = Number(offset) + 1;
      if (fresh.length > 0) onRecords(fresh);
    };
    deliver();
    const unsubscribe = this.#log.onAppend((written) => written === topic && deliver());
    const following = { stop: async () => unsubscribe(), end: (partition = 0) => BigInt(next[partition] ?? 0) };
    this.#open.push(following);
    return following;
  }

  async offsets(topic: Topic) {
    return Array.from({ length: partitionsOf(topic, this.#log.shards) }, (_, partition) => ({
      partition,
      low: 0n,
      high: BigInt(this.#log.partition(topic, partition).length),
    }));
  }

  async createTopics(shards: number): Promise<readonly Topic[]> {
    if (shards !== this.#log.shards) throw new Error(`the log has ${this.#log.shards} shards, not ${shards}`);
    return Object.keys(TOPICS) as Topic[];
  }

  async close(): Promise<void> {
    for (let one = this.#open.pop(); one; one = this.#open.pop()) await one.stop();
  }
}

interface Member {
  readonly listener: ShardListener;
  readonly failed: Promise<never>;
  readonly fail: (error: unknown) => void;
  readonly stopping: AbortController;
  shards: number[];
  generation: number;
  work: Promise<void>;
}

/** A group of members; shard p belongs to member p mod n. Group offsets are where each partition was left. */
export class MemoryGroup {
  readonly #log: MemoryLog;
  readonly #topics: readonly Topic[];
  readonly #members: Member[] = [];
  readonly #next = new Map<string, bigint>();

  constructor(log: MemoryLog, topics: readonly Topic[]) {
    this.#log = log;
    this.#topics = topics;
    log.onAppend((topic) => {
      if (topics.includes(topic)) this.#wake();
    });
  }

  add(listener: ShardListener): Member {
    let fail: (error: unknown) => void = () => {};
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    failed.catch(() => {});
    const stopping = new AbortController();
    const member: Member = { listener, failed, fail, stopping, shards: [], generation: 0, work: Promise.resolve() };
    this.#members.push(member);
    this.rebalance();
    return member;
  }

  async remove(member: Member): Promise<void> {
    member.stopping.abort(new Error('stopping'));
    await member.work;
    this.evict(member.listener);
  }

  /** Takes a member out without its knowing, as when its process is dead or paused. */
  evict(listener: ShardListener): void {
    const index = this.#members.findIndex((member) => member.listener === listener);
    if (index < 0) return;
    const [member] = this.#members.splice(index, 1);
    if (member) member.generation++;
    this.rebalance();
  }

  /** Where partitions are read next; a test moves it to play a group whose offsets are gone or wrong. */
  setOffset(topic: Topic, partition: number, offset: bigint): void {
    this.#next.set(`${topic}/${partition}`, offset);
  }

  rebalance(): void {
    this.#members.forEach((member, index) => {
      member.generation++;
      member.shards = [...Array(this.#log.shards).keys()].filter((shard) => shard % this.#members.length === index);
      this.#then(member, () => this.#assign(member));
      this.#then(member, () => this.#deliver(member));
    });
  }

  #wake(): void {
    for (const member of this.#members) this.#then(member, () => this.#deliver(member));
  }

  #then(member: Member, step: () => Promise<void>): void {
    const { generation } = member;
    member.work = member.work.then(async () => {
      if (generation !== member.generation || member.stopping.signal.aborted) return;
      try {
        await step();
      } catch (error) {
        member.fail(error);
        member.stopping.abort(error);
      }
    });
  }

  async #assign(member: Member): Promise<void> {
    const { generation } = member;
    const starts = await member.listener.assigned(member.shards);
    if (generation !== member.generation) return;
    for (const { topic, partition, offset } of starts ?? []) this.setOffset(topic, partition, offset);
  }

  async #deliver(member: Member): Promise<void> {
    const { generation, stopping } = member;
    for (let delivered = true; delivered; ) {
      delivered = false;
      for (const partition of member.shards) {
        for (const topic of this.#topics) {
          if (generation !== member.generation || stopping.signal.aborted) return;
          // Topics without a key have one partition, which is the first shard's.
          if (partition >= partitionsOf(topic, this.#log.shards)) continue;
          delivered = (await this.#batch(member, topic, partition)) || delivered;
        }
      }
    }
  }

  async #batch(member: Member, topic: Topic, partition: number): Promise<boolean> {
    const place = `${topic}/${partition}`;
    const from = this.#next.get(place) ?? 0n;
    const log = this.#log.partition(topic, partition);
    const records = log.slice(Number(from), Number(from) + this.#log.batchSize);
    if (records.length === 0) return false;
    const { generation } = member;
    const nextOffset = from + BigInt(records.length);
    const next = await member.listener.batch({ topic, partition, records, nextOffset }, member.stopping.signal);
    if (generation === member.generation) this.#next.set(place, next);
    return true;
  }
}
