import { Pool } from 'pg';

/** A service's connections. `schema` is the only one on the search path, so that no service reads another's tables. */
export interface PoolOptions {
  readonly schema: string;
  /** Connections at most. */
  readonly max: number;
}

/**
 * Everything asked of these tables is a look-up by index. A plan is made once and kept, and where mailboxes happen to be empty at
 * that moment, reading all of a table looks cheapest: with a few thousand messages in it, each lane taken then reads them all.
 * So the planner may not (nor compile what it believes to be dear because it must).
 */
const PLANS = '-c enable_seqscan=off -c jit=off';

/**
 * Opens a pool whose every wait ends: to connect, for a lock, for a statement, and (on the client's side, where a dead
 * network says nothing) for an answer. `synchronous_commit` stays on: what is committed here is acknowledged to others.
 */
export function openPool(url: string, { schema, max }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: schema,
    options: `-c search_path=${checkedName(schema)} ${PLANS}`,
    connectionTimeoutMillis: 5_000,
    lock_timeout: 15_000,
    statement_timeout: 30_000,
    query_timeout: 40_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
  });
  // A connection that breaks is replaced at the next use, and who uses it hears of it from its next statement. Without listeners
  // it would end the process: while it is idle in the pool, and between two statements of a transaction.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Names of schemas go into statements as they are. @throws {RangeError} */
export function checkedName(schema: string): string {
  if (/^[a-z][a-z0-9_]{0,62}$/.test(schema)) return schema;
  throw new RangeError(`schema "${schema}": use lower-case letters, digits and _, a letter first, at most 63`);
}
