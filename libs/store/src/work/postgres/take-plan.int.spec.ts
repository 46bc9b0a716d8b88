import { randomUUID } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { migrate } from '../../migrate.js';
import { openPool } from '../../pool.js';
import { UNIT_TABLES } from '../../units/tables.js';
import { createWorkStore } from './store.js';
import { WORK_TABLES } from './tables.js';
import { TAKE_LANES } from './take.js';

const CONNECTIONS = 100_000;
const schema = `plan_${randomUUID().replaceAll('-', '')}`;
let pool: Pool;

/** One connection a company: each has one lane with one message, due at different times of the last hour. */
beforeAll(async () => {
  pool = openPool(inject('databaseUrl'), { schema, max: 2 });
  await migrate(pool, schema, [UNIT_TABLES, WORK_TABLES]);
  await pool.query(`
    INSERT INTO leases (worker, connection, process, epoch, next_due)
    SELECT 'w', 'c' || n, CASE WHEN n % 20 = 0 THEN 'p2' ELSE 'p1' END, 1, now() - n * interval '30 ms'
    FROM generate_series(1, ${CONNECTIONS}) n;
    INSERT INTO lanes (worker, connection, key, arrived, due_at)
    SELECT 'w', 'c' || n, 'd/' || n, 1, now() - n * interval '30 ms' FROM generate_series(1, ${CONNECTIONS}) n;
    INSERT INTO items (worker, connection, key, n, message)
    SELECT 'w', 'c' || n, 'd/' || n, 1, '{}' FROM generate_series(1, ${CONNECTIONS}) n`);
  for (const table of ['leases', 'lanes', 'items']) await pool.query(`ANALYZE ${table}`);
}, 120_000);

afterAll(async () => {
  await pool.query(`DROP SCHEMA ${schema} CASCADE`);
  await pool.end();
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly Plans?: readonly Plan[];
}

function nodes(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)];
}

/** What EXPLAIN says of the reads of tables. */
async function readsOf(client: ClientBase, execute: string): Promise<readonly Plan[]> {
  const explained = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE ${execute}`,
  );
  const all = explained.rows.flatMap((row) => nodes(row['QUERY PLAN'][0].Plan));
  return all.filter((node) => ['leases', 'lanes', 'items'].includes(node['Relation Name'] ?? ''));
}

const PARAMETERS = '(text, text, text[], bigint, bigint, text[], text[], bigint)';
const isLookUp = (node: Plan) => /^Index (Only )?Scan$/.test(node['Node Type']);

it.each([
  ['a plan made for its values', 'force_custom_plan'],
  ['the plan that prepared statements come to', 'force_generic_plan'],
])('takes due work of a hundred thousand connections by index only, with %s', async (_, mode) => {
  const client = await pool.connect();
  try {
    await client.query(`BEGIN; SET LOCAL plan_cache_mode = ${mode}`);
    await client.query(`PREPARE take_${mode} ${PARAMETERS} AS ${TAKE_LANES}`);
    const reads = await readsOf(client, `take_${mode} ('w', 'p1', '{c1}', 500, 200, '{c1}', '{d/1}', 100)`);
    expect(new Set(reads.map((node) => node['Relation Name']))).toEqual(new Set(['leases', 'lanes', 'items']));
    expect(reads.filter((node) => !isLookUp(node))).toEqual([]);
    // No look-up passes over more than what is taken.
    const passed = reads.map((node) => (node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 0));
    expect(Math.max(...passed)).toBeLessThanOrEqual(1_000);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

it('takes by index only with a plan that was made while all mailboxes were empty', async () => {
  const client = await pool.connect();
  const empty = `${schema}_empty`;
  try {
    await migrate(pool, empty, [UNIT_TABLES, WORK_TABLES]);
    await client.query(`SET search_path = ${empty}; SET plan_cache_mode = force_generic_plan`);
    for (const table of ['leases', 'lanes', 'items']) await client.query(`VACUUM ANALYZE ${table}`);
    await client.query(`PREPARE take_empty ${PARAMETERS} AS ${TAKE_LANES}`);
    const reads = await readsOf(client, "take_empty ('w', 'p1', '{}', 500, 200, '{}', '{}', 100)");
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.filter((node) => !isLookUp(node))).toEqual([]);
  } finally {
    await client.query(`DROP SCHEMA ${empty} CASCADE`);
    client.release(true);
  }
});

it('takes and settles them without an idle look between, and comes to an end', async () => {
  const store = createWorkStore(pool, { worker: 'w', process: 'p2', service: 's' });
  const seen = new Set<string>();
  for (;;) {
    const { lanes } = await store.take({ lanes: 2_000, perConnection: 200, mailPerLane: 100, busy: [], inMemory: [] });
    if (lanes.length === 0) break;
    for (const lane of lanes) seen.add(lane.connection);
    const nothing = { due: null, drop: false, messages: [], mail: [], effects: [] };
    await store.commit(lanes.map((lane) => ({ ...lane, ...nothing, seen: lane.arrived, consumedUpTo: lane.arrived })));
  }
  expect(seen.size).toBe(CONNECTIONS / 20);
  const { rows } = await pool.query<{ left: number }>('SELECT count(*)::int AS left FROM items');
  expect(rows).toEqual([{ left: CONNECTIONS - CONNECTIONS / 20 }]);
}, 120_000);
