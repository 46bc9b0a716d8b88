import { type AnyMessage, type ParkedReleased, type Topic, topicOf } from '@voucherline/contracts';
import {
  type Broker,
  type GroupConsumer,
  type LiveConfiguration,
  OffsetOutOfRange,
  type RecordBatch,
  type ShardListener,
  type StartPosition,
} from '@voucherline/pipeline';
import type { Cancel, Logger, Runner, Timers } from '@voucherline/platform';
import { StaleOwner } from '@voucherline/store';
import { misfitOf } from '../recovery/misfit.js';
import { replay } from '../replay/replay.js';
import type { Route, Worker } from '../worker.js';
import { IntakeShard, type IntakeShardPorts } from './intake-shard.js';
import { read } from './reading.js';

export interface IntakeOptions extends Omit<IntakeShardPorts, 'worker' | 'route'> {
  readonly worker: Worker<unknown, unknown>;
  readonly broker: Broker;
  readonly timers: Timers;
  readonly logger: Logger;
  /** More is said than the log takes: nothing is taken in that may say more. */
  isLogBehind(): boolean;
}

const ACTIONS: Topic = 'operations.actions.v1';
/** Decisions are looked for, and shards that could not be taken over are tried again, this often. */
const TICK_MS = 1_000;
const TROUBLE_MS = 1_000;

/**
 * Reads a worker's inputs and puts messages into the mailboxes of lanes. Never waits for a vendor: rows in, position on.
 * Positions are ours, in the database; the group's own are not looked at (design.md §2, positions).
 */
export class Intake implements Runner, ShardListener {
  readonly name: string;
  readonly failed: Promise<never>;
  readonly #options: IntakeOptions;
  readonly #topics: readonly Topic[];
  readonly #ports: IntakeShardPorts;
  readonly #shards = new Map<number, IntakeShard>();
  #owned = new Set<number>();
  #consumer: GroupConsumer | undefined;
  #cancel: Cancel | undefined;
  #ticking = false;
  #fail: (error: unknown) => void = () => {};

