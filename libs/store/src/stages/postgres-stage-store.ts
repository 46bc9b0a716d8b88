import type { ClientBase, Pool } from 'pg';
import { inTransaction } from '../transaction.js';
import { beginAttempt, commitUnits, takeOver } from '../units/postgres-units.js';
import { joined } from '../work/postgres/joined.js';
import type { HeldPosition, HeldRecord, KeyedState, StageCommit, StageStore, WaitingKey } from './stage-store.js';

/** The stage store on PostgreSQL, in the schema of the pool's search path (`UNIT_TABLES`, `STAGE_TABLES`, `STAGE_WAITING`). */
export function createStageStore(pool: Pool): StageStore {
  return {
    takeOver: (unit, survived) => takeOver(pool, unit, survived),
    beginAttempt: (owner, at) => beginAttempt(pool, owner, at),
    states: (unit, keys) => states(pool, unit, keys),
    waiting: (unit) => waiting(pool, unit),
    held: (unit, keys) => held(pool, unit, keys),
    commit: (commit) => inTransaction(pool, (client) => write(client, commit)),
    allStates: (unit) => allStates(pool, unit),
  };
}

async function states(pool: Pool, unit: string, keys: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await pool.query<KeyedState>({
    name: 'stage-states',
    text: 'SELECT key, state FROM states WHERE unit = $1 AND key = ANY ($2)',
    values: [unit, keys],
  });
  return new Map(rows.map(({ key, state }) => [key, state]));
}

async function waiting(pool: Pool, unit: string): Promise<readonly WaitingKey[]> {
  const { rows } = await pool.query<WaitingKey>({
    name: 'stage-waiting',
    text: `SELECT key, waits_for AS "waitsFor" FROM states WHERE unit = $1 AND waits_for IS NOT NULL
           ORDER BY waits_since, key`,
    values: [unit],
  });
  return rows;
}

interface HeldRow {
  readonly key: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: string;
  readonly record_key: Buffer | null;
  readonly headers: string;
  readonly value: Buffer | null;
}

async function held(pool: Pool, unit: string, keys: readonly string[]): Promise<readonly HeldRecord[]> {
  const { rows } = await pool.query<HeldRow>({
    name: 'stage-held',
    text: `SELECT key, topic, partition, "offset", timestamp, record_key, headers, value FROM held
           WHERE unit = $1 AND key = ANY ($2) ORDER BY topic, "offset"`,
    values: [unit, keys],
  });
  return rows.map((row) => ({
    key: row.key,
    record: {
      topic: row.topic,
      partition: row.partition,
      offset: BigInt(row.offset),
      timestamp: Number(row.timestamp),
      key: row.record_key === null ? null : row.record_key.toString(),
      headers: JSON.parse(row.headers),
      value: row.value,
    },
  }));
}

async function write(client: ClientBase, commit: StageCommit): Promise<void> {
  await commitUnits(client, [commit]);
  if (commit.reset) {
    await client.query('DELETE FROM states WHERE unit = $1', [commit.unit]);
    await client.query('DELETE FROM held WHERE unit = $1', [commit.unit]);
  }
  if (commit.states.length > 0) await writeStates(client, commit.unit, commit.states);
  if (commit.unhold.length > 0) await unhold(client, commit.unit, commit.unhold);
  if (commit.hold.length > 0) await hold(client, commit.unit, commit.hold);
}

async function writeStates(client: ClientBase, unit: string, rows: readonly KeyedState[]): Promise<void> {
  await client.query({
    name: 'stage-write-states',
    text: `INSERT INTO states (unit, key, state, waits_for, waits_since)
           SELECT $1, * FROM unnest($2::text[], string_to_array($3, chr(30)), $4::text[], $5::text[])
           ON CONFLICT (unit, key) DO UPDATE
           SET state = EXCLUDED.state, waits_for = EXCLUDED.waits_for, waits_since = EXCLUDED.waits_since`,
    values: [
      unit,
      rows.map((row) => row.key),
      joined(rows.map((row) => row.state)),
      rows.map((row) => row.waits?.for ?? null),
      rows.map((row) => row.waits?.since ?? null),
    ],
  });
}

async function unhold(client: ClientBase, unit: string, positions: readonly HeldPosition[]): Promise<void> {
  await client.query({
    name: 'stage-unhold',
    text: `DELETE FROM held h USING unnest($2::text[], $3::bigint[]) AS v(topic, "offset")
           WHERE h.unit = $1 AND h.topic = v.topic AND h."offset" = v."offset"`,
    values: [unit, positions.map(({ topic }) => topic), positions.map(({ offset }) => offset)],
  });
}

async function hold(client: ClientBase, unit: string, records: readonly HeldRecord[]): Promise<void> {
  await client.query({
    name: 'stage-hold',
    text: `INSERT INTO held (unit, key, topic, partition, "offset", timestamp, record_key, headers, value)
           SELECT $1, * FROM unnest($2::text[], $3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::bytea[], $8::text[], $9::bytea[])
           ON CONFLICT DO NOTHING`,
    values: [
      unit,
      records.map(({ key }) => key),
      records.map(({ record }) => record.topic),
      records.map(({ record }) => record.partition),
      records.map(({ record }) => record.offset),
      records.map(({ record }) => record.timestamp),
      records.map(({ record }) => (record.key === null ? null : Buffer.from(record.key))),
      records.map(({ record }) => JSON.stringify(record.headers)),
      records.map(({ record }) => record.value),
    ],
  });
}

/** How many states are read at a time. */
const PAGE = 1000;

type KeyAndState = Pick<KeyedState, 'key' | 'state'>;

async function* allStates(pool: Pool, unit: string): AsyncGenerator<KeyAndState> {
  let after: string | null = null;
  for (;;) {
    const { rows }: { rows: KeyAndState[] } = await pool.query<KeyAndState>(
      `SELECT key, state FROM states WHERE unit = $1 AND ($2::text IS NULL OR key > $2) ORDER BY key LIMIT ${PAGE}`,
      [unit, after],
    );
    yield* rows;
    after = rows.at(-1)?.key ?? null;
    if (rows.length < PAGE) return;
  }
}
