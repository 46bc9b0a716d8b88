import type { Pool } from 'pg';
import { checkedName } from './pool.js';

/** Statements that are run once, in order, under a name that never changes. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/**
 * Brings a service's schema to what the list says; a migration that was run is not looked at again. Several processes may
 * start at once: an advisory lock lets one work and the others wait. Each migration is a transaction of its own.
 */
export async function migrate(pool: Pool, schema: string, migrations: readonly Migration[]): Promise<void> {
  checkedName(schema);
  const client = await pool.connect();
  const lock = `voucherline migrate ${schema}`;
  try {
    // Waiting for another process's migration may take longer than any statement of ours.
    await client.query('SET statement_timeout = 0; SET lock_timeout = 0');
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [lock]);
    await client.query(`
      CREATE SCHEMA IF NOT EXISTS ${schema};
      CREATE TABLE IF NOT EXISTS ${schema}.migrations (name text PRIMARY KEY, run_at timestamptz NOT NULL DEFAULT now())`);
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${schema}.migrations`);
    const done = new Set(rows.map((row) => row.name));
    for (const { name, sql } of migrations) {
      if (done.has(name)) continue;
      const mark = `INSERT INTO migrations (name) VALUES ('${name.replaceAll("'", "''")}')`;
      await client.query(`BEGIN; SET LOCAL search_path TO ${schema}; ${sql}; ${mark}; COMMIT`);
    }
  } finally {
    // Thrown away: it carries the lock and settings that no other user of the pool expects.
    client.release(true);
  }
}
