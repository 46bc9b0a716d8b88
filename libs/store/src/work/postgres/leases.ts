import type { Pool } from 'pg';
import { unpackRecords, withNumbers } from '../said.js';
import type { Census, Claimed, Lease, OutboxEntry } from '../work-store.js';
import { parseNumbers } from './commit.js';
import type { Holder } from './holder.js';

/** Rows of processes that ended without a word are of no use once nobody can wake up under their name any more. */
const FORGET_AFTER = `interval '1 hour'`;

export async function renew(pool: Pool, holder: Holder): Promise<void> {
  await pool.query(
    `INSERT INTO processes (id, service, seen_at) VALUES ($1, $2, now()) ON CONFLICT (id) DO UPDATE SET seen_at = now()`,
    [holder.process, holder.service],
  );
}

export async function giveUpAll(pool: Pool, holder: Holder): Promise<void> {
  await pool.query(`UPDATE leases SET process = '' WHERE worker = $1 AND process = $2`, [
    holder.worker,
    holder.process,
  ]);
}

/** A process that is gone must not be counted when the others share its leases among them. */
export async function leave(pool: Pool, holder: Holder): Promise<void> {
  await giveUpAll(pool, holder);
  const text = 'DELETE FROM processes WHERE id = $1 AND NOT EXISTS (SELECT FROM leases WHERE process = $1)';
  await pool.query(text, [holder.process]);
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
  const { rows } = await pool.query<{ id: string; connection: string; records: string; numbers: string | null }>(
    `SELECT id, connection, records, numbers FROM said WHERE worker = $1 AND connection = ANY ($2) ORDER BY id`,
    [worker, connections],
  );
  return rows.map(({ id, connection, records, numbers }) => ({
    id,
    connection,
    records: withNumbers(unpackRecords(Buffer.from(records)), parseNumbers(numbers)),
  }));
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
