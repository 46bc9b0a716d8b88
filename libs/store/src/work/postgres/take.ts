import type { Pool } from 'pg';
import type { TakenLane, WorkStore } from '../work-store.js';
import type { Holder } from './leases.js';

type Want = Parameters<WorkStore<unknown>['take']>[0];

/**
 * Connections that have due lanes, each one's due lanes, and the oldest mail of each: index look-ups all, whether one
 * connection has 10⁵ lanes or the other way round.
 *
 * `raised`: where all due lanes are in memory now, the connection is looked at again when its first later lane falls due.
 * Not where something was woken since the look (`wakes`), and not where somebody is just waking it (skip locked).
 * Mail is text without control characters, so one of them separates it; its numbers have no gaps.
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
), taken AS MATERIALIZED (
  SELECT due.connection, due.epoch, lane.*
  FROM due CROSS JOIN LATERAL (
    SELECT l.key, l.state, l.arrived, l.cause, l.parked, l.due_at FROM lanes l
    WHERE l.worker = $1 AND l.connection = due.connection AND l.due_at <= now()
      AND (l.connection, l.key) NOT IN (SELECT * FROM unnest($6::text[], $7::text[]))
    ORDER BY l.due_at LIMIT (SELECT lanes FROM share)
  ) lane
), exhausted AS (
  SELECT l.connection, due.later FROM due JOIN leases l
    ON l.worker = $1 AND l.connection = due.connection AND l.process = $2 AND l.wakes = due.wakes
  WHERE (SELECT count(*) FROM taken WHERE taken.connection = due.connection) < (SELECT lanes FROM share)
  FOR UPDATE OF l SKIP LOCKED
), raised AS (
  UPDATE leases l SET next_due = exhausted.later FROM exhausted
  WHERE l.worker = $1 AND l.connection = exhausted.connection
)
SELECT taken.connection, taken.epoch, taken.key, taken.state, taken.arrived, taken.cause, taken.parked,
  extract(epoch FROM now() - taken.due_at) * 1000 AS due_for_ms, mail.first, mail.messages
FROM taken CROSS JOIN LATERAL (
  SELECT min(n) AS first, string_agg(message, chr(30) ORDER BY n) AS messages FROM (
    SELECT n, message FROM items
    WHERE worker = $1 AND connection = taken.connection AND key = taken.key ORDER BY n LIMIT $8
  ) oldest
) mail
ORDER BY taken.due_at`;

const SEPARATOR = '\x1e';

const NEXT_DUE = `
SELECT extract(epoch FROM next_due - now()) * 1000 AS ms FROM leases
WHERE worker = $1 AND process = $2 AND next_due > now() ORDER BY next_due LIMIT 1`;

interface LaneRow {
  readonly connection: string;
  readonly epoch: string;
  readonly key: string;
  readonly state: string | null;
  readonly arrived: string;
  readonly cause: string | null;
  readonly parked: string | null;
  readonly due_for_ms: string;
  readonly first: string | null;
  readonly messages: string | null;
}

export async function take(pool: Pool, holder: Holder, want: Want): ReturnType<WorkStore<unknown>['take']> {
  const { rows } = await pool.query<LaneRow>({
    name: 'work-take',
    text: TAKE_LANES,
    values: [
      holder.worker,
      holder.process,
      want.busy,
      want.lanes,
      want.perConnection,
      want.inMemory.map((lane) => lane.connection),
      want.inMemory.map((lane) => lane.key),
      want.mailPerLane,
    ],
  });
  if (rows.length > 0) return { lanes: rows.map(taken), nextDueMs: 0 };
  const next = await pool.query<{ ms: string }>({
    name: 'work-next-due',
    text: NEXT_DUE,
    values: [holder.worker, holder.process],
  });
  const ms = next.rows[0]?.ms;
  return { lanes: [], nextDueMs: ms === undefined ? null : Number(ms) };
}

function taken(row: LaneRow): TakenLane {
  const first = Number(row.first);
  const messages = row.messages === null ? [] : row.messages.split(SEPARATOR);
  return {
    connection: row.connection,
    epoch: Number(row.epoch),
    key: row.key,
    state: row.state,
    arrived: Number(row.arrived),
    mail: messages.map((message, i) => ({ n: first + i, message })),
    cause: row.cause,
    parked: row.parked,
    dueForMs: Number(row.due_for_ms),
  };
}
