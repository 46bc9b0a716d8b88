import type { CallContext } from '@voucherline/connector-kit';
import type { ConnectionContent } from '@voucherline/contracts';
import { type Broker, createKafkaBroker, followConfiguration, type LiveConfiguration } from '@voucherline/pipeline';
import type { Runner, ServiceContext, StoreConfig } from '@voucherline/platform';
import { type Migration, migrate, openPool, UNIT_TABLES, WORK_TABLES } from '@voucherline/store';
import { createContextFactory } from './calls/context-factory.js';
import type { WorkerRunner, WorkerRunnerOptions } from './runner.js';

type Pool = ReturnType<typeof openPool>;

/** What a service's workers share in one process. */
export interface WorkerParts extends Omit<WorkerRunnerOptions<never, never>, 'worker'> {
  readonly pool: Pool;
  readonly broker: Broker;
  readonly configuration: LiveConfiguration;
  contextFor(content: ConnectionContent): CallContext;
}

export interface WorkerHostOptions {
  readonly service: ServiceContext<StoreConfig>;
  /** Schema of the service's tables. */
  readonly schema: string;
  /** Tables of the service beside those of every worker. */
  readonly tables?: readonly Migration[];
  readonly allowLoopbackVendors: boolean;
  /** Makes the runners, once database and log are there. */
  workers(parts: WorkerParts): readonly WorkerRunner[];
}

/** Connections to PostgreSQL that one worker takes at most. */
const CONNECTIONS_PER_WORKER = 5;

/** Opens what the workers of a service share, runs them, reports how they stand, and closes all in reverse. */
export class WorkerHost implements Runner {
  readonly name: string;
  readonly failed: Promise<never>;
  readonly #options: WorkerHostOptions;
  readonly #stops: (() => Promise<unknown>)[] = [];
  #fail: (error: unknown) => void = () => {};

  constructor(options: WorkerHostOptions) {
    this.name = `${options.service.name}/workers`;
    this.#options = options;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  async start(): Promise<void> {
    const { service, workers } = this.#options;
    const parts = await this.#open();
    for (const worker of workers(parts)) {
      await worker.start();
      this.#stops.push(() => worker.stop());
      service.status.report(worker.name, () => worker.status());
      worker.failed?.catch((error: unknown) => this.#fail(error));
    }
  }

  async stop(): Promise<void> {
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) await stop();
  }

  async #open(): Promise<WorkerParts> {
    const { service, schema, tables = [], allowLoopbackVendors } = this.#options;
    const { name, config, logger, clock, timers, randomness, metrics, secrets } = service;
    const pool = openPool(config.databaseUrl, { schema, max: 2 * CONNECTIONS_PER_WORKER });
    this.#stops.push(() => pool.end());
    await migrate(pool, schema, [UNIT_TABLES, WORK_TABLES, ...tables]);
    const broker = createKafkaBroker({ brokers: config.kafkaBrokers, clientId: name, logger });
    this.#stops.push(() => broker.close());
    const configuration = await followConfiguration(broker, logger);
    this.#stops.push(() => configuration.close());
    return {
      ...{ pool, broker, configuration, clock, timers, randomness, logger, metrics },
      service: name,
      processId: `${name}-${randomness.uuid()}`,
      contextFor: createContextFactory({
        secrets,
        clock,
        timers,
        randomness,
        logger,
        allowLoopback: allowLoopbackVendors,
      }),
    };
  }
}
