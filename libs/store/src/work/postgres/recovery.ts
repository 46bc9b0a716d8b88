import type { Pool } from 'pg';
import type { Migration } from '../../migrate.js';
import { inTransaction } from '../../transaction.js';
import type { KnownEnd, RecoveryStore, ShardPosition } from '../recovery-store.js';
import { deliver } from './deliver.js';
import { positions, setPositions } from './intake.js';

/** One row a partition of the topics that a worker writes. */
export const RECOVERY_TABLES: Migration = {
  name: 'recovery',
  sql: `
CREATE TABLE known_ends (
  worker text NOT NULL,
  topic text NOT NULL,
  partition int NOT NULL,
  "end" bigint NOT NULL,
  PRIMARY KEY (worker, topic, partition)
)`,
};

/** The recovery store on PostgreSQL, in the schema of the pool's search path. */
export function createRecoveryStore(pool: Pool, worker: string): RecoveryStore {
  return {
    shards: () => shards(pool, worker),
    ends: () => ends(pool, worker),
    noteEnds: (known) => noteEnds(pool, worker, known),
    numbers: (chains) => positions(pool, worker, chains),
    adopt: (numbers, deliveries) =>
      inTransaction(pool, async (client) => {
        await setPositions(client, worker, numbers);
        await deliver(client, worker, deliveries);
      }),
  };
}

async function shards(pool: Pool, worker: string): Promise<readonly ShardPosition[]> {
  const prefix = `${worker}/intake/`;
  const { rows } = await pool.query<{ unit: string; positions: string; last_ids: string }>(
    'SELECT unit, positions, last_ids FROM units WHERE starts_with(unit, $1)',
    [prefix],
  );
  return rows.map(({ unit, positions: at, last_ids: lastIds }) => ({
    shard: Number(unit.slice(prefix.length)),
    positions: new Map(Object.entries(JSON.parse(at) as Record<string, string>).map(([t, n]) => [t, BigInt(n)])),
    lastIds: new Map(Object.entries(JSON.parse(lastIds) as Record<string, string>)),
  }));
}

async function ends(pool: Pool, worker: string): Promise<readonly KnownEnd[]> {
  const { rows } = await pool.query<{ topic: string; partition: number; end: string }>(
    'SELECT topic, partition, "end" FROM known_ends WHERE worker = $1',
    [worker],
  );
  return rows.map((row) => ({ ...row, end: BigInt(row.end) }));
}

async function noteEnds(pool: Pool, worker: string, known: readonly KnownEnd[]): Promise<void> {
  if (known.length === 0) return;
  await pool.query(
    `INSERT INTO known_ends (worker, topic, partition, "end")
     SELECT $1, * FROM unnest($2::text[], $3::int[], $4::bigint[]) ORDER BY 2, 3
     ON CONFLICT (worker, topic, partition) DO UPDATE SET "end" = EXCLUDED."end"`,
    [worker, known.map(({ topic }) => topic), known.map(({ partition }) => partition), known.map(({ end }) => end)],
  );
}
