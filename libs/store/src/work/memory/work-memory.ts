import type { CallsSpent, OutboxEntry } from '../work-store.js';

export interface MemoryLease {
  process: string;
  epoch: number;
  nextDue: number | null;
  restUntil: number | null;
}

export interface MemoryLane {
  state: string | null;
  arrived: number;
  dueAt: number | null;
  cause: string | null;
  parked: string | null;
  readonly mail: { n: number; message: string }[];
}

/** What the tables of one worker hold, in memory: shared by the stores of several processes in a test. */
export class WorkMemory {
  readonly processes = new Map<string, { service: string; seenAt: number }>();
  readonly leases = new Map<string, MemoryLease>();
  /** By connection, then key. */
  readonly lanes = new Map<string, Map<string, MemoryLane>>();
  readonly sequences = new Map<string, number>();
  readonly spent: CallsSpent[] = [];
  said: OutboxEntry[] = [];
  #lastId = 0;

  /** @param now the database's clock, ms. */
  constructor(readonly now: () => number) {}

  nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  lanesOf(connection: string): Map<string, MemoryLane> {
    const lanes = this.lanes.get(connection) ?? new Map<string, MemoryLane>();
    this.lanes.set(connection, lanes);
    return lanes;
  }

  lane(connection: string, key: string): MemoryLane {
    const lanes = this.lanesOf(connection);
    const lane = lanes.get(key) ?? { state: null, arrived: 0, dueAt: null, cause: null, parked: null, mail: [] };
    lanes.set(key, lane);
    return lane;
  }

  /** Puts a message into a lane's mailbox and wakes its connection, as an intake does. */
  deliver(connection: string, key: string, message: string): void {
    const lane = this.lane(connection, key);
    lane.arrived += 1;
    lane.mail.push({ n: lane.arrived, message });
    lane.dueAt = Math.min(lane.dueAt ?? Infinity, this.now());
    const lease = this.leases.get(connection) ?? { process: '', epoch: 0, nextDue: null, restUntil: null };
    this.leases.set(connection, lease);
    this.wake(lease, 0);
  }

  wake(lease: MemoryLease, inMs: number): void {
    const at = Math.max(this.now() + inMs, lease.restUntil ?? 0);
    lease.nextDue = Math.min(lease.nextDue ?? Infinity, at);
  }
}
