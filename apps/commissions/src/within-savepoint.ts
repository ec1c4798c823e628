import type { PoolClient } from 'pg';
import { refusalOf } from './refusal.js';

/**
 * Does something so that it is as if it had never been begun where it is refused (`refusalOf`); the transaction goes on.
 * @returns what it came to, or why it was refused
 * @throws whatever else goes wrong
 */
export async function withinSavepoint<T>(
  client: PoolClient,
  work: () => Promise<T>,
): Promise<{ result: T } | { refusal: string }> {
  await client.query('SAVEPOINT tried');
  try {
    const result = await work();
    await client.query('RELEASE SAVEPOINT tried');
    return { result };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    await client.query('ROLLBACK TO SAVEPOINT tried');
    await client.query('RELEASE SAVEPOINT tried');
    return { refusal };
  }
}
