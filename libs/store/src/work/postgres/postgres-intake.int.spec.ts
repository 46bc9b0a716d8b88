import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { migrate } from '../../migrate.js';
import { openPool } from '../../pool.js';
import { UNIT_TABLES } from '../../units/tables.js';
import { intakeStoreContract } from '../intake.contract.js';
import { ChangeRefused } from '../work-store.js';
import { createIntakeStore } from './intake.js';
import { WORK_TABLES } from './tables.js';

const schema = `intake_${randomUUID().replaceAll('-', '')}`;
let pool: Pool;

beforeAll(async () => {
  pool = openPool(inject('databaseUrl'), { schema, max: 4 });
  await migrate(pool, schema, [UNIT_TABLES, WORK_TABLES]);
});

afterAll(async () => {
  await pool.query(`DROP SCHEMA ${schema} CASCADE`);
  await pool.end();
});

intakeStoreContract('intake store in PostgreSQL', async () => {
  await pool.query(
    'TRUNCATE units, outbox, lanes, items, leases, sequences, intake_held, intake_cases, intake_decisions',
  );
  return {
    store: createIntakeStore(pool, 'w'),
    mail: async (connection, key) => {
      const { rows } = await pool.query<{ message: string }>(
        'SELECT message FROM items WHERE connection = $1 AND key = $2 ORDER BY n',
        [connection, key],
      );
      return rows.map(({ message }) => message);
    },
  };
});

it('tells a batch that it refuses, so that the bad message can be found in it', async () => {
  const store = createIntakeStore(pool, 'w');
  const unit = await store.takeOver('w/9', false);
  const bad = { connection: 'c', key: 'd/\0', message: '{}' };
  const nothing = { chains: [], hold: [], unhold: [], open: [], close: [], decided: [], applied: [] };
  const commit = { ...unit, positions: '{}', lastIds: '{}', published: 0, ...nothing };
  await expect(store.commit({ ...commit, deliveries: [bad] })).rejects.toThrow(ChangeRefused);
  await store.commit({ ...commit, deliveries: [{ ...bad, key: 'd/1' }] });
});

it('does not deadlock when many shards deliver to the same lanes', async () => {
  const store = createIntakeStore(pool, 'w');
  const nothing = { chains: [], hold: [], unhold: [], open: [], close: [], decided: [], applied: [] };
  const commits = Array.from({ length: 8 }, async (_, shard) => {
    const unit = await store.takeOver(`many/${shard}`, false);
    for (let seq = 0; seq < 5; seq += 1) {
      // Each shard names the lanes in an order of its own.
      const lanes = Array.from({ length: 40 }, (__, n) => (n * 7 + shard * 11 + seq) % 40);
      const deliveries = lanes.map((n) => ({ connection: `c${n % 5}`, key: `many/${n}`, message: '{}' }));
      await store.commit({ ...unit, seq, positions: '{}', lastIds: '{}', published: 0, ...nothing, deliveries });
    }
  });
  await Promise.all(commits);
  const { rows } = await pool.query<{ arrived: string; n: string }>(
    `SELECT min(arrived) AS arrived, count(*) AS n FROM lanes WHERE key LIKE 'many/%'`,
  );
  expect(rows).toEqual([{ arrived: '40', n: '40' }]);
});
