import type { CallContext } from '@voucherline/connector-kit';
import type { ConnectionContent, Divergence } from '@voucherline/contracts';
import type { Broker, LiveConfiguration } from '@voucherline/pipeline';
import type { Cancel, Clock, Logger, Metrics, Randomness, Runner, Timers } from '@voucherline/platform';
import {
  type ApplyEffects,
  createIntakeStore,
  createRecoveryStore,
  createWorkStore,
  type IntakeStore,
  type RecoveryStore,
  type WorkStore,
} from '@voucherline/store';
import { Intake } from './intake/intake.js';
import { LaneRunner } from './lanes/lane-runner.js';
import { WorkMetrics } from './metrics.js';
import { Publisher } from './publication/publisher.js';
import { currentEnds, examine, hearOwnWords } from './recovery/recovery.js';
import type { WorkStatus } from './status.js';
import type { Worker } from './worker.js';

export interface WorkerRunnerOptions<S, E> {
  readonly worker: Worker<S, E>;
  readonly broker: Broker;
  readonly configuration: LiveConfiguration;
  /** What the calls of a connection have in hand; made once a lease and each time the connection is published anew. */
  contextFor(content: ConnectionContent): CallContext;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly randomness: Randomness;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Name of the service, whose processes share the leases. */
  readonly service: string;
  /** Names this process; a new one at each start, because a lease names it. */
  readonly processId: string;
}

type Pool = Parameters<typeof createIntakeStore>[0];

/** A worker at work: its intake and its lanes. */
export interface WorkerRunner extends Runner {
  /** How each connection stands. */
  status(): Promise<WorkStatus>;
  /** How database and log differ; to be asked before the start. */
  examine(): Promise<readonly Divergence[]>;
  /** Takes over from the log what this worker said there; in place of a start on a database that is older. @returns how many words */
  hearOwnWords(): Promise<number>;
}

/** The ends of the log that the database is known to fit are written down this often. */
const ENDS_MS = 10_000;

/**
 * Runs a worker on PostgreSQL: tables `UNIT_TABLES`, `WORK_TABLES` and `RECOVERY_TABLES`, and those that `applyEffects` writes, in the schema of
 * the pool's search path. Takes up to five connections of the pool.
 */
export function createWorkerRunner<S, E = never>(
  options: WorkerRunnerOptions<S, E> & { readonly pool: Pool; readonly applyEffects?: ApplyEffects<E> },
): WorkerRunner {
  const { pool, worker, service, processId, applyEffects } = options;
  return new OneWorker(options, {
    work: createWorkStore(pool, { worker: worker.name, process: processId, service }, applyEffects),
    intake: createIntakeStore(pool, worker.name),
    recovery: createRecoveryStore(pool, worker.name),
    // Goes on whatever is done to the time of day, and while the process is stopped.
    steadyMs: () => performance.now(),
  });
}

export interface WorkerRunnerParts<E> {
  readonly work: WorkStore<E>;
  readonly intake: IntakeStore;
  readonly recovery: RecoveryStore;
  /** Milliseconds that only ever grow, however the time of day is set. */
  steadyMs(): number;
}

/** Intake and lanes of one worker in one process, with one publisher. */
export class OneWorker<S, E> implements WorkerRunner {
  readonly name: string;
  readonly failed: Promise<never>;
  readonly #options: WorkerRunnerOptions<S, E>;
  readonly #parts: WorkerRunnerParts<E>;
  #fail: (error: unknown) => void = () => {};
  #running:
    | {
        readonly lanes: LaneRunner<S, E>;
        readonly intake: Intake;
        readonly publisher: Publisher;
        readonly cancel: Cancel;
      }
    | undefined;

  constructor(options: WorkerRunnerOptions<S, E>, parts: WorkerRunnerParts<E>) {
    this.name = options.worker.name;
    this.#options = options;
    this.#parts = parts;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  async start(): Promise<void> {
    const { worker, broker, timers, logger, metrics, ...rest } = this.#options;
    const { work: store, intake: intakeStore, steadyMs } = this.#parts;
    const shards = (await broker.offsets('operations.events.v1')).length;
    const publisher = new Publisher(await broker.producer(), shards, { timers, logger });
    const workMetrics = new WorkMetrics(metrics, worker.name);
    const lanes = new LaneRunner<S, E>({
      ...rest,
      worker,
      timers,
      logger,
      store,
      publisher,
      steadyMs,
      metrics: workMetrics,
    });
    const intake = new Intake({
      ...{ ...rest, broker, timers, logger, store: intakeStore },
      worker: worker as Worker<unknown, unknown>,
      publish: (entry) => publisher.publish(entry),
      isLogBehind: () => publisher.isBehind,
      onDelivered: (messages, mail) => {
        workMetrics.intake(messages, mail);
        if (mail > 0) lanes.wake();
      },
    });
    const cancel = timers.every(ENDS_MS, () => void this.#noteEnds());
    this.#running = { lanes, intake, publisher, cancel };
    await lanes.start();
    await intake.start();
    intake.failed.catch((error: unknown) => this.#fail(error));
  }

  async stop(): Promise<void> {
    if (this.#running === undefined) return;
    const { lanes, intake, publisher, cancel } = this.#running;
    cancel();
    await intake.stop();
    await lanes.stop();
    publisher.stop();
  }

  async status(): Promise<WorkStatus> {
    if (this.#running === undefined)
      return { worker: this.name, process: this.#options.processId, leases: 0, connections: [] };
    return this.#running.lanes.status();
  }

  examine(): Promise<readonly Divergence[]> {
    return examine(this.#recoveryPorts());
  }

  hearOwnWords(): Promise<number> {
    return hearOwnWords(this.#recoveryPorts());
  }

  #recoveryPorts() {
    const { worker, broker, configuration } = this.#options;
    return { worker: worker as Worker<unknown, unknown>, store: this.#parts.recovery, broker, configuration };
  }

  /** An older end makes the next start look at more of the log, no more. */
  async #noteEnds(): Promise<void> {
    const { worker, broker, logger } = this.#options;
    try {
      await this.#parts.recovery.noteEnds(await currentEnds(worker.name, broker));
    } catch (error) {
      logger.debug('the ends of the log could not be written down', { worker: worker.name, error });
    }
  }
}
