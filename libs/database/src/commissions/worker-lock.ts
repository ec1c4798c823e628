import type { PoolClient } from 'pg';

/** Whoever reckons commissions, stores agreements or rates, or closes a month holds it, until its transaction ends: all of
 * these see each other's work whole. The triggers on rates know the number too. */
const WORKER_LOCK = 7_204_411_003;

/** Writers of facts hold it shared from their first mark on (see the migration `AddCommissionMarks`). */
const MARKS_LOCK = 7_204_411_002;

/**
 * Waits for the lock, which the transaction's end gives back; a transaction that stands still for too long is ended by
 * PostgreSQL, and has then written nothing.
 * @returns number of the last change of agreements and rates: what was read of them under another one is stale
 */
export async function lockCommissions(client: PoolClient): Promise<string> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [WORKER_LOCK]);
  const found = await client.query<{ revision: string }>('SELECT revision FROM tributary.commission_inputs');
  return found.rows[0]!.revision;
}

/** Agreements change: all that was read of them is stale when the transaction commits. */
export async function changeInputs(client: PoolClient): Promise<void> {
  await client.query('UPDATE tributary.commission_inputs SET revision = revision + 1');
}

/** Waits until no transaction is open that wrote facts without having seen what this one will have changed; those that
 * come wait for this transaction's end. Take it last. */
export async function lockMarks(client: PoolClient): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [MARKS_LOCK]);
}
