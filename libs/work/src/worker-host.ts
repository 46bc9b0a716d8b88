import type { CallContext } from '@voucherline/connector-kit';
import type { ConnectionContent, Divergence, MessageTypes } from '@voucherline/contracts';
import {
  type Broker,
  createKafkaBroker,
  followConfiguration,
  kafkaConnectionOf,
  type LiveConfiguration,
} from '@voucherline/pipeline';
import type { Runner, ServiceContext, StoreConfig } from '@voucherline/platform';
import { type Migration, migrate, openPool, RECOVERY_TABLES, UNIT_TABLES, WORK_TABLES } from '@voucherline/store';
import { createContextFactory } from './calls/context-factory.js';
import { leadOut } from './recovery/way-out.js';
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
  readonly #stopping = new AbortController();
  /** What keeps the service from working, for people. */
  #needs: string | undefined;
  #fail: (error: unknown) => void = () => {};

  constructor(options: WorkerHostOptions) {
    this.name = `${options.service.name}/workers`;
    this.#options = options;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  /**
   * Starts the workers, unless their database and the log don't fit together: then the service stays up, not ready and with
   * no work done, until a person has asked for the recovery (`voucherline doctor`).
   */
  async start(): Promise<void> {
    const { service, workers } = this.#options;
    const parts = await this.#open();
    const runners = workers(parts);
    service.health.ready('recovery', () => this.#needs);
    const found = await divergences(runners);
    if (found.length === 0) return this.#run(runners);
    this.#needs = `read-only: ${found.map(({ detail }) => detail).join('; ')}. voucherline doctor leads out`;
    service.logger.error(`database and log do not fit together; ${this.#needs}`);
    this.#leadOut(found, runners, parts).catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) this.#fail(error);
    });
  }

  async #run(runners: readonly WorkerRunner[]): Promise<void> {
    const { service } = this.#options;
    for (const worker of runners) {
      await worker.start();
      this.#stops.push(() => worker.stop());
      service.status.report(worker.name, () => worker.status());
      worker.failed?.catch((error: unknown) => this.#fail(error));
    }
  }

  async #leadOut(found: readonly Divergence[], runners: readonly WorkerRunner[], parts: WorkerParts): Promise<void> {
    const { broker, clock, timers, processId, service } = parts;
    const ports = { broker, clock, timers, processId, service };
    await leadOut(found, ports, () => this.#recover(runners, parts), this.#stopping.signal);
    await this.#run(runners);
    this.#needs = undefined;
  }

  /**
   * Where the log lost what the database knows, nothing in these tables can be gone on with: they are kept aside, and all is
   * read and looked up afresh. What the log has of our own words counts in both cases. Of several processes that wait, one does
   * it, and the others find it done.
   */
  async #recover(
    runners: readonly WorkerRunner[],
    { pool, clock }: WorkerParts,
  ): Promise<Pick<MessageTypes['RecoveryCompleted'], 'heard' | 'setAside'>> {
    const { schema } = this.#options;
    const client = await pool.connect();
    try {
      await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`voucherline recover ${schema}`]);
      const found = await divergences(runners);
      const isLogOlder = found.some(({ code }) => code === 'log-older');
      const setAside = `${schema}_before_${new Date(clock.now()).toISOString().replace(/\D/g, '').slice(0, 14)}`;
      if (isLogOlder) {
        await client.query(`ALTER SCHEMA ${schema} RENAME TO ${setAside}`);
        await this.#migrate(pool);
      }
      let heard = 0;
      for (const runner of runners) heard += await runner.hearOwnWords();
      return { heard, ...(isLogOlder && { setAside }) };
    } finally {
      // Thrown away with its lock.
      client.release(true);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) await stop();
  }

  async #open(): Promise<WorkerParts> {
    const { service, schema, allowLoopbackVendors } = this.#options;
    const { name, config, logger, clock, timers, randomness, metrics, secrets } = service;
    const pool = openPool(config.databaseUrl, { schema, max: 2 * CONNECTIONS_PER_WORKER });
    this.#stops.push(() => pool.end());
    await this.#migrate(pool);
    const broker = createKafkaBroker({ ...kafkaConnectionOf(config), clientId: name, logger });
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

  #migrate(pool: Pool): Promise<void> {
    const { schema, tables = [] } = this.#options;
    return migrate(pool, schema, [UNIT_TABLES, WORK_TABLES, RECOVERY_TABLES, ...tables]);
  }
}

async function divergences(runners: readonly WorkerRunner[]): Promise<readonly Divergence[]> {
  return (await Promise.all(runners.map((runner) => runner.examine()))).flat();
}
