import type { Instant } from '#libs/events';
import { defineInsert } from '../set-statement.js';

/** Says that a click and a player belong together. Told again, only the earliest instants are kept. */
export interface IdentityLinkFact {
  brand: string;
  click_id: string;
  player_id: string;
  /** The earliest event that carries both ids. */
  occurred_at: Instant;
  /** The earliest registration that carries both; it decides whose click it is. */
  registered_at: Instant | null;
  first_received_at: Instant;
}

const least = (c: string): string => `${c} = LEAST(t.${c}, excluded.${c})`;
const changes = (c: string): string => `LEAST(t.${c}, excluded.${c}) IS DISTINCT FROM t.${c}`;
const INSTANTS = ['occurred_at', 'registered_at', 'first_received_at'];

/** Merges links; answers those that are new or have changed. Distinct and sorted by `(brand, click_id, player_id)`. */
export const upsertIdentityLinks = defineInsert<IdentityLinkFact>(
  'identity_links',
  {
    brand: { type: 'text', of: (f) => f.brand },
    click_id: { type: 'text', of: (f) => f.click_id },
    player_id: { type: 'text', of: (f) => f.player_id },
    occurred_at: { type: 'timestamptz', of: (f) => f.occurred_at },
    registered_at: { type: 'timestamptz', of: (f) => f.registered_at },
    first_received_at: { type: 'timestamptz', of: (f) => f.first_received_at },
  },
  `ON CONFLICT (brand, click_id, player_id) DO UPDATE SET ${INSTANTS.map(least).join(', ')}
   WHERE ${INSTANTS.map(changes).join(' OR ')}
   RETURNING brand, click_id, player_id`,
);

/** The join of two links of the same click and player, in memory. */
export function mergeIdentityLinks(a: IdentityLinkFact, b: IdentityLinkFact): IdentityLinkFact {
  const earlier = (x: Instant | null, y: Instant | null): Instant | null =>
    x === null ? y : y === null || x < y ? x : y;
  return {
    ...a,
    occurred_at: earlier(a.occurred_at, b.occurred_at)!,
    registered_at: earlier(a.registered_at, b.registered_at),
    first_received_at: earlier(a.first_received_at, b.first_received_at)!,
  };
}
