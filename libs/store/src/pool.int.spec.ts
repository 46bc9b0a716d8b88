import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, inject, test } from 'vitest';
import { openPool } from './pool.js';
import { inTransaction } from './transaction.js';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (let step = cleanUp.pop(); step; step = cleanUp.pop()) await step();
});

test('a connection that breaks between two statements of a transaction fails the next one, and nothing else', async () => {
  const pool = openPool(inject('databaseUrl'), { schema: 'public', max: 2 });
  const other = new pg.Client({ connectionString: inject('databaseUrl') });
  await other.connect();
  cleanUp.push(
    () => pool.end(),
    () => other.end(),
  );
  const broken = inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await other.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    // Its end arrives while no statement waits for an answer, as when the server is killed.
    await pause(200);
    await client.query('SELECT 1');
  });
  await expect(broken).rejects.toThrow(/connection|terminat/i);
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});
