import type { ClientBase, Pool } from 'pg';
import { inTransaction } from '../../transaction.js';
import { StaleOwner } from '../../units/unit.js';
import { ChangeRefused, StaleLease } from '../work-store.js';

/** Serialization failures and deadlocks: nobody's fault, gone when tried again. */
const TRY_AGAIN = /^40/;
/** The server's own trouble: connection, state, resources, shutdown, system errors. */
const SERVER_TROUBLE = /^(08|25|53|55|57|58|XX)/;
const MOST_TRIES = 5;

/**
 * Runs a transaction. When it fails and the connection still takes a rollback, nothing was committed, and what is not the
 * server's trouble is the fault of what was to be committed.
 * @throws {ChangeRefused} {StaleLease} {StaleOwner}; after anything else it is unknown whether the commit took place.
 */
export async function transactOrRefuse<T>(pool: Pool, work: (client: ClientBase) => Promise<T>, tries = 1): Promise<T> {
  try {
    return await inTransaction(pool, (client) => workOrRefuse(client, work));
  } catch (error) {
    if (!TRY_AGAIN.test(codeOf(error)) || tries >= MOST_TRIES) throw error;
    return transactOrRefuse(pool, work, tries + 1);
  }
}

async function workOrRefuse<T>(client: ClientBase, work: (client: ClientBase) => Promise<T>): Promise<T> {
  try {
    return await work(client);
  } catch (error) {
    await client.query('ROLLBACK');
    const code = codeOf(error);
    const isStale = error instanceof StaleLease || error instanceof StaleOwner;
    if (isStale || TRY_AGAIN.test(code) || SERVER_TROUBLE.test(code)) throw error;
    throw new ChangeRefused('the change was refused', { cause: error });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
