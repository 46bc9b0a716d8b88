import type { Pool } from 'pg';
import type { TakenLane, WorkStore } from '../work-store.js';
import type { Holder } from './leases.js';

type Want = Parameters<WorkStore<unknown>['take']>[0];

/**
 * Connections that have due lanes, then each one's due lanes: index look-ups both, whether there is one connection with
 * 10⁵ lanes or the other way round. `later` is when the first lane that is not due yet falls due.
 */
export const TAKE_LANES = `
WITH due AS MATERIALIZED (
  SELECT connection, epoch, wakes,
    (SELECT n.due_at FROM lanes n WHERE n.worker = $1 AND n.connection = leases.connection AND n.due_at > now()
     ORDER BY n.due_at LIMIT 1) AS later
  FROM leases
  WHERE worker = $1 AND process = $2 AND next_due <= now() AND connection <> ALL ($3::text[])
  ORDER BY next_due LIMIT $4
), share AS MATERIALIZED (
  SELECT greatest(1, least($5::bigint, $4::bigint / greatest(1, (SELECT count(*) FROM due)))) AS lanes
)
SELECT due.connection, due.epoch, due.wakes, due.later::text AS later, (SELECT lanes FROM share) AS share,
  lane.key, lane.state, lane.arrived, lane.cause, lane.parked,
  extract(epoch FROM now() - lane.due_at) * 1000 AS due_for_ms
FROM due
LEFT JOIN LATERAL (
  SELECT l.key, l.state, l.arrived, l.cause, l.parked, l.due_at FROM lanes l
  WHERE l.worker = $1 AND l.connection = due.connection AND l.due_at <= now()
    AND (l.connection, l.key) NOT IN (SELECT * FROM unnest($6::text[], $7::text[]))
  ORDER BY l.due_at LIMIT (SELECT lanes FROM share)
) lane ON true`;

/** The oldest messages of each lane, numbered as the lanes are in the arrays. */
export const READ_MAIL = `
SELECT v.lane, i.n, i.message
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS v(connection, key, lane)
CROSS JOIN LATERAL (
  SELECT n, message FROM items
  WHERE worker = $1 AND connection = v.connection AND key = v.key ORDER BY n LIMIT $4
) i ORDER BY v.lane, i.n`;

/**
 * All due lanes of these connections are in memory now: they are looked at again when the first later one falls due.
 * Not where something was woken since the look (`wakes`), and not where somebody is just waking it (skip locked).
 */
export const RAISE = `
WITH seen AS (
  SELECT l.connection, v.later FROM leases l
  JOIN unnest($3::text[], $4::bigint[], $5::timestamptz[]) AS v(connection, wakes, later)
    ON v.connection = l.connection AND v.wakes = l.wakes
  WHERE l.worker = $1 AND l.process = $2 FOR UPDATE OF l SKIP LOCKED
)
UPDATE leases l SET next_due = seen.later FROM seen WHERE l.worker = $1 AND l.connection = seen.connection`;

const NEXT_DUE = `
SELECT extract(epoch FROM next_due - now()) * 1000 AS ms FROM leases
WHERE worker = $1 AND process = $2 AND next_due > now() ORDER BY next_due LIMIT 1`;

interface LaneRow {
  connection: string;
  epoch: string;
  wakes: string;
  later: string | null;
  share: string;
  key: string | null;
  state: string | null;
  arrived: string | null;
  cause: string | null;
  parked: string | null;
  due_for_ms: string | null;
}

type FoundRow = LaneRow & { key: string; arrived: string; due_for_ms: string };

const hasLane = (row: LaneRow): row is FoundRow => row.key !== null;

export async function take(pool: Pool, holder: Holder, want: Want): ReturnType<WorkStore<unknown>['take']> {
  const { rows } = await pool.query<LaneRow>({
    name: 'work-take-lanes',
    text: TAKE_LANES,
    values: [
      holder.worker,
      holder.process,
      want.busy,
      want.lanes,
      want.perConnection,
      want.inMemory.map((lane) => lane.connection),
      want.inMemory.map((lane) => lane.key),
    ],
  });
  const found = rows.filter(hasLane);
  const [lanes] = await Promise.all([withMail(pool, holder, found, want.mailPerLane), raise(pool, holder, rows)]);
  if (lanes.length > 0) return { lanes, nextDueMs: 0 };
  const next = await pool.query<{ ms: string }>({
    name: 'work-next-due',
    text: NEXT_DUE,
    values: [holder.worker, holder.process],
  });
  const ms = next.rows[0]?.ms;
  return { lanes, nextDueMs: ms === undefined ? null : Number(ms) };
}

async function withMail(
  pool: Pool,
  holder: Holder,
  found: readonly FoundRow[],
  mailPerLane: number,
): Promise<readonly TakenLane[]> {
  if (found.length === 0) return [];
  const { rows } = await pool.query<{ lane: string; n: string; message: string }>({
    name: 'work-read-mail',
    text: READ_MAIL,
    values: [holder.worker, found.map((row) => row.connection), found.map((row) => row.key), mailPerLane],
  });
  const mail = found.map((): { n: number; message: string }[] => []);
  for (const row of rows) mail[Number(row.lane) - 1]?.push({ n: Number(row.n), message: row.message });
  return found.map((row, i) => ({
    connection: row.connection,
    epoch: Number(row.epoch),
    key: row.key,
    state: row.state,
    // The mail was read a moment later than the lane and may be newer.
    arrived: Math.max(Number(row.arrived), mail[i]?.at(-1)?.n ?? 0),
    mail: mail[i] ?? [],
    cause: row.cause,
    parked: row.parked,
    dueForMs: Number(row.due_for_ms),
  }));
}

async function raise(pool: Pool, holder: Holder, rows: readonly LaneRow[]): Promise<void> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.connection, (counts.get(row.connection) ?? 0) + (row.key === null ? 0 : 1));
  const exhausted = [...new Map(rows.map((row) => [row.connection, row])).values()].filter(
    (row) => (counts.get(row.connection) ?? 0) < Number(row.share),
  );
  if (exhausted.length === 0) return;
  await pool.query({
    name: 'work-raise',
    text: RAISE,
    values: [
      holder.worker,
      holder.process,
      exhausted.map((row) => row.connection),
      exhausted.map((row) => row.wakes),
      exhausted.map((row) => row.later),
    ],
  });
}
