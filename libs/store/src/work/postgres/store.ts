import type { ClientBase, Pool } from 'pg';
import type { CallsSpent, Committed, ConnectionBacklog, EffectsOfLane, LaneChange, WorkStore } from '../work-store.js';
import { commitLanes } from './commit.js';
import type { Holder } from './holder.js';
import { census, claim, giveUp, giveUpAll, leave, renew, rest } from './leases.js';
import { stateOrRefuse, transactOrRefuse } from './refusal.js';
import { take } from './take.js';

/** Writes effects of lanes into the worker's own tables, within the commit's transaction; each lane's with its lease's epoch. */
export type ApplyEffects<E> = (client: ClientBase, changes: readonly EffectsOfLane<E>[]) => Promise<void>;

/** The work store on PostgreSQL, in the schema of the pool's search path (see `WORK_TABLES`). */
export function createWorkStore<E>(pool: Pool, holder: Holder, applyEffects?: ApplyEffects<E>): WorkStore<E> {
  return {
    renew: () => renew(pool, holder),
    giveUpAll: () => giveUpAll(pool, holder),
    leave: () => leave(pool, holder),
    census: (ttlMs) => census(pool, holder, ttlMs),
    claim: (atMost, ttlMs) => claim(pool, holder, atMost, ttlMs),
    giveUp: (leases) => giveUp(pool, holder, leases),
    rest: (lease, ms) => rest(pool, holder, lease, ms),
    take: (want) => take(pool, holder, want),
    commit: (changes) => commit(pool, holder, changes, applyEffects),
    note: (calls, acknowledged) => note(pool, holder, calls, acknowledged),
    spent: (connections, since) => spent(pool, holder, connections, since),
    backlog: () => backlog(pool, holder),
  };
}

async function commit<E>(
  pool: Pool,
  holder: Holder,
  changes: readonly LaneChange<E>[],
  applyEffects?: ApplyEffects<E>,
): Promise<Committed> {
  const acting = changes.filter((change) => change.effects.length > 0);
  const committed =
    acting.length === 0 || applyEffects === undefined
      ? await stateOrRefuse(pool, (client) => commitLanes(client, holder, changes))
      : await transactOrRefuse(pool, async (client) => {
          await applyEffects(client, acting);
          return commitLanes(client, holder, changes);
        });
  await sweepDropped(
    pool,
    holder,
    changes.filter((change) => change.drop),
  );
  return committed;
}

/** Rows of dropped lanes tell nothing; one that is not swept because the process dies here does no harm. */
async function sweepDropped(pool: Pool, holder: Holder, dropped: readonly LaneChange<unknown>[]): Promise<void> {
  if (dropped.length === 0) return;
  await pool
    .query({
      name: 'work-sweep-dropped',
      text: `DELETE FROM lanes l USING unnest($2::text[], $3::text[]) AS v(connection, key)
             WHERE l.worker = $1 AND l.connection = v.connection AND l.key = v.key
               AND l.state IS NULL AND l.due_at IS NULL AND l.arrived = l.seen
               AND NOT EXISTS (SELECT FROM items i
                               WHERE i.worker = l.worker AND i.connection = l.connection AND i.key = l.key)`,
      values: [holder.worker, dropped.map((change) => change.connection), dropped.map((change) => change.key)],
    })
    .catch(() => {});
}

async function note(
  pool: Pool,
  holder: Holder,
  calls: readonly CallsSpent[],
  acknowledged: readonly string[],
): Promise<void> {
  if (calls.length === 0 && acknowledged.length === 0) return;
  await pool.query({
    name: 'work-note',
    text: `WITH forgotten AS (DELETE FROM said WHERE id = ANY ($2::bigint[]))
           INSERT INTO calls_spent AS c (worker, connection, day, finish, sweep)
           SELECT $1, v.* FROM unnest($3::text[], $4::date[], $5::bigint[], $6::bigint[]) AS v(connection, day, finish, sweep)
           ORDER BY v.connection, v.day
           ON CONFLICT (worker, connection, day) DO UPDATE
           SET finish = c.finish + EXCLUDED.finish, sweep = c.sweep + EXCLUDED.sweep`,
    values: [
      holder.worker,
      acknowledged,
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
