import type { Pool } from 'pg';
import type { Instant } from '#libs/events';
import { instantOf, instantText } from '../instants.js';
import { defineInsert } from '../set-statement.js';

/**
 * Whose a conversion was, and when, by the word of a source that has since said something else. What its former holder lost
 * (a first deposit, a pair) is to be found again, even if the process that made the change dies. Holders are only
 * added; they are no facts, and in which order they were so is of no account.
 */
export interface FormerHolder {
  conversion_id: string;
  brand: string;
  /** Empty: the source named none; so of the others. */
  player_id: string;
  click_id: string;
  client_id: string;
  user_id: string;
  /** When it happened by that word. */
  occurred_at: Instant;
}

/** Adds holders; one that is there stays. Distinct, sorted by their columns. */
export const insertFormerHolders = defineInsert<FormerHolder>(
  'former_holders',
  {
    conversion_id: { type: 'text', of: (h) => h.conversion_id },
    brand: { type: 'text', of: (h) => h.brand },
    player_id: { type: 'text', of: (h) => h.player_id },
    click_id: { type: 'text', of: (h) => h.click_id },
    client_id: { type: 'text', of: (h) => h.client_id },
    user_id: { type: 'text', of: (h) => h.user_id },
    occurred_at: { type: 'timestamptz', of: (h) => h.occurred_at },
  },
  'ON CONFLICT DO NOTHING',
);

/** Everyone whose the conversions once were. */
export async function readFormerHolders(
  pool: Pool,
  conversionIds: readonly string[],
): Promise<FormerHolder[]> {
  if (conversionIds.length === 0) return [];
  const found = await pool.query<FormerHolder>({
    name: 'read former holders',
    text: `SELECT h.conversion_id, h.brand, h.player_id, h.click_id, h.client_id, h.user_id,
        ${instantText('h.occurred_at')} FROM unnest($1::text[]) AS w (id)
      JOIN tributary.former_holders h ON h.conversion_id = w.id`,
    values: [conversionIds],
  });
  return found.rows.map((row) => ({ ...row, occurred_at: instantOf(row.occurred_at) }));
}
