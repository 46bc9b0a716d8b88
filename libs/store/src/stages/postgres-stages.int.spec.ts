import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { migrate } from '../migrate.js';
import { openPool } from '../pool.js';
import { UNIT_TABLES } from '../units/tables.js';
import { isRefusal } from '../units/unit.js';
import type { CommitFault } from './memory-stage-store.js';
import { createStageStore } from './postgres-stage-store.js';
import { stageStoreContract } from './stages.contract.js';
import { STAGE_TABLES, STAGE_WAITING } from './tables.js';

const schema = `stages_${randomUUID().replaceAll('-', '')}`;
let pool: Pool;

beforeAll(async () => {
  pool = openPool(inject('databaseUrl'), { schema, max: 4 });
  // Processes of a service start together.
  await Promise.all([1, 2, 3].map(() => migrate(pool, schema, [UNIT_TABLES, STAGE_TABLES, STAGE_WAITING])));
});

beforeEach(async () => {
  await pool.query('TRUNCATE units, outbox, states, held');
});

afterAll(async () => {
  await pool.query(`DROP SCHEMA ${schema} CASCADE`);
  await pool.end();
});

stageStoreContract('stage store in PostgreSQL', async () => {
  let next: CommitFault;
  const failing = withCommitFault(pool, () => {
    const fault = next;
    next = undefined;
    return fault;
  });
  return { store: createStageStore(failing), failNext: (fault) => (next = fault) };
});

describe('stage store in PostgreSQL', () => {
  it('tells a content that the database refuses from trouble with the database', async () => {
    const store = createStageStore(pool);
    const owner = await store.takeOver('s/0');
    const commit = { ...owner, published: 0, hold: [], unhold: [], states: [{ key: 'a\0b', state: '{}' }] };
    const error = await store.commit(commit).catch((reason) => reason);
    expect(isRefusal(error)).toBe(true);
    expect(await store.takeOver('s/0')).toMatchObject({ seq: 0 });
  });

  it('runs each migration once', async () => {
    await migrate(pool, schema, [UNIT_TABLES, STAGE_TABLES, { name: 'more', sql: 'CREATE TABLE more (n int)' }]);
    await migrate(pool, schema, [UNIT_TABLES, STAGE_TABLES, { name: 'more', sql: 'CREATE TABLE more (n int)' }]);
    const { rows } = await pool.query('SELECT name FROM migrations ORDER BY name');
    expect(rows.map((row) => row.name)).toEqual(['more', 'stages', 'stages-waiting', 'units']);
  });
});

/** A pool whose COMMIT is lost on the way there, or whose answer is lost on the way back. */
function withCommitFault(inner: Pool, fault: () => CommitFault): Pool {
  const connect = async () => {
    const client = await inner.connect();
    const query = async (...args: [never]) => {
      const lost = (args[0] as unknown) === 'COMMIT' ? fault() : undefined;
      if (lost === 'not-committed') throw new Error('connection lost before the commit');
      const result = await client.query(...args);
      if (lost === 'committed-unanswered') throw new Error('connection lost after the commit');
      return result;
    };
    return { query, release: (error?: Error) => client.release(error) } as unknown as PoolClient;
  };
  return { connect, query: inner.query.bind(inner) } as unknown as Pool;
}
