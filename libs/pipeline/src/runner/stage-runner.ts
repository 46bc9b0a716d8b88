import { TOPICS } from '@voucherline/contracts';
import type { Clock, Logger, Metrics, Runner, Timers } from '@voucherline/platform';
import type { StageStore } from '@voucherline/store';
import type { Broker, GroupConsumer, RecordBatch, ShardListener, StartPosition } from '../broker.js';
import type { LiveConfiguration } from '../configuration/configuration.js';
import type { LiveMasterData } from '../master-data/live.js';
import type { Stage } from '../stage.js';
import { ACTIONS, type Action, actionsFor } from './actions.js';
import { stageMetrics } from './metrics.js';
import type { StageDependencies } from './owned-shard.js';
import { rebuildStage as rebuildShards } from './rebuild.js';
import { ShardSlot } from './shard-slot.js';

export interface StageRunnerOptions<S> {
  readonly stage: Stage<S>;
  readonly broker: Broker;
  readonly store: StageStore;
  readonly configuration: LiveConfiguration;
  /** Read to its end: a decision on less would wait for what is known. */
  readonly masterData: LiveMasterData;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Runs a stage's shards in this process. */
export interface StageRunner extends Runner {
  readonly failed: Promise<never>;
  /** Drops the states of an owned shard and folds them again from the log. @throws {RangeError} when it is not owned here */
  rebuild(shard: number): Promise<void>;
}

/** How often unowned shards are tried again and the lag is measured. */
const HOUSEKEEPING_MS = 5_000;

/**
 * Builds the runner of a stage: a member of the consumer group that is named after the stage.
 * @throws {RangeError} when the stage's declaration can't be run
 */
export function createStageRunner<S>(options: StageRunnerOptions<S>): StageRunner {
  checkStage(options.stage as Stage);
  return new GroupedStageRunner(options);
}

/** Rebuilds all shards of a stage that nobody runs, from what the log has. @see StageRunner.rebuild for one that is run */
export async function rebuildStage<S>(options: StageRunnerOptions<S>): Promise<void> {
  await rebuildShards(await dependenciesOf(options));
}

async function dependenciesOf<S>(options: StageRunnerOptions<S>): Promise<StageDependencies<S>> {
  const { broker, stage, metrics, logger } = options;
  const producer = await broker.producer();
  const named = logger.child({ stage: stage.name });
  return { ...options, producer, logger: named, metrics: stageMetrics(metrics, stage.name) };
}

class GroupedStageRunner<S> implements StageRunner, ShardListener {
  readonly name: string;
  readonly failed: Promise<never>;
  readonly #options: StageRunnerOptions<S>;
  readonly #slots = new Map<number, ShardSlot<S>>();
  readonly #actions: Action[] = [];
  readonly #cleanUp: (() => Promise<void> | void)[] = [];
  #dependencies: StageDependencies<S> | undefined;
  #fail: (error: unknown) => void = () => {};

  constructor(options: StageRunnerOptions<S>) {
    this.#options = options;
    this.name = options.stage.name;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  async start(): Promise<void> {
    const { broker, stage, timers, masterData } = this.#options;
    this.#dependencies = await dependenciesOf(this.#options);
    const following = await broker.follow(ACTIONS, (records) => {
      this.#actions.push(...actionsFor(stage as Stage, records));
      this.#act();
    });
    this.#cleanUp.push(() => following.stop());
    this.#cleanUp.push(
      masterData.onComplete(() => {
        for (const slot of this.#slots.values()) slot.tableCompleted();
        this.#goOn();
      }),
    );
    this.#cleanUp.push(timers.every(HOUSEKEEPING_MS, () => this.#keepHouse()));
    const consumer: GroupConsumer = await broker.join(stage.name, stage.inputs, this);
    consumer.failed.catch((error) => this.#fail(error));
    this.#cleanUp.push(() => consumer.stop());
  }

  async stop(): Promise<void> {
    // Together: the consumer waits for its handlers, and one that waits for the log is let go by its shard only.
    const closed = Promise.all([...this.#slots.values()].map((slot) => slot.close()));
    for (let step = this.#cleanUp.pop(); step; step = this.#cleanUp.pop()) await step();
    await closed;
    this.#slots.clear();
  }

  /** Group offsets may be lost, or ahead of a database that was restored: the stored positions count (F14, F32). */
  async assigned(shards: readonly number[]): Promise<readonly StartPosition[]> {
    const dependencies = this.#dependencies;
    if (dependencies === undefined) throw new Error(`${this.name} was assigned shards before it was started`);
    const lost = [...this.#slots].filter(([shard]) => !shards.includes(shard));
    for (const [shard] of lost) this.#slots.delete(shard);
    await Promise.all(lost.map(([, slot]) => slot.close()));
    for (const shard of shards) {
      if (!this.#slots.has(shard)) this.#slots.set(shard, new ShardSlot(shard, this.#actions, dependencies));
    }
    await Promise.all([...this.#slots.values()].map((slot) => slot.assigned()));
    this.#act();
    this.#goOn();
    return this.#options.stage.inputs.flatMap((topic) =>
      [...this.#slots].flatMap(([partition, slot]) => {
        const offset = slot.position(topic);
        return offset === undefined ? [] : [{ topic, partition, offset }];
      }),
    );
  }

  async batch(batch: RecordBatch, signal: AbortSignal): Promise<bigint> {
    const slot = this.#slots.get(batch.partition);
    if (slot === undefined) return batch.records[0]?.offset ?? batch.nextOffset;
    const next = await slot.handle(batch, signal);
    // The shard may have been taken over again; the next batch does not wait for what waited.
    this.#goOn();
    return next;
  }

  async rebuild(shard: number): Promise<void> {
    const slot = this.#slots.get(shard);
    if (slot === undefined) throw new RangeError(`shard ${shard} of ${this.name} is not owned by this process`);
    await slot.rebuild();
  }

  #act(): void {
    for (const slot of this.#slots.values()) slot.act().catch((error) => this.#fail(error));
  }

  #goOn(): void {
    for (const slot of this.#slots.values()) slot.goOn().catch((error) => this.#fail(error));
  }

  #keepHouse(): void {
    for (const slot of this.#slots.values()) slot.open().catch((error) => this.#fail(error));
    this.#act();
    this.#goOn();
    this.#measureLag().catch((error) => this.#options.logger.debug('lag not measured', { error }));
  }

  async #measureLag(): Promise<void> {
    const { broker, stage } = this.#options;
    let lag = 0n;
    for (const topic of stage.inputs) {
      for (const { partition, high } of await broker.offsets(topic)) {
        const position = this.#slots.get(partition)?.position(topic);
        if (position !== undefined && high > position) lag += high - position;
      }
    }
    this.#dependencies?.metrics.lag.set(Number(lag));
    if (lag === 0n) this.#dependencies?.metrics.delay.set(0);
  }
}

function checkStage({ name, inputs, outputs }: Stage): void {
  const both = inputs.find((topic) => outputs.includes(topic));
  if (both !== undefined)
    throw new RangeError(`${name}: ${both} is an input and an output; folding it twice would be wrong`);
  const single = [...inputs, ...outputs].find((topic) => TOPICS[topic].key === 'none');
  if (single !== undefined) throw new RangeError(`${name}: ${single} has one partition and no shards`);
}
