import type { Pool } from 'pg';
import type { Instant } from '#libs/events';
import { instantOf, instantText } from '../instants.js';
import { defineInsert } from '../set-statement.js';

/**
 * Whose a touch was, and when at the earliest, by tellings that have since given way to another. Their journeys lost it:
 * that is to be found again, even if the process that made the change dies. Only added to; no fact.
 */
export interface FormerTouch {
  brand: string;
  touch_id: string;
  /** Empty: it named none; so of the others. */
  click_id: string;
  client_id: string;
  user_id: string;
  player_id: string;
  occurred_at: Instant;
}

/** Adds whose touches were, and when; the earliest time stays. Distinct, sorted by their columns. */
export const insertFormerTouches = defineInsert<FormerTouch>(
  'former_touches',
  {
    brand: { type: 'text', of: (t) => t.brand },
    touch_id: { type: 'text', of: (t) => t.touch_id },
    click_id: { type: 'text', of: (t) => t.click_id },
    client_id: { type: 'text', of: (t) => t.client_id },
    user_id: { type: 'text', of: (t) => t.user_id },
    player_id: { type: 'text', of: (t) => t.player_id },
    occurred_at: { type: 'timestamptz', of: (t) => t.occurred_at },
  },
  `ON CONFLICT (touch_id, brand, click_id, client_id, user_id, player_id)
   DO UPDATE SET occurred_at = excluded.occurred_at WHERE excluded.occurred_at < t.occurred_at`,
);

/** Everyone whose the touches once were. */
export async function readFormerTouches(
  pool: Pool,
  touches: readonly { brand: string; touch_id: string }[],
): Promise<FormerTouch[]> {
  if (touches.length === 0) return [];
  const found = await pool.query<FormerTouch>({
    name: 'read former touches',
    text: `SELECT f.brand, f.touch_id, f.click_id, f.client_id, f.user_id, f.player_id, ${instantText('f.occurred_at')}
      FROM unnest($1::text[], $2::text[]) AS w (brand, id)
      JOIN tributary.former_touches f ON f.touch_id = w.id AND f.brand = w.brand`,
    values: [touches.map((t) => t.brand), touches.map((t) => t.touch_id)],
  });
  return found.rows.map((row) => ({ ...row, occurred_at: instantOf(row.occurred_at) }));
}
