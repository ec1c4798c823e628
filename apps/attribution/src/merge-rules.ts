/**
 * How what several sources say of one conversion becomes one row. All of the rules are here:
 *
 * - one source, told again: the greater version stands; without versions the earliest; then the status that is
 *   further on (`STATUS_RANKS`), then a hash of the event (`compareFacts`)
 * - several sources: each field from the first source that has it, in the field's order (`FIELD_ORDERS`); the time from
 *   the first that says whose the conversion is (`mergeFacts`)
 * - a reversal by any source, before or after, once or often: reversed (`resolve-returns.ts`)
 * - refunds add up, each refund id once, as its weightiest source tells it (`resolve-returns.ts`)
 * - a deposit without a transaction id may be one that has it (`pair-deposits.ts`)
 */
import { compareBytes, type ConversionFact } from '#libs/database';
import { trustOf, type EventStatus, type Trust } from '#libs/events';

/** How much a source's word weighs, by the way in which it tells. */
const WEIGHTS = {
  partner_api: 5,
  pubsub: 4,
  postback: 4,
  pixel_server: 3,
  pixel_browser: 2,
  ga4: 1,
} satisfies Record<Trust, number>;

/** Of two words of one source with the same version the one with the greater rank stands: a status never goes
 * back. `transaction` records have a rank between pending and approved. */
export const STATUS_RANKS = { pending: 0, approved: 2, rejected: 3 } satisfies Record<EventStatus, number>;

/** In which order facts are asked for a field. */
export type FactOrder = 'authority' | 'first_hand';

/** The order of each field of a conversion. */
export const FIELD_ORDERS = {
  player_id: 'authority',
  click_id: 'first_hand',
  client_id: 'authority',
  user_id: 'authority',
  transaction_id: 'authority',
  occurred_at: 'authority',
  amount: 'authority',
  currency: 'authority',
  status: 'authority',
} satisfies Record<string, FactOrder>;

export type MergedField = keyof typeof FIELD_ORDERS;

/** Total orders, so that every replica asks in the same one. */
export const FACT_ORDERS = {
  authority: compareAuthority,
  first_hand: compareFirstHand,
} satisfies Record<FactOrder, (a: ConversionFact, b: ConversionFact) => number>;

type Word = Pick<ConversionFact, 'source' | 'trust'>;

/** The weightier first; of equals by the bytes of their names. */
export function compareWeight(a: Word, b: Word): number {
  return WEIGHTS[trustedAs(b)] - WEIGHTS[trustedAs(a)] || compareBytes(a.source, b.source);
}

/** The way in which a fact's source tells. */
export function trustedAs({ source, trust }: Word): Trust {
  return trustOf({ source, trust: trust ?? undefined });
}

function compareAuthority(a: ConversionFact, b: ConversionFact): number {
  return (
    WEIGHTS[trustedAs(b)] - WEIGHTS[trustedAs(a)] ||
    Number(a.weak) - Number(b.weak) ||
    compareBytes(a.source, b.source) ||
    compareBytes(a.conversion_id, b.conversion_id) ||
    (a.version === b.version ? 0 : a.version > b.version ? -1 : 1) ||
    compareBytes(b.event_id, a.event_id)
  );
}

/** A pixel knows the click first-hand. */
function compareFirstHand(a: ConversionFact, b: ConversionFact): number {
  return Number(isPixel(b)) - Number(isPixel(a)) || compareAuthority(a, b);
}

function isPixel(fact: ConversionFact): boolean {
  const trust = trustedAs(fact);
  return trust === 'pixel_server' || trust === 'pixel_browser';
}
