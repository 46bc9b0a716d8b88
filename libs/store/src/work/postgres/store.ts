import type { ClientBase, Pool } from 'pg';
import { checkSizes, numbered, packRecords, sequenceRuns } from '../said.js';
import {
  type CallsSpent,
  type Committed,
  type ConnectionBacklog,
  type EffectsOfLane,
  type Group,
  type LaneChange,
  type OutboxEntry,
  type Unsequenced,
  type WorkStore,
} from '../work-store.js';
import { writeLanes } from './lanes.js';
import { census, claim, giveUp, type Holder, holdLeases, leave, renew, rest } from './leases.js';
import { transactOrRefuse } from './refusal.js';
import { giveNumbers } from './sequences.js';
import { take } from './take.js';

/** Writes effects of lanes into the worker's own tables, within the commit's transaction; each lane's with its lease's epoch. */
export type ApplyEffects<E> = (client: ClientBase, changes: readonly EffectsOfLane<E>[]) => Promise<void>;

/** The work store on PostgreSQL, in the schema of the pool's search path (see `WORK_TABLES`). */
export function createWorkStore<E>(pool: Pool, holder: Holder, applyEffects?: ApplyEffects<E>): WorkStore<E> {
  return {
    renew: () => renew(pool, holder),
    leave: () => leave(pool, holder),
    census: (ttlMs) => census(pool, holder, ttlMs),
    claim: (atMost, ttlMs) => claim(pool, holder, atMost, ttlMs),
    giveUp: (leases) => giveUp(pool, holder, leases),
    rest: (lease, ms) => rest(pool, holder, lease, ms),
    take: (want) => take(pool, holder, want),
    commit: (group) => transactOrRefuse(pool, (client) => write(client, holder, group, applyEffects)),
    spent: (connections, since) => spent(pool, holder, connections, since),
    backlog: () => backlog(pool, holder),
  };
}

async function write<E>(
  client: ClientBase,
  holder: Holder,
  { changes, spent: calls, acknowledged }: Group<E>,
  applyEffects?: ApplyEffects<E>,
): Promise<Committed> {
  const messages = changes.flatMap((change) => change.messages);
  checkSizes(messages);
  const mail = changes.flatMap(({ connection, mail: sent }) => sent.map((one) => ({ ...one, connection })));
  const arrivedOf = changes.length > 0 ? await writeLanes(client, holder.worker, changes, mail) : () => 0;
  const acting = changes.filter((change) => change.effects.length > 0);
  if (acting.length > 0) await applyEffects?.(client, acting);
  await addSpent(client, holder.worker, calls);
  await forget(client, acknowledged);
  const said = await say(client, holder.worker, changes, messages);
  const leases = leasesOf(changes, arrivedOf);
  if (leases.length > 0) await holdLeases(client, holder, leases);
  const due = leases.flatMap(({ lowerMs }) => (lowerMs === null ? [] : [lowerMs]));
  return { said, nextDueMs: due.length > 0 ? Math.min(...due) : null };
}

/** Each connection of the changes, with how soon one of its lanes is due again after this commit. */
function leasesOf(
  changes: readonly LaneChange<unknown>[],
  arrivedOf: (lane: { connection: string; key: string }) => number,
): readonly { connection: string; epoch: number; lowerMs: number | null }[] {
  const leases = new Map<string, { connection: string; epoch: number; lowerMs: number | null }>();
  for (const change of changes) {
    const { connection, epoch } = change;
    const lease = leases.get(connection) ?? { connection, epoch, lowerMs: null };
    const dueMs =
      change.mail.length > 0 ? 0 : change.due === 'held' ? null : arrivedOf(change) > change.seen ? 0 : change.due;
    if (dueMs !== null) lease.lowerMs = Math.min(dueMs, lease.lowerMs ?? dueMs);
    leases.set(connection, lease);
  }
  return [...leases.values()];
}

async function say(
  client: ClientBase,
  worker: string,
  changes: readonly LaneChange<unknown>[],
  messages: readonly Unsequenced[],
): Promise<readonly OutboxEntry[]> {
  if (messages.length === 0) return [];
  const runs = sequenceRuns(messages);
  const encodeNext = numbered(runs, await giveNumbers(client, worker, runs));
  const byConnection = new Map<string, ReturnType<typeof encodeNext>[]>();
  for (const change of changes) {
    if (change.messages.length === 0) continue;
    const records = byConnection.get(change.connection) ?? [];
    records.push(...change.messages.map(encodeNext));
    byConnection.set(change.connection, records);
  }
  const said = [...byConnection].map(([connection, records]) => ({ connection, records }));
  const { rows } = await client.query<{ id: string }>({
    name: 'work-say',
    text: `INSERT INTO said (worker, connection, records)
           SELECT $1, v.connection, v.records FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS v(connection, records, n)
           ORDER BY v.n RETURNING id`,
    values: [worker, said.map((entry) => entry.connection), said.map((entry) => packRecords(entry.records))],
  });
  return said.map((entry, i) => ({ ...entry, id: rows[i]?.id ?? '' }));
}

async function forget(client: ClientBase, acknowledged: readonly string[]): Promise<void> {
  if (acknowledged.length === 0) return;
  await client.query({
    name: 'work-forget',
    text: 'DELETE FROM said WHERE id = ANY ($1::bigint[])',
    values: [acknowledged],
  });
}

async function addSpent(client: ClientBase, worker: string, calls: readonly CallsSpent[]): Promise<void> {
  if (calls.length === 0) return;
  await client.query({
    name: 'work-add-spent',
    text: `INSERT INTO calls_spent AS c (worker, connection, day, finish, sweep)
           SELECT $1, v.* FROM unnest($2::text[], $3::date[], $4::bigint[], $5::bigint[]) AS v(connection, day, finish, sweep)
           ORDER BY v.connection, v.day
           ON CONFLICT (worker, connection, day) DO UPDATE
           SET finish = c.finish + EXCLUDED.finish, sweep = c.sweep + EXCLUDED.sweep`,
    values: [
      worker,
      calls.map((call) => call.connection),
      calls.map((call) => call.day),
      calls.map((call) => call.finish),
      calls.map((call) => call.sweep),
    ],
  });
}

async function spent(
  pool: Pool,
  holder: Holder,
  connections: readonly string[],
  since: string,
): Promise<readonly CallsSpent[]> {
  const { rows } = await pool.query<{ connection: string; day: string; finish: string; sweep: string }>(
    `SELECT connection, day::text, finish, sweep FROM calls_spent
     WHERE worker = $1 AND connection = ANY ($2) AND day >= $3 ORDER BY connection, day`,
    [holder.worker, connections, since],
  );
  return rows.map((row) => ({ ...row, finish: Number(row.finish), sweep: Number(row.sweep) }));
}

async function backlog(pool: Pool, holder: Holder): Promise<readonly ConnectionBacklog[]> {
  const { rows } = await pool.query<{ connection: string; lanes: string; oldest_ms: string }>(
    `SELECT l.connection, due.lanes, extract(epoch FROM now() - due.oldest) * 1000 AS oldest_ms
     FROM leases l CROSS JOIN LATERAL (
       SELECT count(*) AS lanes, min(due_at) AS oldest FROM lanes
       WHERE worker = l.worker AND connection = l.connection AND due_at <= now()) due
     WHERE l.worker = $1 AND l.process = ANY ($2) AND due.lanes > 0`,
    [holder.worker, [holder.process, '']],
  );
  return rows.map((row) => ({ connection: row.connection, lanes: Number(row.lanes), oldestMs: Number(row.oldest_ms) }));
}
