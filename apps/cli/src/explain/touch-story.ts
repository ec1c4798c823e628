import type { Instant } from '#libs/events';
import { at, facts, origin, section } from './text.js';

/** A touch as its table has it. */
export interface ToldTouch extends Record<'utm_source' | 'utm_medium' | 'utm_campaign', string | null> {
  brand: string;
  touch_id: string;
  click_id: string | null;
  client_id: string | null;
  user_id: string | null;
  player_id: string | null;
  occurred_at: Instant;
  source: string;
  event_id: string;
  first_received_at: Instant;
}

/** A touch that is no click of ours: where it came from, who told of it, and whom it names. */
export function tellToldTouch(t: ToldTouch): string {
  const named = (['click', 'client', 'user', 'player'] as const).flatMap((what) => {
    const id = t[`${what}_id`];
    return id === null ? [] : [`${what} ${id}`];
  });
  return section(`Touch ${t.touch_id} of ${t.brand}`, [
    facts([
      ['happened', at(t.occurred_at)],
      ['from', origin(t)],
      ['names', named.length === 0 ? 'nobody: it is part of no journey' : named.join(', ')],
      ['told by', `${t.source}, received ${at(t.first_received_at)}`],
      ['event id', t.event_id],
    ]),
  ]);
}
