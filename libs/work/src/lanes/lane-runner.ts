import type { CallContext } from '@voucherline/connector-kit';
import type { ConnectionContent } from '@voucherline/contracts';
import type { LiveConfiguration } from '@voucherline/pipeline';
import type { Cancel, Clock, Logger, Randomness, Runner, Timers } from '@voucherline/platform';
import type { Lease, OutboxEntry, WorkStore } from '@voucherline/store';
import { Committer } from '../commit/committer.js';
import { Exclusive } from '../commit/exclusive.js';
import { Desks } from '../connections/desks.js';
import { LeaseKeeper } from '../leases/lease-keeper.js';
import type { WorkMetrics } from '../metrics.js';
import type { Publisher } from '../publication/publisher.js';
import type { ConnectionStatus, WorkStatus } from '../status.js';
import type { Worker } from '../worker.js';
import { LaneRun } from './lane-run.js';
import { LaneTaker } from './lane-taker.js';

export interface LaneRunnerOptions<S, E> {
  readonly worker: Worker<S, E>;
  readonly store: WorkStore<E>;
  readonly publisher: Publisher;
  readonly configuration: LiveConfiguration;
  /** What the calls of a connection have in hand; made once a lease and each time the connection is published anew. */
  contextFor(content: ConnectionContent): CallContext;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly randomness: Randomness;
  readonly logger: Logger;
  readonly metrics: WorkMetrics;
  readonly processId: string;
  /** Milliseconds that only ever grow, however the time of day is set. */
  steadyMs(): number;
}

const TICK_MS = 1_000;
const STATUS_MS = 15_000;
/** How long a stop waits for calls under way, and then for the log, in ms: two workers fit into a process's 20 s. */
const CALLS_END_MS = 6_000;
const LOG_ENDS_MS = 2_000;

/** Works on the lanes of the leased connections: everything of a worker but its intake. */
export class LaneRunner<S, E> implements Runner {
  readonly name: string;
  readonly #options: LaneRunnerOptions<S, E>;
  readonly #turn = new Exclusive();
  readonly #desks: Desks;
  readonly #keeper: LeaseKeeper;
  readonly #committer: Committer<E>;
  readonly #taker: LaneTaker;
  #cancels: Cancel[] = [];

