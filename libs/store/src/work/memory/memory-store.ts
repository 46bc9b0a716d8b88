import { encodeUnnumbered, type Run, runsOf, withNumbers } from '../said.js';
import {
  type CallsSpent,
  ChangeRefused,
  type Claimed,
  type Committed,
  type EffectsOfLane,
  type LaneChange,
  type Lease,
  type OutboxEntry,
  StaleLease,
  type TakenLane,
  type WorkStore,
} from '../work-store.js';
import type { MemoryLane, WorkMemory } from './work-memory.js';

/** The work store in memory, for tests of the runner: same contract suite as PostgreSQL's. `applyEffects` throws to refuse. */
export function createMemoryWorkStore<E>(
  memory: WorkMemory,
  holder: { readonly process: string; readonly service: string },
  applyEffects?: (changes: readonly EffectsOfLane<E>[]) => void,
): WorkStore<E> {
  const mine = (lease: Lease) => {
    const row = memory.leases.get(lease.connection);
    return row?.process === holder.process && row.epoch === lease.epoch ? row : undefined;
  };
  const isFresh = (process: string, ttlMs: number) => {
    const row = memory.processes.get(process);
    return row !== undefined && row.seenAt > memory.now() - ttlMs;
  };
  return {
    renew: async () => void memory.processes.set(holder.process, { service: holder.service, seenAt: memory.now() }),
    giveUpAll: async () => giveUpAll(memory, holder.process),
    leave: async () => {
      giveUpAll(memory, holder.process);
      memory.processes.delete(holder.process);
    },
    census: async (ttlMs) => ({
      leases: memory.leases.size,
      processes: [...memory.processes.keys()].filter((process) => isFresh(process, ttlMs)).length,
    }),
    claim: async (atMost, ttlMs) => {
      if (!isFresh(holder.process, ttlMs)) return [];
      const free = [...memory.leases].filter(([, row]) => row.process === '' || !isFresh(row.process, ttlMs));
      return free.slice(0, atMost).map(([connection, row]): Claimed => {
        const takenOver = row.process !== '';
        Object.assign(row, { process: holder.process, epoch: row.epoch + 1, nextDue: memory.now(), restUntil: null });
        const left = memory.said.filter((entry) => entry.connection === connection);
        return { connection, epoch: row.epoch, takenOver, left };
      });
    },
    giveUp: async (leases) => {
      for (const lease of leases) Object.assign(mine(lease) ?? {}, { process: '' });
    },
    rest: async (lease, ms) => {
      Object.assign(mine(lease) ?? {}, { restUntil: memory.now() + ms, nextDue: memory.now() + ms });
    },
    take: async (want) => takeFrom(memory, holder.process, want),
    commit: async (changes) => {
      const stale = changes.filter((change) => mine(change) === undefined).map(({ connection }) => connection);
      if (stale.length > 0) throw new StaleLease([...new Set(stale)]);
      try {
        encodeUnnumbered(changes.flatMap((change) => change.messages));
        const effects = changes.filter((change) => change.effects.length > 0);
        if (effects.length > 0) applyEffects?.(effects);
      } catch (cause) {
        throw new ChangeRefused('the change was refused', { cause });
      }
      return commitTo(memory, changes);
    },
    note: async (calls, acknowledged) => {
      for (const call of calls) addSpent(memory, call);
      memory.said = memory.said.filter((entry) => !acknowledged.includes(entry.id));
    },
    spent: async (connections, since) => {
      const days = memory.spent.filter((row) => connections.includes(row.connection) && row.day >= since);
      return days.toSorted((a, b) => a.day.localeCompare(b.day));
    },
    backlog: async () =>
      [...memory.leases]
        .filter(([, row]) => row.process === holder.process || row.process === '')
        .map(([connection]) => {
          const due = [...memory.lanesOf(connection).values()].filter((lane) => isDue(lane, memory.now()));
          const oldest = Math.min(...due.map((lane) => lane.dueAt ?? Infinity));
          return { connection, lanes: due.length, oldestMs: memory.now() - oldest };
        })
        .filter((row) => row.lanes > 0),
  };
}

function giveUpAll(memory: WorkMemory, process: string): void {
  for (const row of memory.leases.values()) if (row.process === process) row.process = '';
}

function isDue(lane: MemoryLane, now: number): boolean {
  return lane.dueAt !== null && lane.dueAt <= now;
}

