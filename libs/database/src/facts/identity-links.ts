import type { Instant } from '#libs/events';
import { compareBytes } from './conversion-facts.js';
import { defineInsert } from '../set-statement.js';

/** Kinds of ids by which a person is known, those of a visit before those of a person. */
export const IDENTITY_KINDS = ['click', 'client', 'user', 'player'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** One id by which a person of a brand is known. */
export interface Identity {
  brand: string;
  kind: IdentityKind;
  id: string;
}

/** Says that two ids belong together; the left one's kind comes before the right one's in `IDENTITY_KINDS`. Told
 * again, only the earliest instants are kept. */
export interface IdentityLinkFact {
  brand: string;
  left_kind: IdentityKind;
  left_id: string;
  right_kind: IdentityKind;
  right_id: string;
  /** The earliest event that carries both ids. */
  occurred_at: Instant;
  /** The earliest registration that carries both; it decides whose click it is. */
  registered_at: Instant | null;
  first_received_at: Instant;
}

const least = (c: string): string => `${c} = LEAST(t.${c}, excluded.${c})`;
const changes = (c: string): string => `LEAST(t.${c}, excluded.${c}) IS DISTINCT FROM t.${c}`;
const INSTANTS = ['occurred_at', 'registered_at', 'first_received_at'];

/** Merges links; answers those that are new or have changed. Distinct and sorted by brand and ends. */
export const upsertIdentityLinks = defineInsert<IdentityLinkFact>(
  'identity_links',
  {
    brand: { type: 'text', of: (f) => f.brand },
    left_kind: { type: 'text', of: (f) => f.left_kind },
    left_id: { type: 'text', of: (f) => f.left_id },
    right_kind: { type: 'text', of: (f) => f.right_kind },
    right_id: { type: 'text', of: (f) => f.right_id },
    occurred_at: { type: 'timestamptz', of: (f) => f.occurred_at },
    registered_at: { type: 'timestamptz', of: (f) => f.registered_at },
    first_received_at: { type: 'timestamptz', of: (f) => f.first_received_at },
  },
  `ON CONFLICT (left_id, right_id, left_kind, right_kind, brand) DO UPDATE SET ${INSTANTS.map(least).join(', ')}
   WHERE ${INSTANTS.map(changes).join(' OR ')}
   RETURNING brand, left_kind, left_id, right_kind, right_id`,
);

/** The join of two links of the same ends, in memory. */
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

/** Which of two links decides: registration first, then time, then the ids; total. */
export function compareLinks(a: IdentityLinkFact, b: IdentityLinkFact): number {
  return (
    Number(a.registered_at === null) - Number(b.registered_at === null) ||
    compareBytes(a.registered_at ?? a.occurred_at, b.registered_at ?? b.occurred_at) ||
    compareBytes(a.left_id, b.left_id) ||
    compareBytes(a.right_id, b.right_id) ||
    IDENTITY_KINDS.indexOf(a.left_kind) - IDENTITY_KINDS.indexOf(b.left_kind) ||
    IDENTITY_KINDS.indexOf(a.right_kind) - IDENTITY_KINDS.indexOf(b.right_kind)
  );
}
