import type { ClientBase, Pool } from 'pg';
import { unpackRecords } from '../said.js';
import { type Census, type Claimed, type Lease, type OutboxEntry, StaleLease } from '../work-store.js';

/** Who works here: the columns that every statement about leases names. */
export interface Holder {
  readonly worker: string;
  readonly process: string;
  readonly service: string;
}

/** Rows of processes that ended without a word are of no use once nobody can wake up under their name any more. */
const FORGET_AFTER = `interval '1 hour'`;

export async function renew(pool: Pool, holder: Holder): Promise<void> {
  await pool.query(
    `INSERT INTO processes (id, service, seen_at) VALUES ($1, $2, now()) ON CONFLICT (id) DO UPDATE SET seen_at = now()`,
    [holder.process, holder.service],
  );
}

/** The process's row stays: another worker of the same process may still hold leases. It expires by itself. */
export async function leave(pool: Pool, holder: Holder): Promise<void> {
  await pool.query(`UPDATE leases SET process = '' WHERE worker = $1 AND process = $2`, [
    holder.worker,
    holder.process,
  ]);
}

export async function census(pool: Pool, holder: Holder, ttlMs: number): Promise<Census> {
  const { rows } = await pool.query<{ leases: number; processes: number }>(
    `SELECT (SELECT count(*) FROM leases WHERE worker = $1)::int AS leases,
            (SELECT count(*) FROM processes
             WHERE service = $2 AND seen_at > now() - $3 * interval '1 millisecond')::int AS processes`,
    [holder.worker, holder.service, ttlMs],
  );
  return { leases: rows[0]?.leases ?? 0, processes: rows[0]?.processes ?? 0 };
}

/** A process claims only while its own row is fresh, so that a lease never names a process that looks dead. */
const CLAIM = `
WITH alive AS (
  SELECT id FROM processes WHERE id = $2 AND seen_at > now() - $5 * interval '1 millisecond'
), free AS (
  SELECT l.connection, l.process FROM leases l
  WHERE l.worker = $1 AND EXISTS (SELECT FROM alive) AND l.process = ANY (ARRAY(
    SELECT '' UNION ALL SELECT id FROM processes
    WHERE service = $3 AND seen_at < now() - $5 * interval '1 millisecond'))
  LIMIT $4 FOR UPDATE SKIP LOCKED
)
UPDATE leases l SET process = $2, epoch = l.epoch + 1, next_due = now(), rest_until = NULL, wakes = l.wakes + 1
FROM free WHERE l.worker = $1 AND l.connection = free.connection
RETURNING l.connection, l.epoch, free.process AS before`;

export async function claim(pool: Pool, holder: Holder, atMost: number, ttlMs: number): Promise<readonly Claimed[]> {
  const { rows } = await pool.query<{ connection: string; epoch: string; before: string }>(CLAIM, [
    holder.worker,
    holder.process,
    holder.service,
    atMost,
    ttlMs,
  ]);
  if (rows.length === 0) return [];
  const left = await leftBehind(
    pool,
    holder.worker,
    rows.map((row) => row.connection),
  );
  await pool.query(
    `DELETE FROM processes p WHERE seen_at < now() - ${FORGET_AFTER} AND NOT EXISTS (SELECT FROM leases WHERE process = p.id)`,
  );
  return rows.map(({ connection, epoch, before }) => ({
    connection,
    epoch: Number(epoch),
    takenOver: before !== '',
    left: left.filter((entry) => entry.connection === connection),
  }));
}

async function leftBehind(pool: Pool, worker: string, connections: readonly string[]): Promise<readonly OutboxEntry[]> {
  const { rows } = await pool.query<{ id: string; connection: string; records: string }>(
    `SELECT id, connection, records FROM said WHERE worker = $1 AND connection = ANY ($2) ORDER BY id`,
    [worker, connections],
  );
  return rows.map(({ id, connection, records }) => ({ id, connection, records: unpackRecords(records) }));
}

export async function giveUp(pool: Pool, holder: Holder, leases: readonly Lease[]): Promise<void> {
  await pool.query(
    `WITH mine AS (
       SELECT l.connection FROM leases l
       JOIN unnest($3::text[], $4::bigint[]) AS v(connection, epoch) ON v.connection = l.connection AND v.epoch = l.epoch
       WHERE l.worker = $1 AND l.process = $2 ORDER BY l.connection FOR UPDATE OF l)
     UPDATE leases l SET process = '' FROM mine WHERE l.worker = $1 AND l.connection = mine.connection`,
    [holder.worker, holder.process, leases.map((lease) => lease.connection), leases.map((lease) => lease.epoch)],
  );
}

export async function rest(pool: Pool, holder: Holder, lease: Lease, ms: number): Promise<void> {
  await pool.query(
    `UPDATE leases SET rest_until = now() + $5 * interval '1 millisecond', next_due = now() + $5 * interval '1 millisecond',
            wakes = wakes + 1
     WHERE worker = $1 AND process = $2 AND connection = $3 AND epoch = $4`,
    [holder.worker, holder.process, lease.connection, lease.epoch, ms],
  );
}

/** The last statement of a commit, so that an intake waits for the rows only briefly. Locks them in order. */
const HOLD = `
WITH held AS (
  SELECT l.connection, v.lower_ms FROM leases l
  JOIN unnest($3::text[], $4::bigint[], $5::float8[]) AS v(connection, epoch, lower_ms)
    ON v.connection = l.connection AND v.epoch = l.epoch
  WHERE l.worker = $1 AND l.process = $2 ORDER BY l.connection FOR NO KEY UPDATE OF l
), lowered AS (
  UPDATE leases l SET wakes = l.wakes + 1,
    next_due = LEAST(l.next_due, GREATEST(now() + held.lower_ms * interval '1 millisecond', l.rest_until))
  FROM held WHERE l.worker = $1 AND l.connection = held.connection AND held.lower_ms IS NOT NULL
)
SELECT connection FROM held`;

/**
 * Makes sure that this process still holds the leases, until the transaction ends, and lowers their `next_due`.
 * @throws {StaleLease}
 */
export async function holdLeases(
  client: ClientBase,
  holder: Holder,
  leases: readonly (Lease & { readonly lowerMs: number | null })[],
): Promise<void> {
  const { rows } = await client.query<{ connection: string }>({
    name: 'work-hold-leases',
    text: HOLD,
    values: [
      holder.worker,
      holder.process,
      leases.map((lease) => lease.connection),
      leases.map((lease) => lease.epoch),
      leases.map((lease) => lease.lowerMs),
    ],
  });
  if (rows.length === leases.length) return;
  const held = new Set(rows.map((row) => row.connection));
  throw new StaleLease(leases.map((lease) => lease.connection).filter((connection) => !held.has(connection)));
}

const WAKE = `
INSERT INTO leases AS l (worker, connection, next_due)
SELECT $1, v.connection, now() FROM unnest($2::text[]) AS v(connection) ORDER BY v.connection
ON CONFLICT (worker, connection) DO UPDATE SET
  next_due = LEAST(l.next_due, GREATEST(now(), l.rest_until)), wakes = l.wakes + 1`;

/** After mail: the connections have due lanes now. Makes the lease of a connection that is met for the first time. */
export async function wakeLeases(client: ClientBase, worker: string, connections: readonly string[]): Promise<void> {
  if (connections.length === 0) return;
  await client.query({ name: 'work-wake-leases', text: WAKE, values: [worker, [...new Set(connections)]] });
}
