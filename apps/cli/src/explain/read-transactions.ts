import type { Pool } from 'pg';
import { instantOf, instantText } from '#libs/database';
import { parseAmount } from '#libs/events';
import type { TransactionStory } from './transaction-story.js';

const COLUMNS = `x.brand, x.id, x.player_id, x.amount, x.currency, x.type, x.status, x.dir,
  ${instantText('x.created_at')}, ${instantText('x.updated_at')}, x.source, x.trust, x.authority,
  x.canonical_event_id AS event_id, ${instantText('x.received_at')}, x.conversion_id`;

/** Rows of `transactions` that are the conversions. */
export async function readTransactionsOf(
  pool: Pool,
  conversionIds: readonly string[],
): Promise<TransactionStory[]> {
  return read(pool, "x.conversion_id = ANY($1) AND x.conversion_id > ''", [conversionIds]);
}

/** Rows of `transactions` by their id, whatever the brand. */
export async function readTransactionsById(pool: Pool, id: string): Promise<TransactionStory[]> {
  return read(pool, 'x.id = $1', [id]);
}

/** The row whose record came with an event. Looks through the whole table. */
export async function readTransactionsByEvent(pool: Pool, eventId: string): Promise<TransactionStory[]> {
  return read(pool, 'x.canonical_event_id = $1', [eventId]);
}

async function read(pool: Pool, condition: string, values: unknown[]): Promise<TransactionStory[]> {
  const found = await pool.query<TransactionStory>(
    `SELECT ${COLUMNS} FROM tributary.transactions x WHERE ${condition} ORDER BY x.brand, x.id`,
    values,
  );
  return found.rows.map((row) => ({
    ...row,
    amount: parseAmount(row.amount)!,
    created_at: instantOf(row.created_at),
    updated_at: instantOf(row.updated_at),
    received_at: instantOf(row.received_at),
  }));
}
