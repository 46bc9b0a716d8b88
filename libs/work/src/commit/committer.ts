import { type Cancel, crashPoint, type Logger, type Timers } from '@voucherline/platform';
import {
  type CallsSpent,
  ChangeRefused,
  type LaneChange,
  type Lease,
  type OutboxEntry,
  StaleLease,
  type WorkStore,
} from '@voucherline/store';
import type { WorkMetrics } from '../metrics.js';
import type { Exclusive } from './exclusive.js';

/** What a commit of a lane brings. */
export interface Receipt {
  /** Resolves when the log has acknowledged what the lane said; absent when it said nothing. */
  readonly acknowledged?: Promise<void>;
}

/** The lease is gone, or it is unknown whether the commit took place: the lane's run ends here and is done anew by whoever holds the lease. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export interface CommitterPorts<E> {
  readonly store: WorkStore<E>;
  /** Keeps commits, takes and rests of this process apart (see `WorkStore.take`). */
  readonly turn: Exclusive;
  readonly logger: Logger;
  readonly metrics: WorkMetrics;
  publish(entry: OutboxEntry): Promise<void>;
  /** Calls made since the last commit. */
  takeSpent(): readonly CallsSpent[];
  /** These leases are lost (`stale`), or their state in the database is not known. The connection may be leased anew by now. */
  onLost(leases: readonly Lease[], why: 'stale' | 'unknown'): void;
  /** These lanes are out of the runner's memory with this commit; told before the next turn begins. */
  onLeft(lanes: readonly { readonly connection: string; readonly epoch: number; readonly key: string }[]): void;
  readonly timers: Timers;
  /** A lane falls due in so many ms. */
  onDue(inMs: number): void;
}

interface Submitted<E> {
  readonly change: LaneChange<E>;
  resolve(receipt: Receipt): void;
  reject(error: Error): void;
}

/** Lanes of one commit: bounds the transaction's size, and what is tried again when it is refused. */
const MOST_CHANGES = 256;
/** How long a commit gathers steps of lanes that can wait. */
const GATHER_MS = 20;

/**
 * Group commit: what lanes submit while a commit is on its way goes into the next one, all in one transaction. A change
 * that is refused is found by halving, so that the others go through.
 */
export class Committer<E> {
  readonly #ports: CommitterPorts<E>;
  #queue: Submitted<E>[] = [];
  #acknowledged: string[] = [];
  #unsavedCalls: readonly CallsSpent[] = [];
  #isScheduled = false;
  #cancelGathering: Cancel | undefined;

  constructor(ports: CommitterPorts<E>) {
    this.#ports = ports;
  }

  /**
   * @param canWait nothing stands still meanwhile: the commit may gather more first, for it costs nearly the same for many
   * @throws {LeaseLost} {ChangeRefused}
   */
  submit(change: LaneChange<E>, canWait: boolean): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ change, resolve, reject });
      if (!canWait) this.#schedule();
      else this.#cancelGathering ??= this.#ports.timers.after(GATHER_MS, () => this.#schedule());
    });
  }

  /** Outbox entries that need not be kept any more. */
  forget(ids: readonly string[]): void {
    this.#acknowledged.push(...ids);
  }

  /** Writes down calls made and what the log has acknowledged; once a second is enough for both. */
  async note(): Promise<void> {
    const acknowledged = this.#acknowledged;
    const calls = addUp([...this.#unsavedCalls, ...this.#ports.takeSpent()]);
    this.#acknowledged = [];
    this.#unsavedCalls = [];
    try {
      await this.#ports.store.note(calls, acknowledged);
    } catch (error) {
      this.#acknowledged = [...acknowledged, ...this.#acknowledged];
      this.#unsavedCalls = [...calls, ...this.#unsavedCalls];
      throw error;
    }
  }

  #schedule(): void {
    this.#cancelGathering?.();
    this.#cancelGathering = undefined;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    void this.#ports.turn.run(async () => {
      this.#isScheduled = false;
      const group = this.#queue.splice(0, MOST_CHANGES);
      if (this.#queue.length > 0) this.#schedule();
      await this.#commit(group);
    });
  }

  async #commit(group: readonly Submitted<E>[]): Promise<void> {
    try {
      const changes = group.map(({ change }) => change);
      crashPoint('before-work.commit');
      const { said, nextDueMs } = await this.#ports.store.commit(changes);
      crashPoint('after-work.commit');
      this.#ports.metrics.committed(group.length);
      this.#ports.onLeft(changes.filter((change) => change.due !== 'held'));
      this.#succeed(group, said);
      if (nextDueMs !== null) this.#ports.onDue(nextDueMs);
    } catch (error) {
      await this.#fail(group, error);
    }
  }

  #succeed(group: readonly Submitted<E>[], said: readonly OutboxEntry[]): void {
    const published = new Map<string, Promise<void>>();
    for (const entry of said) {
      const acknowledged = this.#ports.publish(entry).then(() => this.forget([entry.id]));
      published.set(entry.connection, acknowledged);
    }
    for (const { change, resolve } of group) {
      const acknowledged = change.messages.length > 0 ? published.get(change.connection) : undefined;
      resolve(acknowledged === undefined ? {} : { acknowledged });
    }
  }

  async #fail(group: readonly Submitted<E>[], error: unknown): Promise<void> {
    if (error instanceof StaleLease) {
      const stale = staleOf(group, error);
      this.#ports.metrics.staleSettle(stale.length);
      this.#lose(stale, 'stale');
      const others = group.filter((one) => !stale.includes(one));
      if (others.length > 0) await this.#commit(others);
    } else if (error instanceof ChangeRefused && group.length > 1) {
      const middle = Math.ceil(group.length / 2);
      await this.#commit(group.slice(0, middle));
      await this.#commit(group.slice(middle));
    } else if (error instanceof ChangeRefused) {
      for (const { reject } of group) reject(error);
    } else {
      this.#ports.logger.error('a commit failed, and it is not known whether it took place', { error });
      this.#lose(group, 'unknown');
    }
  }

  #lose(group: readonly Submitted<E>[], why: 'stale' | 'unknown'): void {
    const leases = new Map(group.map(({ change }) => [`${change.connection} ${change.epoch}`, change]));
    if (leases.size > 0) this.#ports.onLost([...leases.values()], why);
    for (const { change, reject } of group) reject(new LeaseLost(`the lease of ${change.connection} is lost`));
  }
}

/**
 * Who of a group has lost its lease. A process that claimed the connection anew may commit under both its leases at once: then
 * only the older one is sure to be lost, and the rest is tried again.
 */
function staleOf<E>(group: readonly Submitted<E>[], { connections }: StaleLease): readonly Submitted<E>[] {
  const named = group.filter(({ change }) => connections.includes(change.connection));
  const newest = new Map<string, number>();
  for (const { change } of named) {
    newest.set(change.connection, Math.max(change.epoch, newest.get(change.connection) ?? 0));
  }
  const older = named.filter(({ change }) => change.epoch < (newest.get(change.connection) ?? 0));
  return older.length > 0 ? older : named;
}

/** One row for each connection and day. */
function addUp(calls: readonly CallsSpent[]): readonly CallsSpent[] {
  const sums = new Map<string, CallsSpent>();
  for (const call of calls) {
    const id = JSON.stringify([call.connection, call.day]);
    const sum = sums.get(id) ?? { ...call, finish: 0, sweep: 0 };
    sums.set(id, { ...sum, finish: sum.finish + call.finish, sweep: sum.sweep + call.sweep });
  }
  return [...sums.values()];
}