  constructor(options: LaneRunnerOptions<S, E>) {
    const { worker, store, clock, timers, randomness, logger, metrics, configuration } = options;
    this.name = `${worker.name}/lanes`;
    this.#options = options;
    this.#desks = new Desks(store, {
      ...{ clock, timers, randomness, logger, metrics },
      contextFor: (content) => options.contextFor(content),
      probe: (context) => worker.probe(context),
      mayAct: () => this.#keeper.mayAct(),
      onRoom: (desk) => this.#taker.startReady(desk),
      persistRest: (lease, ms) => this.#persistRest(lease, ms),
    });
    this.#keeper = new LeaseKeeper({
      ...{ store, timers, logger, metrics, turn: this.#turn },
      steadyMs: () => options.steadyMs(),
      publishLeft: (claimed) => this.#publishLeft(claimed.left),
      onLost: (connection) => this.#desks.lose(connection),
      shed: (count) => this.#shed(count),
      onGained: () => this.#taker.look(0),
    });
    this.#committer = new Committer<E>({
      ...{ store, timers, logger, metrics, turn: this.#turn },
      publish: (entry) => this.#options.publisher.publish(entry),
      takeSpent: () => this.#desks.takeSpent(),
      onLost: (leases, why) => {
        for (const lease of leases) this.#keeper.drop(lease, why);
      },
      onLeft: (lanes) => this.#taker.left(lanes),
      onDue: (inMs) => this.#taker.look(inMs),
    });
    this.#taker = new LaneTaker({
      ...{ store, configuration, clock, timers, logger, turn: this.#turn, desks: this.#desks },
      lease: (connection) => this.#keeper.get(connection),
      publishing: () => this.#keeper.publishing,
      isLogBehind: () => options.publisher.isBehind,
      run: (lane, desk) => {
        const ports = { worker, configuration, committer: this.#committer, clock, randomness, logger, metrics };
        return new LaneRun(lane, desk, ports).run();
      },
      persistRest: (lease, ms) => this.#persistRest(lease, ms),
      onClosed: (connection) => this.#keeper.release(connection),
    });
  }

  async start(): Promise<void> {
    const { configuration, timers } = this.#options;
    await this.#keeper.start();
    this.#cancels = [
      configuration.onChange(() => {
        this.#desks.refresh((connection) => configuration.connection(connection));
        this.#taker.configurationChanged();
      }),
      timers.every(TICK_MS, () => this.#tick()),
      timers.every(STATUS_MS, () => void this.#show()),
    ];
    this.#taker.look(0);
  }

  /**
   * Ends after the calls that are under way; what was said is in the log, and the leases are free for others. Where vendor or
   * log do not come to an end in time, the next holder looks after what is left: it is all in the database.
   */
  async stop(): Promise<void> {
    for (const cancel of this.#cancels) cancel();
    await this.#within(CALLS_END_MS, this.#taker.stop());
    await this.#within(LOG_ENDS_MS, this.#options.publisher.drained());
    await this.#committer.note();
    await this.#keeper.stop();
  }

  async #within(ms: number, work: Promise<void>): Promise<void> {
    const ended = new AbortController();
    const tooLong = this.#options.timers.sleep(ms, ended.signal).catch(() => {});
    await Promise.race([work, tooLong]).finally(() => ended.abort());
  }

  /** Mail was delivered by this process. */
  wake(): void {
    this.#taker.look(0);
  }

  /** How each connection stands that has work or a desk here. */
  async status(): Promise<WorkStatus> {
    const backlog = new Map((await this.#options.store.backlog()).map((row) => [row.connection, row]));
    const withDesk = [...this.#desks.all()].map((desk): ConnectionStatus => {
      const due = backlog.get(desk.connection);
      backlog.delete(desk.connection);
      const lanes = due?.lanes ?? 0;
      return {
        ...desk.status(),
        backlog: lanes,
        oldestAgeSeconds: Math.round((due?.oldestMs ?? 0) / 1000),
        drainSeconds: desk.pace.drainSeconds(lanes, this.#options.clock.now()),
      };
    });
    const others = [...backlog.values()].map((row): ConnectionStatus => {
      const product = this.#options.configuration.connection(row.connection)?.content.product;
      return {
        connection: row.connection,
        ...(product !== undefined && { product }),
        leased: this.#keeper.get(row.connection) !== undefined,
        backlog: row.lanes,
        oldestAgeSeconds: Math.round(row.oldestMs / 1000),
        ...{
          drainSeconds: null,
          breaker: 'closed',
          restingUntil: null,
          inFlight: 0,
          callsThisMonth: 0,
          budget: null,
          sweepIntervalSeconds: 0,
        },
      };
    });
    const { worker, processId } = this.#options;
    return {
      worker: worker.name,
      process: processId,
      leases: this.#keeper.count,
      connections: [...withDesk, ...others],
    };
  }

  async #publishLeft(left: readonly OutboxEntry[]): Promise<void> {
    await Promise.all(left.map((entry) => this.#options.publisher.publish(entry)));
    this.#committer.forget(left.map(({ id }) => id));
  }

  /** Where a rest can't be written down, the lease is claimed afresh: then all its lanes are looked at again. */
  #persistRest(lease: Lease, ms: number): void {
    this.#turn
      .run(() => this.#options.store.rest(lease, ms))
      .then(
        () => this.#taker.look(ms),
        (error: unknown) => {
          this.#options.logger.warn('a rest could not be written down', { connection: lease.connection, error });
          this.#keeper.drop(lease, 'unknown');
        },
      );
  }

  /** Connections without work go first; the others end their work before. */
  #shed(count: number): readonly Lease[] {
    const closing = [...this.#desks.all()].filter((desk) => desk.isClosing).length;
    const now = this.#keeper.leases
      .filter(({ connection }) => this.#desks.get(connection) === undefined)
      .slice(0, count);
    const busy = [...this.#desks.all()].filter((desk) => !desk.isClosing);
    for (const desk of busy.slice(0, Math.max(0, count - closing - now.length))) {
      desk.close();
      if (desk.active === 0) now.push(desk.lease);
    }
    return now;
  }

  #tick(): void {
    this.#desks.tick();
    this.#committer.note().catch((error: unknown) => {
      this.#options.logger.warn('calls and acknowledgements could not be written down', { error });
    });
  }

  async #show(): Promise<void> {
    try {
      const { connections, leases } = await this.status();
      const inMemory = [...this.#desks.all()].reduce((sum, desk) => sum + desk.inMemory.size, 0);
      this.#options.metrics.show(leases, inMemory, connections);
    } catch (error) {
      this.#options.logger.warn('the backlog could not be counted', { error });
    }
  }
}