  constructor(options: IntakeOptions) {
    const { worker, configuration } = options;
    this.name = `${worker.name}/intake`;
    this.#options = options;
    this.#topics = [...new Set<Topic>([...worker.inputs, ACTIONS])];
    this.#ports = { ...options, worker: worker.name, route: (message) => routesOf(message, worker, configuration) };
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  async start(): Promise<void> {
    const { broker, worker, timers } = this.#options;
    this.#consumer = await broker.join(worker.name, this.#topics, this);
    this.#consumer.failed.catch((error: unknown) => this.#fail(error));
    this.#cancel = timers.every(TICK_MS, () => void this.#tick());
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    await this.#consumer?.stop();
  }

  async assigned(shards: readonly number[]): Promise<readonly StartPosition[]> {
    this.#owned = new Set(shards);
    for (const shard of this.#shards.keys()) if (!this.#owned.has(shard)) this.#shards.delete(shard);
    const starts: StartPosition[] = [];
    const lows = await this.#lows();
    for (const partition of shards) {
      const shard = await this.#takeOver(partition);
      if (shard === undefined) continue;
      for (const [topic, low] of lows) {
        const offset = shard.position(topic) ?? low.get(partition);
        if (offset !== undefined) starts.push({ topic, partition, offset });
      }
    }
    return starts;
  }

  /** Where each partition begins. Told to the group, because its own offset may be ahead of ours: it would wait for the next message. */
  async #lows(): Promise<ReadonlyMap<Topic, ReadonlyMap<number, bigint>>> {
    const lows = this.#topics.map(async (topic) => {
      const ranges = await this.#options.broker.offsets(topic);
      return [topic, new Map(ranges.map(({ partition, low }) => [partition, low]))] as const;
    });
    return new Map(await Promise.all(lows));
  }

  async batch({ topic, partition, records, nextOffset }: RecordBatch, signal: AbortSignal): Promise<bigint> {
    const first = records[0]?.offset;
    if (first === undefined) return nextOffset;
    this.#owned.add(partition);
    const shard = this.#options.isLogBehind() ? undefined : await this.#takeOver(partition);
    if (shard === undefined) return this.#later(first, signal);
    const position = shard.position(topic);
    // The group's own offset may be ahead of ours or behind: ours counts.
    if (position !== undefined && position !== first) return position;
    try {
      if (topic === ACTIONS) await this.#replay(shard, records, signal);
      await shard.take(records);
      return nextOffset;
    } catch (error) {
      this.#drop(partition, error);
      return this.#later(first, signal);
    }
  }

  async #later(offset: bigint, signal: AbortSignal): Promise<bigint> {
    await this.#options.timers.sleep(TROUBLE_MS, signal).catch(() => {});
    return offset;
  }

  /** Gives nothing when the database or the log is away; tried again with the next batch or tick. @throws {OffsetOutOfRange} */
  async #takeOver(number: number): Promise<IntakeShard | undefined> {
    const known = this.#shards.get(number);
    if (known !== undefined) return known;
    try {
      const shard = await IntakeShard.takeOver(number, this.#ports);
      for (const topic of this.#topics) await this.#checkPosition(shard, topic, number);
      this.#shards.set(number, shard);
      return shard;
    } catch (error) {
      if (error instanceof OffsetOutOfRange) throw error;
      this.#options.logger.warn('a shard could not be taken over', {
        worker: this.#ports.worker,
        shard: number,
        error,
      });
      return undefined;
    }
  }

  async #checkPosition(shard: IntakeShard, topic: Topic, partition: number): Promise<void> {
    const position = shard.position(topic);
    if (position === undefined) return;
    const at = { topic, partition, position, lastId: shard.lastId(topic) };
    const misfit = await misfitOf(this.#options.broker, at);
    if (misfit !== undefined) throw new OffsetOutOfRange(`${this.name}: ${misfit}. Start again: the doctor leads out.`);
  }

  /** Replays that people asked for are done before their action counts as taken in, so a crash repeats them. */
  async #replay(shard: IntakeShard, records: RecordBatch['records'], signal: AbortSignal): Promise<void> {
    const { worker } = this.#options;
    for (const record of records) {
      const { message } = read(record);
      if (message?.type !== 'ReplayRequested' || message.data.stage !== worker.name) continue;
      for await (const part of replay(message.data, message, { ...this.#options, worker })) {
        signal.throwIfAborted();
        await shard.bring(part);
      }
    }
  }

  /** Whatever is not known now is known after the next take-over. */
  #drop(number: number, error: unknown): void {
    this.#shards.delete(number);
    // Left to the other owner until the group hands it to us again: a process may only believe that it is still a member.
    if (error instanceof StaleOwner) this.#owned.delete(number);
    this.#options.logger.warn('a batch could not be taken in; trying again', {
      worker: this.#ports.worker,
      shard: number,
      error,
    });
  }

  async #tick(): Promise<void> {
    if (this.#ticking) return;
    this.#ticking = true;
    try {
      for (const number of this.#owned) {
        const shard = await this.#takeOver(number);
        await shard?.applyDecisions().catch((error: unknown) => this.#drop(number, error));
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#ticking = false;
    }
  }
}

/** Lanes of a message. A decision about a case of a lane finds it by the connection and subject that it names. */
function routesOf(
  message: AnyMessage,
  worker: Worker<unknown, unknown>,
  configuration: LiveConfiguration,
): readonly Route[] {
  const routes = worker.inputs.includes(topicOf(message.type)) ? worker.route(message, configuration) : [];
  if (routes.length > 0 || (message.type !== 'ParkedReleased' && message.type !== 'ParkedDiscarded')) return routes;
  const { stage, connection, subject } = message.data as ParkedReleased;
  return stage === worker.name && connection !== undefined ? [{ connection, key: subject }] : [];
}
