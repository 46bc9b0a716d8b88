import type { ClientBase, Pool } from 'pg';

/**
 * Runs work in one transaction. Rejects with what the work threw after a rollback; when COMMIT itself fails, nobody knows
 * whether it took place. A connection that did not even take the rollback is thrown away.
 */
export async function inTransaction<T>(pool: Pool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken = await client.query('ROLLBACK').then(
      () => undefined,
      (fault: Error) => fault,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}
