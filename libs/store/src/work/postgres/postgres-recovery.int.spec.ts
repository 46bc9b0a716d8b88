import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { migrate } from '../../migrate.js';
import { openPool } from '../../pool.js';
import { UNIT_TABLES } from '../../units/tables.js';
import { recoveryStoreContract } from '../recovery.contract.js';
import { createIntakeStore } from './intake.js';
import { createRecoveryStore, RECOVERY_TABLES } from './recovery.js';
import { WORK_TABLES } from './tables.js';

const schema = `recovery_${randomUUID().replaceAll('-', '')}`;
let pool: Pool;

beforeAll(async () => {
  pool = openPool(inject('databaseUrl'), { schema, max: 4 });
  await migrate(pool, schema, [UNIT_TABLES, WORK_TABLES, RECOVERY_TABLES]);
});

afterAll(async () => {
  await pool.query(`DROP SCHEMA ${schema} CASCADE`);
  await pool.end();
});

recoveryStoreContract('recovery store in PostgreSQL', async () => {
  await pool.query('TRUNCATE units, lanes, items, leases, sequences, known_ends');
  return { intake: createIntakeStore(pool, 'w'), recovery: createRecoveryStore(pool, 'w') };
});
