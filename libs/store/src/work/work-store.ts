import type { AnyMessage, EncodedRecord, Topic } from '@voucherline/contracts';

/** The right to work for a connection: held by one process of a service at a time, told apart by the epoch. */
export interface Lease {
  readonly connection: string;
  readonly epoch: number;
}

/** A message that waits for its sequence number, which the commit gives it. */
export type Unsequenced = AnyMessage & { readonly sequence?: never };

/** An encoded message and where it goes. */
export interface Outgoing {
  readonly topic: Topic;
  readonly record: EncodedRecord;
}

/** What one commit said for one connection: kept until the log has acknowledged it. */
export interface OutboxEntry {
  readonly connection: string;
  readonly id: string;
  readonly records: readonly Outgoing[];
}

export interface Claimed extends Lease {
  /** Whether another process held it before. */
  readonly takenOver: boolean;
  /** What the predecessor committed and may not have published, oldest first. */
  readonly left: readonly OutboxEntry[];
}

/** How many leases and processes there are, for fair shares. */
export interface Census {
  readonly leases: number;
  readonly processes: number;
}

/** A message in a lane's mailbox, as JSON text. `n` counts a lane's messages from 1. */
export interface Mail {
  readonly n: number;
  readonly message: string;
}

/** A lane taken into memory: what it knows and the oldest messages of its mailbox. */
export interface TakenLane extends Lease {
  readonly key: string;
  /** JSON text; null as long as nothing was committed. */
  readonly state: string | null;
  /** How many messages have ever arrived. */
  readonly arrived: number;
  readonly mail: readonly Mail[];
  /** Id and traceparent of the newest message consumed, for causation. */
  readonly cause: string | null;
  /** Id of the case that the runner itself parked for this lane. */
  readonly parked: string | null;
  /** How long the lane has been due, in ms. */
  readonly dueForMs: number;
}

/** One commit of one lane. */
export interface LaneChange<E> extends Lease {
  readonly key: string;
  readonly state: string | null;
  /** Messages up to this number were seen; when a later one has arrived, the lane is due again at once. */
  readonly seen: number;
  /** Number of the last message consumed; 0 when none was. */
  readonly consumedUpTo: number;
  /**
   * When the lane is due again, in ms from now; null: only by mail. `held`: it stays in the runner's memory, and stays due
   * in the table so that a successor finds it.
   */
  readonly due: number | null | 'held';
  /** Deletes the lane, unless mail came that was not seen. */
  readonly drop: boolean;
  readonly cause: string | null;
  readonly parked: string | null;
  readonly messages: readonly Unsequenced[];
  readonly mail: readonly { readonly key: string; readonly message: string }[];
  readonly effects: readonly E[];
}

/** What one lane's commit does to the worker's own tables. */
export interface EffectsOfLane<E> {
  readonly epoch: number;
  readonly effects: readonly E[];
}

/** Calls made, by the day of the connection's time zone (`YYYY-MM-DD`). */
export interface CallsSpent {
  readonly connection: string;
  readonly day: string;
  readonly finish: number;
  readonly sweep: number;
}

export interface Committed {
  /** What is to be published, in order. */
  readonly said: readonly OutboxEntry[];
  /** When the first of the lanes falls due again, in ms from now; null when none does by itself. */
  readonly nextDueMs: number | null;
}

export interface ConnectionBacklog {
  readonly connection: string;
  /** Lanes that are due. */
  readonly lanes: number;
  readonly oldestMs: number;
}

/** Leases, lanes and mailboxes of one worker, for one process. Expiry is decided by the database's clock alone. */
export interface WorkStore<E> {
  /** Says that this process lives. */
  renew(): Promise<void>;
  /** Gives up all leases that name this process, known to it or not. */
  giveUpAll(): Promise<void>;
  /** Gives up all leases, and the process's row too unless another worker of this process still holds leases. */
  leave(): Promise<void>;
  /** Counts processes that renewed within `ttlMs`. */
  census(ttlMs: number): Promise<Census>;
  /** Takes up to `atMost` leases that are free or whose process has not renewed for `ttlMs`, raising their epochs. */
  claim(atMost: number, ttlMs: number): Promise<readonly Claimed[]>;
  giveUp(leases: readonly Lease[]): Promise<void>;
  /** Keeps a connection's lanes from being taken for `ms`; 0 ends the rest. Ignored where the lease is lost. */
  rest(lease: Lease, ms: number): Promise<void>;
  /**
   * Takes due lanes of connections that this process leases, but for those in `busy` and the lanes in `inMemory`.
   * `nextDueMs`: when the next lane falls due, in ms from now (0: there may be more); null when none is known.
   * Not to be called beside `commit` or `rest` of the same process: a lane must not leave the memory meanwhile.
   */
  take(want: {
    readonly lanes: number;
    readonly perConnection: number;
    readonly mailPerLane: number;
    readonly busy: readonly string[];
    readonly inMemory: readonly { readonly connection: string; readonly key: string }[];
  }): Promise<{ readonly lanes: readonly TakenLane[]; readonly nextDueMs: number | null }>;
  /**
   * All or nothing; at most one change a lane.
   * @throws {StaleLease} naming the connections whose lease is lost. {ChangeRefused} when the database or the effects
   * refused a change, and nothing was committed. After anything else it is unknown whether the commit took place.
   */
  commit(changes: readonly LaneChange<E>[]): Promise<Committed>;
  /** Adds to the calls made (one entry a connection and day), and forgets outbox entries that the log has acknowledged. */
  note(calls: readonly CallsSpent[], acknowledged: readonly string[]): Promise<void>;
  /** Calls of these connections on each day from `since` (`YYYY-MM-DD`) on. */
  spent(connections: readonly string[], since: string): Promise<readonly CallsSpent[]>;
  /** Due lanes of the leased connections and of those that nobody leases. */
  backlog(): Promise<readonly ConnectionBacklog[]>;
}

/** A commit was refused because another process has taken over these connections. */
export class StaleLease extends Error {
  override readonly name = 'StaleLease';
  constructor(readonly connections: readonly string[]) {
    super(`the lease of ${connections.join(', ')} was taken over; nothing was committed`);
  }
}

/** A change can't be committed, whoever tries: its effects or values were refused (`cause` says why). */
export class ChangeRefused extends Error {
  override readonly name = 'ChangeRefused';
}
