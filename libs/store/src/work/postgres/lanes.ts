import type { ClientBase } from 'pg';
import type { Delivery } from '../intake-store.js';
import type { LaneChange } from '../work-store.js';

/** What happens to one lane's row: mail came, and/or a step of it is committed. */
interface LaneRow {
  readonly connection: string;
  readonly key: string;
  readonly mail: readonly string[];
  readonly change?: LaneChange<unknown>;
}

/**
 * All lanes of a commit in one statement, which locks them in key order: intakes and settles of several processes meet here.
 * Mail makes a lane due. A settled lane is due when its step said, or at once when mail came that the step did not know.
 */
const UPSERT_LANES = `
INSERT INTO lanes AS l (worker, connection, key, state, arrived, seen, due_at, cause, parked)
SELECT $1, v.connection, v.key, v.state, v.mail, v.seen,
       CASE WHEN v.seen IS NULL THEN now() ELSE now() + v.due_ms * interval '1 millisecond' END, v.cause, v.parked
FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::float8[], $8::text[], $9::text[])
  AS v(connection, key, state, mail, seen, due_ms, cause, parked)
ORDER BY v.connection, v.key
ON CONFLICT (worker, connection, key) DO UPDATE SET
  arrived = l.arrived + EXCLUDED.arrived,
  seen = COALESCE(EXCLUDED.seen, l.seen),
  state = CASE WHEN EXCLUDED.seen IS NULL THEN l.state ELSE EXCLUDED.state END,
  cause = CASE WHEN EXCLUDED.seen IS NULL THEN l.cause ELSE EXCLUDED.cause END,
  parked = CASE WHEN EXCLUDED.seen IS NULL THEN l.parked ELSE EXCLUDED.parked END,
  due_at = CASE
    WHEN EXCLUDED.seen IS NULL THEN LEAST(l.due_at, now())
    WHEN l.arrived + EXCLUDED.arrived > EXCLUDED.seen THEN LEAST(EXCLUDED.due_at, now())
    ELSE EXCLUDED.due_at END
RETURNING connection, key, arrived`;

const INSERT_ITEMS = `
INSERT INTO items (worker, connection, key, n, message)
SELECT $1, v.* FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) AS v(connection, key, n, message)`;

const DELETE_ITEMS = `
DELETE FROM items i USING unnest($2::text[], $3::text[], $4::bigint[]) AS v(connection, key, n)
WHERE i.worker = $1 AND i.connection = v.connection AND i.key = v.key AND i.n <= v.n`;

const DROP_LANES = `
DELETE FROM lanes l USING unnest($2::text[], $3::text[]) AS v(connection, key)
WHERE l.worker = $1 AND l.connection = v.connection AND l.key = v.key AND l.arrived = l.seen
  AND NOT EXISTS (SELECT FROM items i WHERE i.worker = l.worker AND i.connection = l.connection AND i.key = l.key)`;

const laneId = (lane: { connection: string; key: string }) => JSON.stringify([lane.connection, lane.key]);

/** Puts mail into lanes and commits steps of lanes; gives each lane's count of messages afterwards. */
export async function writeLanes(
  client: ClientBase,
  worker: string,
  changes: readonly LaneChange<unknown>[],
  deliveries: readonly Delivery[],
): Promise<(lane: { connection: string; key: string }) => number> {
  const rows = laneRows(changes, deliveries);
  const { rows: written } = await client.query<{ connection: string; key: string; arrived: string }>({
    name: 'work-upsert-lanes',
    text: UPSERT_LANES,
    values: [
      worker,
      rows.map((row) => row.connection),
      rows.map((row) => row.key),
      rows.map((row) => row.change?.state ?? null),
      rows.map((row) => row.mail.length),
      rows.map((row) => row.change?.seen ?? null),
      rows.map((row) => (row.change?.due === 'held' ? 0 : (row.change?.due ?? null))),
      rows.map((row) => row.change?.cause ?? null),
      rows.map((row) => row.change?.parked ?? null),
    ],
  });
  const arrived = new Map(written.map((row) => [laneId(row), Number(row.arrived)]));
  const arrivedOf = (lane: { connection: string; key: string }) => arrived.get(laneId(lane)) ?? 0;
  await insertItems(client, worker, rows, arrivedOf);
  await finishLanes(client, worker, changes);
  return arrivedOf;
}

function laneRows(changes: readonly LaneChange<unknown>[], deliveries: readonly Delivery[]): readonly LaneRow[] {
  const rows = new Map<string, { connection: string; key: string; mail: string[]; change?: LaneChange<unknown> }>();
  for (const change of changes) {
    rows.set(laneId(change), { connection: change.connection, key: change.key, mail: [], change });
  }
  for (const { connection, key, message } of deliveries) {
    const row = rows.get(laneId({ connection, key })) ?? { connection, key, mail: [] };
    row.mail.push(message);
    rows.set(laneId(row), row);
  }
  return [...rows.values()];
}

async function insertItems(
  client: ClientBase,
  worker: string,
  rows: readonly LaneRow[],
  arrivedOf: (lane: LaneRow) => number,
): Promise<void> {
  const items = rows.flatMap((row) =>
    row.mail.map((message, i) => ({ ...row, message, n: arrivedOf(row) - row.mail.length + 1 + i })),
  );
  if (items.length === 0) return;
  await client.query({
    name: 'work-insert-items',
    text: INSERT_ITEMS,
    values: [
      worker,
      items.map((item) => item.connection),
      items.map((item) => item.key),
      items.map((item) => item.n),
      items.map((item) => item.message),
    ],
  });
}

async function finishLanes(client: ClientBase, worker: string, changes: readonly LaneChange<unknown>[]): Promise<void> {
  const consumed = changes.filter((change) => change.consumedUpTo > 0);
  if (consumed.length > 0) {
    await client.query({
      name: 'work-delete-items',
      text: DELETE_ITEMS,
      values: [
        worker,
        consumed.map((change) => change.connection),
        consumed.map((change) => change.key),
        consumed.map((change) => change.consumedUpTo),
      ],
    });
  }
  const dropped = changes.filter((change) => change.drop);
  if (dropped.length > 0) {
    await client.query({
      name: 'work-drop-lanes',
      text: DROP_LANES,
      values: [worker, dropped.map((change) => change.connection), dropped.map((change) => change.key)],
    });
  }
}
