import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { migrate } from '../../migrate.js';
import { openPool } from '../../pool.js';
import { inTransaction } from '../../transaction.js';
import { UNIT_TABLES } from '../../units/tables.js';
import { type TestEffect, workStoreContract } from '../work.contract.js';
import { deliver } from './deliver.js';
import { createWorkStore } from './store.js';
import { WORK_TABLES } from './tables.js';

const schema = `work_${randomUUID().replaceAll('-', '')}`;
let pool: Pool;

beforeAll(async () => {
  pool = openPool(inject('databaseUrl'), { schema, max: 4 });
  await migrate(pool, schema, [UNIT_TABLES, WORK_TABLES]);
  await pool.query('CREATE TABLE effects (n bigint PRIMARY KEY)');
});

afterAll(async () => {
  await pool.query(`DROP SCHEMA ${schema} CASCADE`);
  await pool.end();
});

workStoreContract('work store in PostgreSQL', async () => {
  await pool.query('TRUNCATE processes, leases, lanes, items, sequences, said, calls_spent, effects');
  return {
    open: (process) =>
      createWorkStore<TestEffect>(pool, { worker: 'w', process, service: 's' }, async (client, changes) => {
        for (const effect of changes.flatMap(({ effects }) => effects)) {
          // The second insert of 1 breaks the primary key, as an effect that may happen once would.
          await client.query('INSERT INTO effects VALUES ($1)', [effect === 'refuse' ? 1 : 0]);
          if (effect === 'refuse') await client.query('INSERT INTO effects VALUES (1)');
        }
      }),
    deliver: (connection, key, message) =>
      inTransaction(pool, (client) => deliver(client, 'w', [{ connection, key, message }])),
    silence: async (process, ms) => {
      await pool.query(`UPDATE processes SET seen_at = seen_at - $2 * interval '1 millisecond' WHERE id = $1`, [
        process,
        ms,
      ]);
    },
    pass: (ms) => setTimeout(ms + 20),
  };
});
