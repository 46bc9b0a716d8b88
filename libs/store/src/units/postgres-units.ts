import type { ClientBase, Pool } from 'pg';
import { type Ownership, StaleOwner, type TakenUnit, type UnitChange } from './unit.js';

const TAKE_OVER = `
INSERT INTO units AS u (unit, epoch) VALUES ($1, 1)
ON CONFLICT (unit) DO UPDATE SET epoch = u.epoch + 1,
  attempts = CASE WHEN $2 THEN 0 ELSE u.attempts END,
  attempt_at = CASE WHEN $2 THEN NULL ELSE u.attempt_at END
RETURNING epoch, seq, positions, last_ids, attempts, attempt_at`;

/**
 * Makes the caller the owner of a unit, which is created when it is new. Waits for a commit of the predecessor that is
 * under way, so `left` is complete. `survived`: the caller itself was the last owner and lives; no attempt was fatal.
 */
export async function takeOver(pool: Pool, unit: string, survived = false): Promise<TakenUnit> {
  const taken = await pool.query<{
    epoch: string;
    seq: string;
    positions: string;
    last_ids: string;
    attempts: number;
    attempt_at: string | null;
  }>(TAKE_OVER, [unit, survived]);
  const row = taken.rows[0];
  if (row === undefined) throw new Error(`unit ${unit} was not taken over`);
  // A statement of its own: it has to see what the predecessor committed while the first one waited.
  const left = await pool.query<{ seq: string; records: Buffer }>(
    'SELECT seq, records FROM outbox WHERE unit = $1 ORDER BY seq',
    [unit],
  );
  return {
    unit,
    epoch: Number(row.epoch),
    seq: Number(row.seq),
    positions: row.positions,
    lastIds: row.last_ids,
    left: left.rows.map(({ seq, records }) => ({ seq: Number(seq), records })),
    attempts: row.attempts,
    attemptAt: row.attempt_at,
  };
}

/** Counts an attempt before it is made, so that one that kills the process is known of. @throws {StaleOwner} */
export async function beginAttempt(pool: Pool, { unit, epoch }: Ownership, at: string): Promise<void> {
  const { rowCount } = await pool.query(
    'UPDATE units SET attempts = attempts + 1, attempt_at = $3 WHERE unit = $1 AND epoch = $2',
    [unit, epoch, at],
  );
  if (rowCount === 0) throw new StaleOwner([unit]);
}

/** Rows are locked in order of their names, so that two groups never wait for each other. */
const COMMIT_UNITS = `
WITH changes AS (
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bytea[], $7::bigint[])
    AS v(unit, epoch, seq, positions, last_ids, records, published)
), owned AS (
  SELECT u.unit FROM units u JOIN changes v ON v.unit = u.unit AND v.epoch = u.epoch AND v.seq = u.seq
  ORDER BY u.unit FOR NO KEY UPDATE OF u
), moved AS (
  UPDATE units u SET seq = v.seq + 1, positions = v.positions, last_ids = v.last_ids, attempts = 0, attempt_at = NULL
  FROM changes v JOIN owned USING (unit) WHERE u.unit = v.unit RETURNING u.unit
), said AS (
  INSERT INTO outbox (unit, seq, records)
  SELECT v.unit, v.seq + 1, v.records FROM changes v JOIN moved USING (unit) WHERE v.records IS NOT NULL
), forgotten AS (
  DELETE FROM outbox o USING changes v JOIN moved USING (unit) WHERE o.unit = v.unit AND o.seq <= v.published
)
SELECT unit FROM moved`;

/**
 * Compares and sets the rows of units, keeps what they say, and forgets what is published, within the caller's open
 * transaction. To be its first statement: it locks the units until the transaction ends, and a stale owner learns it at once.
 * @throws {StaleOwner} naming the units that have another owner; the caller then rolls back.
 */
export async function commitUnits(client: ClientBase, changes: readonly UnitChange[]): Promise<void> {
  const { rows } = await client.query<{ unit: string }>({
    name: 'commit-units',
    text: COMMIT_UNITS,
    values: [
      changes.map((change) => change.unit),
      changes.map((change) => change.epoch),
      changes.map((change) => change.seq),
      changes.map((change) => change.positions),
      changes.map((change) => change.lastIds),
      changes.map((change) => change.outbox ?? null),
      changes.map((change) => change.published),
    ],
  });
  if (rows.length === changes.length) return;
  const moved = new Set(rows.map((row) => row.unit));
  throw new StaleOwner(changes.map((change) => change.unit).filter((unit) => !moved.has(unit)));
}
