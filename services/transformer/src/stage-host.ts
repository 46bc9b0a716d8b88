import {
  createKafkaBroker,
  createStageRunner,
  followConfiguration,
  followMasterData,
  kafkaConnectionOf,
  type LiveConfiguration,
  rebuildStage,
  type Stage,
  type StageRunnerOptions,
} from '@voucherline/pipeline';
import type { Runner, ServiceContext, StoreConfig } from '@voucherline/platform';
import { createStageStore, migrate, openPool, STAGE_TABLES, STAGE_WAITING, UNIT_TABLES } from '@voucherline/store';

/** Schema of the service's tables. */
const SCHEMA = 'transformer';

/** Connections to PostgreSQL at most: commits of different shards go side by side, and a shard never makes two at a time. */
const CONNECTIONS = 10;

/** Stages of one key each, started in the order of the line. */
export type StagesOf = (configuration: LiveConfiguration) => readonly Stage[];

/** Opens what the stages share, runs them, and closes all in reverse. */
export class StageHost implements Runner {
  readonly name = 'transformer/stages';
  readonly failed: Promise<never>;
  readonly #service: ServiceContext<StoreConfig>;
  readonly #stagesOf: StagesOf;
  readonly #stops: (() => Promise<unknown>)[] = [];
  #fail: (error: unknown) => void = () => {};

  constructor(service: ServiceContext<StoreConfig>, stagesOf: StagesOf) {
    this.#service = service;
    this.#stagesOf = stagesOf;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  async start(): Promise<void> {
    for (const options of await this.#open()) {
      const runner = createStageRunner(options);
      this.#stops.push(() => runner.stop());
      await runner.start();
      runner.failed.catch((error: unknown) => this.#fail(error));
    }
  }

  /**
   * Folds all states again from what the log has: the way out when a stored position does not fit the log, so that the stages
   * refuse to start. Not to be used while any process of the service runs.
   */
  async rebuild(): Promise<void> {
    for (const options of await this.#open()) {
      this.#service.logger.info('folding the states of a stage again', { stage: options.stage.name });
      await rebuildStage(options);
    }
    await this.stop();
  }

  async stop(): Promise<void> {
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) await stop();
  }

  async #open(): Promise<readonly StageRunnerOptions<unknown>[]> {
    const { name, config, clock, timers, logger, metrics } = this.#service;
    const pool = openPool(config.databaseUrl, { schema: SCHEMA, max: CONNECTIONS });
    this.#stops.push(() => pool.end());
    await migrate(pool, SCHEMA, [UNIT_TABLES, STAGE_TABLES, STAGE_WAITING]);
    const store = createStageStore(pool);
    const broker = createKafkaBroker({ ...kafkaConnectionOf(config), clientId: name, logger });
    this.#stops.push(() => broker.close());
    const configuration = await followConfiguration(broker, logger);
    this.#stops.push(() => configuration.close());
    const masterData = await followMasterData(broker, logger);
    this.#stops.push(() => masterData.close());
    const shared = { broker, store, configuration, masterData, clock, timers, logger, metrics };
    return this.#stagesOf(configuration).map((stage) => ({ ...shared, stage }));
  }
}