function takeFrom(
  memory: WorkMemory,
  process: string,
  want: Parameters<WorkStore<unknown>['take']>[0],
): { lanes: readonly TakenLane[]; nextDueMs: number | null } {
  const now = memory.now();
  const mine = [...memory.leases].filter(([, row]) => row.process === process && row.nextDue !== null);
  const due = mine
    .filter(([connection, row]) => (row.nextDue ?? 0) <= now && !want.busy.includes(connection))
    .sort(([, a], [, b]) => (a.nextDue ?? 0) - (b.nextDue ?? 0))
    .slice(0, want.lanes);
  const share = Math.max(1, Math.min(want.perConnection, Math.floor(want.lanes / Math.max(1, due.length))));
  const taken = due.flatMap(([connection, row]) => {
    const inMemory = new Set(want.inMemory.filter((lane) => lane.connection === connection).map((lane) => lane.key));
    const all = [...memory.lanesOf(connection)];
    const found = all
      .filter(([key, lane]) => isDue(lane, now) && !inMemory.has(key))
      .sort(([, a], [, b]) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
    if (found.length <= share) {
      const later = all.flatMap(([, lane]) => (lane.dueAt !== null && lane.dueAt > now ? [lane.dueAt] : []));
      row.nextDue = later.length > 0 ? Math.min(...later) : null;
    }
    return found
      .slice(0, share)
      .map(([key, lane]) => takenLane({ connection, epoch: row.epoch }, key, lane, now, want.mailPerLane));
  });
  const others = mine.filter(([connection]) => !want.busy.includes(connection));
  const next = Math.min(...others.map(([, row]) => row.nextDue ?? Infinity));
  return { lanes: taken, nextDueMs: taken.length > 0 ? 0 : next === Infinity ? null : Math.max(0, next - now) };
}

function takenLane(lease: Lease, key: string, lane: MemoryLane, now: number, mailPerLane: number): TakenLane {
  return {
    ...lease,
    key,
    state: lane.state,
    arrived: lane.arrived,
    mail: lane.mail.slice(0, mailPerLane),
    cause: lane.cause,
    parked: lane.parked,
    dueForMs: now - (lane.dueAt ?? now),
  };
}

function commitTo(memory: WorkMemory, changes: readonly LaneChange<unknown>[]): Committed {
  for (const change of changes) {
    for (const { key, message } of change.mail) memory.deliver(change.connection, key, message);
  }
  const due = changes.flatMap((change) => settle(memory, change) ?? []);
  if (changes.some((change) => change.mail.length > 0)) due.push(0);
  return { said: say(memory, changes), nextDueMs: due.length > 0 ? Math.min(...due) : null };
}

/** Gives when the lane is due again, in ms; null when it is not due by itself or held. */
function settle(memory: WorkMemory, change: LaneChange<unknown>): number | null {
  const lane = memory.lane(change.connection, change.key);
  const { state, cause, parked, consumedUpTo } = change;
  Object.assign(lane, { state, cause, parked });
  while ((lane.mail[0]?.n ?? Infinity) <= consumedUpTo) lane.mail.shift();
  const dueMs = change.due === 'held' ? 0 : lane.arrived > change.seen ? 0 : change.due;
  lane.dueAt = dueMs === null ? null : memory.now() + dueMs;
  const lease = memory.leases.get(change.connection);
  if (lease !== undefined && change.due !== 'held' && dueMs !== null) memory.wake(lease, dueMs);
  if (change.drop && lane.arrived === change.seen && lane.mail.length === 0) {
    memory.lanesOf(change.connection).delete(change.key);
  }
  return change.due === 'held' ? null : dueMs;
}

function addSpent(memory: WorkMemory, call: CallsSpent): void {
  const at = memory.spent.findIndex((row) => row.connection === call.connection && row.day === call.day);
  const row = memory.spent[at];
  if (row === undefined) memory.spent.push(call);
  else memory.spent[at] = { ...row, finish: row.finish + call.finish, sweep: row.sweep + call.sweep };
}

function say(memory: WorkMemory, changes: readonly LaneChange<unknown>[]): readonly OutboxEntry[] {
  const byConnection = Map.groupBy(changes, (change) => change.connection);
  const said = [...byConnection].flatMap(([connection, own]): OutboxEntry[] => {
    const records = encodeUnnumbered(own.flatMap((change) => change.messages));
    const last = runsOf(records).map((run) => ({ ...run, seq: takeNumbers(memory, run) }));
    return records.length === 0 ? [] : [{ connection, id: memory.nextId(), records: withNumbers(records, last) }];
  });
  memory.said.push(...said);
  return said;
}

function takeNumbers(memory: WorkMemory, run: Run): number {
  const id = JSON.stringify([run.source, run.topic, run.key]);
  const last = (memory.sequences.get(id) ?? 0) + run.count;
  memory.sequences.set(id, last);
  return last;
}
