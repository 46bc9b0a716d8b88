import type { CallContext, ReadOutcome, WriteOutcome } from '@voucherline/connector-kit';
import type { AnyMessage, Topic } from '@voucherline/contracts';
import type { AnyDraft, Configuration } from '@voucherline/pipeline';

/** Where a message's work is done: the lane `key` of a connection. Lanes are independent; inside a lane one thing happens at a time. */
export interface Route {
  readonly connection: string;
  readonly key: string;
}

/** A lane as the worker sees it: its state and the messages that arrived for it and are not consumed yet, oldest first. */
export interface Lane<S> {
  readonly connection: string;
  readonly key: string;
  readonly state: S;
  /** At most 100; more follow when these are consumed. */
  readonly mailbox: readonly AnyMessage[];
}

/** A message said by a lane. Its key may differ from the lane's. */
export type KeyedDraft = AnyDraft & { readonly key: string };

/**
 * What one commit of a lane changes: its new state, how many messages of the mailbox are done, what is said, and
 * effects on the worker's own tables (erp-writer: the ledger). All in one transaction that also checks the lease's epoch.
 */
export interface Change<S, E> {
  readonly state: S;
  readonly consumed?: number;
  readonly messages?: readonly KeyedDraft[];
  readonly effects?: readonly E[];
  /** Put into the mailboxes of other lanes of this connection, in the same transaction (a sweep tells what it found). */
  readonly mail?: readonly { readonly key: string; readonly message: AnyMessage }[];
}

export type Outcome = WriteOutcome | ReadOutcome<unknown>;

/** What a lane does next. */
export type Step<S, E> =
  /** Nothing until a message arrives or `until` (ms) has come. `drop` deletes the lane's row when nothing is left to know. */
  | { readonly kind: 'wait'; readonly until?: number; readonly change?: Change<S, E>; readonly drop?: boolean }
  /** A commit without a call, then the next step. */
  | { readonly kind: 'commit'; readonly change: Change<S, E> }
  /**
   * One call of the vendor. `before` is committed, and what the lane said earlier is acknowledged by the log, before
   * the socket is written; `settle` turns the outcome into a change, which is committed before the next write, or with the next
   * `before`, word or wait: reads until then are made again after a crash. `write` calls are counted apart in metrics.
   * `priority`: `finish` draws on the connection's budget before `sweep` does; an `isExempt` call on none, because the vendor
   * does not count it.
   */
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly access: 'read' | 'write';
      readonly priority: 'finish' | 'sweep';
      readonly isExempt?: boolean;
      readonly before?: Change<S, E>;
      run(context: CallContext): Promise<Outcome>;
      settle(outcome: Outcome, now: number): Change<S, E>;
    };

export interface PlanContext {
  /** ms since the epoch. */
  readonly now: number;
  readonly configuration: Configuration;
  /** What the connection's budget leaves for sweeps: how long to wait from one to the next, in ms. */
  readonly sweepIntervalMs: number;
  /** 0 ≤ n < 1, for jitter. */
  random(): number;
}

/**
 * A worker: vendor calls of leased connections. `route` and `plan` are pure. The runner owns leases, order, due times,
 * budget, limiter, circuit breaker, commits and publication.
 *
 * What reaches `settle`: the outcome of every call that was made, with these exceptions and additions.
 * - A read that was throttled, not made because the connection rests or its month is used up, or left unanswered at the
 *   moment the breaker opened, is not settled: the lane is taken and planned again later, and no attempt is spent.
 * - A write is always settled, because `before` has put the attempt on record: `throttled` as the vendor said it, `notSent`
 *   when the call could not be made after all.
 * - A call of the connector that throws is settled as `unavailable` (read) or `inDoubt` (write).
 *
 * A `plan` or `settle` that throws, and a change that the database refuses, set the lane aside as it was committed last:
 * `MessageParked` says so, and new mail, a release among it, has it planned again.
 */
export interface Worker<S, E = never> {
  /** `<service>/<worker>`; with the vendor account it is the `ce_source` of its messages. */
  readonly name: string;
  readonly inputs: readonly Topic[];
  /**
   * Lanes that a message concerns; none when it is not for this worker. A throw parks the message, and what follows it in
   * its sequence waits. Decisions about parked cases (`operations.actions`) are handed to the lane that they name by
   * connection and subject, unless `inputs` has their topic and this gives other lanes.
   */
  route(message: AnyMessage, configuration: Configuration): readonly Route[];
  initial(): S;
  /**
   * Whether a lane knows a message that a replay reads again: `conflict` when it knows other content in its place. Absent: every
   * message is taken in again, which then must do no harm.
   */
  knows?(state: S, message: AnyMessage): 'known' | 'missing' | 'conflict';
  /**
   * Lanes that have to hear what this worker itself once said, because the database is older than the log: the messages come
   * into their mailboxes before the commands are read again. Absent: only the numbers of its words are taken over.
   */
  heard?(message: AnyMessage, configuration: Configuration): readonly Route[];
  plan(lane: Lane<S>, context: PlanContext): Step<S, E>;
  /** Cheapest read of that connection; sent by the half-open breaker. */
  probe(context: CallContext): Promise<ReadOutcome<void>>;
}
