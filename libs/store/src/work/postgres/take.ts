import type { Pool } from 'pg';
import type { TakenLane, WorkStore } from '../work-store.js';
import type { Holder } from './holder.js';
import { apart } from './joined.js';

type Want = Parameters<WorkStore<unknown>['take']>[0];

/**
 * Connections that have due lanes, each one's due lanes, and the oldest mail of each: index look-ups all, whether one
 * connection has 10⁵ lanes or the other way round.
 *
 * `found` looks at one lane more than is taken, to tell whether there are more.
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
), found AS MATERIALIZED (
  SELECT due.connection, lane.*
  FROM due CROSS JOIN LATERAL (
    SELECT l.key, l.state, l.arrived, l.cause, l.parked, l.due_at, row_number() OVER (ORDER BY l.due_at) AS place
    FROM lanes l
    WHERE l.worker = $1 AND l.connection = due.connection AND l.due_at <= now()
      AND (l.connection, l.key) NOT IN (SELECT * FROM unnest($6::text[], $7::text[]))
    ORDER BY l.due_at LIMIT (SELECT lanes + 1 FROM share)
  ) lane
), taken AS (
  SELECT * FROM found WHERE place <= (SELECT lanes FROM share)
)
SELECT due.connection, due.epoch, due.wakes, due.later::text AS later,
  due.connection IN (SELECT connection FROM found WHERE place > (SELECT lanes FROM share)) AS has_more,
  taken.key, taken.state, taken.arrived, taken.cause, taken.parked,
  extract(epoch FROM now() - taken.due_at) * 1000 AS due_for_ms, mail.first, mail.messages
FROM due LEFT JOIN taken USING (connection) CROSS JOIN LATERAL (
  SELECT min(n) AS first, string_agg(message, chr(30) ORDER BY n) AS messages FROM (
    SELECT n, message FROM items
    WHERE worker = $1 AND connection = taken.connection AND key = taken.key ORDER BY n LIMIT $8
  ) oldest
) mail
ORDER BY taken.due_at`;

/**
 * Where all due lanes are in memory now, the connection is looked at again when its first later lane falls due. Not where
 * something was woken since the look (`wakes`), and not where somebody is just waking it (skip locked).
 */
const RAISE = `
WITH seen AS (
  SELECT l.connection, v.later FROM leases l
  JOIN unnest($3::text[], $4::bigint[], $5::timestamptz[]) AS v(connection, wakes, later)
    ON v.connection = l.connection AND v.wakes = l.wakes
  WHERE l.worker = $1 AND l.process = $2 FOR UPDATE OF l SKIP LOCKED
)
UPDATE leases l SET next_due = seen.later FROM seen WHERE l.worker = $1 AND l.connection = seen.connection`;

const NEXT_DUE = `
SELECT extract(epoch FROM next_due - now()) * 1000 AS ms FROM leases
WHERE worker = $1 AND process = $2 AND next_due IS NOT NULL AND connection <> ALL ($3::text[]) ORDER BY next_due LIMIT 1`;

interface LaneRow {
  readonly connection: string;
  readonly epoch: string;
  readonly wakes: string;
  readonly later: string | null;
  readonly has_more: boolean;
  readonly key: string | null;
  readonly state: string | null;
  readonly arrived: string | null;
  readonly cause: string | null;
  readonly parked: string | null;
  readonly due_for_ms: string | null;
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
  await raise(pool, holder, rows);
  const lanes = rows.flatMap((row) => (row.key === null ? [] : [taken(row, row.key)]));
  return { lanes, nextDueMs: lanes.length > 0 ? 0 : await nextDueMs(pool, holder, want.busy) };
}

async function raise(pool: Pool, holder: Holder, rows: readonly LaneRow[]): Promise<void> {
  const exhausted = [...new Map(rows.map((row) => [row.connection, row])).values()].filter((row) => !row.has_more);
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

async function nextDueMs(pool: Pool, holder: Holder, busy: readonly string[]): Promise<number | null> {
  const { rows } = await pool.query<{ ms: string }>({
    name: 'work-next-due',
    text: NEXT_DUE,
    values: [holder.worker, holder.process, busy],
  });
  const ms = rows[0]?.ms;
  return ms === undefined ? null : Math.max(0, Number(ms));
}

function taken(row: LaneRow, key: string): TakenLane {
  const first = Number(row.first);
  const messages = row.messages === null ? [] : apart(row.messages);
  return {
    connection: row.connection,
    epoch: Number(row.epoch),
    key,
    state: row.state,
    arrived: Number(row.arrived),
    mail: messages.map((message, i) => ({ n: first + i, message })),
    cause: row.cause,
    parked: row.parked,
    dueForMs: Number(row.due_for_ms),
  };
}
