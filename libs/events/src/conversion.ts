import { hashParts } from './event-id.js';
import { EventType, type CloudEvent } from './cloud-event.js';
import type { Instant } from './instant.js';

export const CONVERSION_TYPES = ['install', 'registration', 'deposit', 'purchase', 'payout'] as const;
export type ConversionType = (typeof CONVERSION_TYPES)[number];
/** Conversions that are money, and of which some can be refunded. */
export const PAID_CONVERSION_TYPES = ['deposit', 'purchase', 'payout'] as const;
export type PaidConversionType = (typeof PAID_CONVERSION_TYPES)[number];
export type ConversionStatus = 'approved' | 'pending' | 'rejected' | 'reversed';

/** First or last touch of a conversion, as columns. */
export interface Touch {
  at: Instant;
  source: string | null;
  medium: string | null;
  campaign: string | null;
  click_id: string | null;
}

/** The visible row of a conversion: what table `conversions` holds and topic `conversions` tells. */
export interface Conversion {
  conversion_id: string;
  brand: string;
  type: ConversionType;
  /** Readable: `tx:123456789`, `click:<uuid>`, `event:<hash>`. */
  conversion_key: string;
  player_id: string | null;
  click_id: string | null;
  /** The browser or device, and the signed-in user, that it names itself. */
  client_id: string | null;
  user_id: string | null;
  transaction_id: string | null;
  occurred_at: Instant;
  /** Canonical decimal. */
  amount: string | null;
  currency: string | null;
  /** Nothing where reversed or rejected, else less what was refunded. */
  net_amount: string | null;
  status: ConversionStatus;
  is_first_deposit: boolean;
  /** Sources that told of it, sorted. */
  sources: string[];
  /** Sources disagree on player, amount or currency, or more was refunded than was paid. */
  conflict: boolean;
  /** Which source each field comes from. */
  provenance: Record<string, string>;
  sub_ids: Record<string, string>;
  custom: Record<string, unknown>;
  first_touch: Touch | null;
  last_touch: Touch | null;
  /** Its click, or its player's, is known. */
  attributed: boolean;
  first_received_at: Instant;
  updated_at: Instant;
}

/**
 * Value of a record on `conversions`. Touches become flat columns, as in the table. The same row has the same id,
 * and the same text, in whatever order its maps were filled.
 */
export function serializeConversion(c: Conversion): string {
  const data = JSON.stringify(flattenConversion(c));
  const envelope: Omit<CloudEvent<typeof EventType.conversion, never>, 'data'> = {
    specversion: '1.0',
    id: hashParts([data]),
    source: 'attribution',
    type: EventType.conversion,
    subject: c.conversion_id,
    time: c.updated_at,
  };
  // The data's text is there already, for the id
  return `${JSON.stringify(envelope).slice(0, -1)},"data":${data}}`;
}

/** The columns of table `conversions`, in their order. */
export type ConversionRow = Omit<Conversion, 'first_touch' | 'last_touch'> &
  TouchColumns<'first_touch'> &
  TouchColumns<'last_touch'>;

type TouchColumns<Prefix extends string> = {
  [Field in keyof Touch as `${Prefix}_${Field}`]: Touch[Field] | null;
};

/** The row of a conversion. Written out: spreading objects into one costs ten times as much. */
export function flattenConversion(c: Conversion): ConversionRow {
  const { first_touch: first, last_touch: last } = c;
  return {
    conversion_id: c.conversion_id,
    brand: c.brand,
    type: c.type,
    conversion_key: c.conversion_key,
    player_id: c.player_id,
    click_id: c.click_id,
    client_id: c.client_id,
    user_id: c.user_id,
    transaction_id: c.transaction_id,
    occurred_at: c.occurred_at,
    amount: c.amount,
    currency: c.currency,
    net_amount: c.net_amount,
    status: c.status,
    is_first_deposit: c.is_first_deposit,
    sources: c.sources,
    conflict: c.conflict,
    provenance: inOrder(c.provenance),
    sub_ids: inOrder(c.sub_ids),
    custom: inOrder(c.custom),
    first_touch_at: first?.at ?? null,
    first_touch_source: first?.source ?? null,
    first_touch_medium: first?.medium ?? null,
    first_touch_campaign: first?.campaign ?? null,
    first_touch_click_id: first?.click_id ?? null,
    last_touch_at: last?.at ?? null,
    last_touch_source: last?.source ?? null,
    last_touch_medium: last?.medium ?? null,
    last_touch_campaign: last?.campaign ?? null,
    last_touch_click_id: last?.click_id ?? null,
    attributed: c.attributed,
    first_received_at: c.first_received_at,
    updated_at: c.updated_at,
  };
}

/** The same map with its names in order. */
function inOrder<V>(map: Record<string, V>): Record<string, V> {
  const names = Object.keys(map);
  if (names.length < 2) return map;
  const ordered: Record<string, V> = {};
  for (const name of names.sort()) ordered[name] = map[name]!;
  return ordered;
}
