import type { ClientBase } from 'pg';
import type { ChainPosition } from '../intake-store.js';
import { encodeUnnumbered, packRecords, type Run, runsOf, withNumbers } from '../said.js';
import type { Committed, LaneChange, Outgoing } from '../work-store.js';
import type { Holder } from './holder.js';
import { joined, joinedBytes } from './joined.js';

/**
 * Steps of many lanes in one statement, hence one transaction and one exchange with the server:
 * - lanes and the lanes they mail to, locked in key order. A settled lane is due when its step said, or at once when mail
 *   came that the step did not know: no wake-up is lost.
 * - mailboxes: mail in, consumed messages out.
 * - numbers for what is said, and the words themselves with the numbers they got.
 * - last, because intakes wait for these rows: the leases. Each must still be held, else `stale_lease` fails the statement.
 */
export const COMMIT_LANES = `
WITH change AS (
  SELECT * FROM unnest($2::text[], $3::text[], string_to_array($4, chr(30), ''), $5::bigint[], $6::bigint[], $7::float8[],
                       string_to_array($8, chr(30), ''), $9::text[])
    AS v(connection, key, state, consumed, seen, due_ms, cause, parked)
), mail AS (
  SELECT v.connection, v.key, v.message, row_number() OVER (PARTITION BY v.connection, v.key ORDER BY v.n) AS place
  FROM unnest($10::text[], $11::text[], string_to_array($12, chr(30))) WITH ORDINALITY AS v(connection, key, message, n)
), counted AS (
  SELECT connection, key, count(*) AS count FROM mail GROUP BY connection, key
), written AS (
  INSERT INTO lanes AS l (worker, connection, key, state, arrived, seen, due_at, cause, parked)
  SELECT $1, connection, key, change.state, COALESCE(count, 0), change.seen,
    CASE WHEN change.seen IS NULL THEN now() ELSE now() + abs(change.due_ms) * interval '1 millisecond' END,
    change.cause, change.parked
  FROM change FULL JOIN counted USING (connection, key)
  ORDER BY connection, key
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
  RETURNING connection, key, arrived
), posted AS (
  INSERT INTO items (worker, connection, key, n, message)
  SELECT $1, connection, key, arrived - count + place, message
  FROM written JOIN counted USING (connection, key) JOIN mail USING (connection, key)
), finished AS (
  DELETE FROM items i USING change
  WHERE i.worker = $1 AND i.connection = change.connection AND i.key = change.key AND i.n <= change.consumed
), given AS (
  INSERT INTO sequences AS s (worker, source, topic, key, seq)
  SELECT $1, v.* FROM unnest($13::text[], $14::text[], $15::text[], $16::bigint[]) AS v(source, topic, key, count)
  ORDER BY v.source, v.topic, v.key
  ON CONFLICT (worker, source, topic, key) DO UPDATE SET seq = s.seq + EXCLUDED.seq
  RETURNING source, topic, key, seq
), kept AS (
  INSERT INTO said (worker, connection, records, numbers)
  SELECT $1, v.connection, v.records, (
    SELECT json_agg(json_build_object('source', source, 'topic', topic, 'key', key, 'seq', seq))::text
    FROM given WHERE source = ANY (string_to_array(v.sources, chr(31))))
  FROM unnest($17::text[], string_to_array($18, chr(30)), $19::text[]) WITH ORDINALITY AS v(connection, records, sources, n)
  ORDER BY v.n
  RETURNING id, numbers
), due AS (
  SELECT connection, min(CASE
    WHEN change.seen IS NULL OR count > 0 THEN 0
    WHEN change.due_ms < 0 THEN NULL
    WHEN arrived > change.seen THEN 0
    ELSE change.due_ms END) AS ms
  FROM written LEFT JOIN change USING (connection, key) LEFT JOIN counted USING (connection, key)
  GROUP BY connection
), held AS (
  SELECT l.connection, due.ms FROM leases l
  JOIN unnest($20::text[], $21::bigint[]) AS v(connection, epoch) ON v.connection = l.connection AND v.epoch = l.epoch
  JOIN due ON due.connection = l.connection
  WHERE l.worker = $1 AND l.process = $22 ORDER BY l.connection FOR NO KEY UPDATE OF l
), lowered AS (
  UPDATE leases l SET wakes = l.wakes + 1,
    next_due = LEAST(l.next_due, GREATEST(now() + held.ms * interval '1 millisecond', l.rest_until))
  FROM held WHERE l.worker = $1 AND l.connection = held.connection AND held.ms IS NOT NULL
), lost AS (
  SELECT json_agg(connection)::text AS connections
  FROM unnest($20::text[]) AS v(connection) WHERE connection NOT IN (SELECT connection FROM held)
)
SELECT stale_lease(lost.connections), (SELECT min(ms) FROM held) AS due_ms,
  (SELECT json_agg(json_build_object('id', id::text, 'numbers', numbers) ORDER BY id)::text FROM kept) AS kept
FROM lost`;

