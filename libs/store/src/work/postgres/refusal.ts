import { type ClientBase, DatabaseError, type Pool } from 'pg';
import { inTransaction } from '../../transaction.js';
import { StaleOwner } from '../../units/unit.js';
import { MessageTooLarge } from '../said.js';
import { ChangeRefused, StaleLease } from '../work-store.js';
import { lostConnections } from './commit.js';

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

/**
 * Runs a single statement, which is a transaction of its own: when the server itself says that it failed, nothing was
 * committed. @throws as {@link transactOrRefuse}
 */
export async function stateOrRefuse<T>(pool: Pool, work: (client: Pool) => Promise<T>, tries = 1): Promise<T> {
  try {
    return await work(pool);
  } catch (error) {
    if (error instanceof MessageTooLarge) throw refusal(error);
    // Anything that is not the server's own word leaves open whether it took place.
    if (!(error instanceof DatabaseError)) throw error;
    if (!TRY_AGAIN.test(codeOf(error)) || tries >= MOST_TRIES) throw refusal(error);
    return stateOrRefuse(pool, work, tries + 1);
  }
}

async function workOrRefuse<T>(client: ClientBase, work: (client: ClientBase) => Promise<T>): Promise<T> {
  try {
    return await work(client);
  } catch (error) {
    await client.query('ROLLBACK');
    throw refusal(error);
  }
}

/** What an error means that the server told, or that was thrown between its statements. */
function refusal(error: unknown): unknown {
  const lost = lostConnections(error);
  if (lost !== undefined) return new StaleLease(lost);
  const code = codeOf(error);
  if (error instanceof StaleOwner || TRY_AGAIN.test(code) || SERVER_TROUBLE.test(code)) return error;
  return new ChangeRefused('the change was refused', { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
