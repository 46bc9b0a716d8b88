import type { Metrics } from '@voucherline/platform';
import type { ConnectionStatus } from './status.js';
import type { Outcome } from './worker.js';

/** Connections that get a time series of their own; of more than these, the ones with the oldest work are shown. */
const MOST_CONNECTIONS = 200;

/** The numbers a worker shows, all with the label `worker`. */
export class WorkMetrics {
  readonly #worker: string;
  readonly #metrics: ReturnType<typeof declare>;
  #shown: readonly string[] = [];

  constructor(metrics: Metrics, worker: string) {
    this.#worker = worker;
    this.#metrics = declare(metrics);
  }

  called(product: string, call: { name: string; priority: string }, outcome: Outcome, ms: number): void {
    const labels = { worker: this.#worker, product, operation: call.name, outcome: outcome.kind };
    this.#metrics.calls.inc({ ...labels, priority: call.priority });
    this.#metrics.callSeconds.observe(labels, ms / 1000);
  }

  breakerOpened(): void {
    this.#metrics.breakerOpened.inc({ worker: this.#worker });
  }

  committed(lanes: number): void {
    this.#metrics.commits.inc({ worker: this.#worker });
    this.#metrics.lanesCommitted.inc({ worker: this.#worker }, lanes);
  }

  staleSettle(lanes: number): void {
    this.#metrics.staleSettles.inc({ worker: this.#worker }, lanes);
  }

  parked(code: string): void {
    this.#metrics.parked.inc({ worker: this.#worker, code });
  }

  tookOver(leases: number): void {
    this.#metrics.takeOvers.inc({ worker: this.#worker }, leases);
  }

  intake(messages: number, mail: number): void {
    this.#metrics.intakeMessages.inc({ worker: this.#worker }, messages);
    this.#metrics.intakeMail.inc({ worker: this.#worker }, mail);
  }

  /** What is shown of each connection, anew: those that are gone leave no series behind. */
  show(leases: number, inMemory: number, connections: readonly ConnectionStatus[]): void {
    const worker = this.#worker;
    this.#metrics.leases.set({ worker }, leases);
    this.#metrics.inMemory.set({ worker }, inMemory);
    this.#metrics.backlogTotal.set(
      { worker },
      connections.reduce((sum, { backlog }) => sum + backlog, 0),
    );
    const { backlog, oldest, drain, breaker, budget } = this.#metrics;
    for (const connection of this.#shown) {
      for (const gauge of [backlog, oldest, drain, breaker, budget]) gauge.remove({ worker, connection });
    }
    const shown = connections.toSorted((a, b) => b.oldestAgeSeconds - a.oldestAgeSeconds).slice(0, MOST_CONNECTIONS);
    this.#shown = shown.map(({ connection }) => connection);
    for (const status of shown) {
      const labels = { worker, connection: status.connection };
      backlog.set(labels, status.backlog);
      oldest.set(labels, status.oldestAgeSeconds);
      if (status.drainSeconds !== null) drain.set(labels, status.drainSeconds);
      breaker.set(labels, { closed: 0, halfOpen: 1, open: 2 }[status.breaker]);
      if (status.budget !== null) budget.set(labels, status.budget);
    }
  }
}

function declare(metrics: Metrics) {
  const worker = ['worker'] as const;
  const connection = ['worker', 'connection'] as const;
  return {
    calls: metrics.counter({
      name: 'work_calls_total',
      help: 'Calls made to vendors',
      labels: ['worker', 'product', 'operation', 'outcome', 'priority'],
    }),
    callSeconds: metrics.histogram({
      name: 'work_call_duration_seconds',
      help: 'How long vendors took to answer',
      labels: ['worker', 'product', 'operation', 'outcome'],
      buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    }),
    commits: metrics.counter({
      name: 'work_commits_total',
      help: 'Commits; each holds steps of many lanes',
      labels: worker,
    }),
    lanesCommitted: metrics.counter({
      name: 'work_lane_steps_total',
      help: 'Steps of lanes committed',
      labels: worker,
    }),
    staleSettles: metrics.counter({
      name: 'work_stale_settles_total',
      help: 'Steps refused because the lease had been taken over',
      labels: worker,
    }),
    parked: metrics.counter({
      name: 'work_parked_total',
      help: 'Cases set aside for a person',
      labels: ['worker', 'code'],
    }),
    takeOvers: metrics.counter({
      name: 'work_take_overs_total',
      help: 'Leases taken from a process that had not renewed',
      labels: worker,
    }),
    breakerOpened: metrics.counter({ name: 'work_breaker_opened_total', help: 'Breakers that opened', labels: worker }),
    intakeMessages: metrics.counter({
      name: 'work_intake_messages_total',
      help: 'Messages read from the log',
      labels: worker,
    }),
    intakeMail: metrics.counter({ name: 'work_intake_mail_total', help: 'Messages put into lanes', labels: worker }),
    leases: metrics.gauge({ name: 'work_leases', help: 'Connections leased by this process', labels: worker }),
    inMemory: metrics.gauge({ name: 'work_lanes_in_memory', help: 'Lanes taken into memory', labels: worker }),
    backlogTotal: metrics.gauge({
      name: 'work_backlog_lanes',
      help: 'Lanes that are due, of all connections',
      labels: worker,
    }),
    backlog: metrics.gauge({ name: 'work_connection_backlog_lanes', help: 'Lanes that are due', labels: connection }),
    oldest: metrics.gauge({
      name: 'work_connection_oldest_age_seconds',
      help: 'Age of the oldest due lane',
      labels: connection,
    }),
    drain: metrics.gauge({
      name: 'work_connection_drain_seconds',
      help: 'How long the backlog will take at the pace of the last minute; absent while nothing gets done',
      labels: connection,
    }),
    breaker: metrics.gauge({
      name: 'work_connection_breaker',
      help: '0 closed, 1 half-open, 2 open',
      labels: connection,
    }),
    budget: metrics.gauge({ name: 'work_connection_budget_calls', help: 'Calls left this month', labels: connection }),
  };
}