interface CommittedRow {
  readonly due_ms: number | null;
  readonly kept: string | null;
}

/** A row of `said` as it comes back: in the order of the words. */
interface KeptRow {
  readonly id: string;
  readonly numbers: string | null;
}

const SEPARATOR = '\x1f';

/** Due times as the statement takes them: held lanes stay due but wake nobody, which a value below zero says. */
const HELD_MS = -1e-3;

/** Commits the steps of lanes. Fails with the state `VL001` when a lease is lost: see {@link lostConnections}. */
export async function commitLanes(
  client: Pick<ClientBase, 'query'>,
  holder: Holder,
  changes: readonly LaneChange<unknown>[],
): Promise<Committed> {
  const mail = changes.flatMap(({ connection, mail: sent }) => sent.map((one) => ({ ...one, connection })));
  const words = wordsOf(changes);
  const runs = runsOf(words.flatMap(({ records }) => records));
  const leases = [...new Map(changes.map(({ connection, epoch }) => [connection, epoch]))];
  const { rows } = await client.query<CommittedRow>({
    name: 'work-commit',
    text: COMMIT_LANES,
    values: [
      holder.worker,
      ...laneColumns(changes),
      ...[mail.map((one) => one.connection), mail.map((one) => one.key)],
      joined(mail.map((one) => one.message)),
      ...runColumns(runs),
      words.map((one) => one.connection),
      joinedBytes(words.map((one) => packRecords(one.records))),
      words.map((one) => [...new Set(one.records.map(({ record }) => record.headers.ce_source))].join(SEPARATOR)),
      ...[leases.map(([connection]) => connection), leases.map(([, epoch]) => epoch)],
      holder.process,
    ],
  });
  const row = rows[0];
  const kept = JSON.parse(row?.kept ?? '[]') as KeptRow[];
  const said = words.map(({ connection, records }, i) => ({
    connection,
    id: kept[i]?.id ?? '',
    records: withNumbers(records, parseNumbers(kept[i]?.numbers)),
  }));
  return { said, nextDueMs: row?.due_ms ?? null };
}

/** The last numbers of the chains that a row of `said` speaks of. */
export function parseNumbers(numbers: string | null | undefined): readonly ChainPosition[] {
  return JSON.parse(numbers ?? '[]') as ChainPosition[];
}

/** Connections that the database named when it failed a commit for lost leases; undefined for any other error. */
export function lostConnections(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'VL001') return undefined;
  return JSON.parse(error.message) as string[];
}

function wordsOf(changes: readonly LaneChange<unknown>[]): readonly { connection: string; records: Outgoing[] }[] {
  const words = new Map<string, Outgoing[]>();
  for (const { connection, messages } of changes) {
    if (messages.length === 0) continue;
    words.set(connection, [...(words.get(connection) ?? []), ...encodeUnnumbered(messages)]);
  }
  return [...words].map(([connection, records]) => ({ connection, records }));
}

/** A dropped lane keeps an empty row until it is swept away; nothing is known of it either way. */
function laneColumns(changes: readonly LaneChange<unknown>[]): readonly (string | unknown[])[] {
  return [
    changes.map((change) => change.connection),
    changes.map((change) => change.key),
    joined(changes.map((change) => (change.drop ? null : change.state))),
    changes.map((change) => change.consumedUpTo),
    changes.map((change) => change.seen),
    changes.map((change) => (change.due === 'held' ? HELD_MS : change.drop ? null : change.due)),
    joined(changes.map((change) => (change.drop ? null : change.cause))),
    changes.map((change) => (change.drop ? null : change.parked)),
  ];
}

function runColumns(runs: readonly Run[]): readonly unknown[][] {
  return [
    runs.map((run) => run.source),
    runs.map((run) => run.topic),
    runs.map((run) => run.key),
    runs.map((run) => run.count),
  ];
}
