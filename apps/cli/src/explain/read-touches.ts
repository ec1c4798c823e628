import type { Pool } from 'pg';
import { instantOf, instantText } from '#libs/database';
import type { ToldTouch } from './touch-story.js';

/** Touches by their id, whatever the brand. */
export async function readTouchesById(pool: Pool, id: string): Promise<ToldTouch[]> {
  return read(pool, 't.touch_id = $1', id);
}

/** The touch that stands by an event. Looks through the whole table. */
export async function readTouchesByEvent(pool: Pool, eventId: string): Promise<ToldTouch[]> {
  return read(pool, 't.event_id = $1', eventId);
}

async function read(pool: Pool, condition: string, value: string): Promise<ToldTouch[]> {
  const found = await pool.query<ToldTouch>(
    `SELECT t.brand, t.touch_id, t.click_id, t.client_id, t.user_id, t.player_id, ${instantText('t.occurred_at')},
        t.utm_source, t.utm_medium, t.utm_campaign, t.source, t.event_id, ${instantText('t.first_received_at')}
      FROM tributary.touchpoints t WHERE ${condition} ORDER BY t.brand, t.touch_id`,
    [value],
  );
  return found.rows.map((row) => ({
    ...row,
    occurred_at: instantOf(row.occurred_at),
    first_received_at: instantOf(row.first_received_at),
  }));
}
