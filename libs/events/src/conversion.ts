import { hashParts } from './event-id.js';
import { EventType, type CloudEvent } from './cloud-event.js';
import type { Instant } from './instant.js';

export type ConversionType = 'install' | 'registration' | 'deposit';
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
  transaction_id: string | null;
  occurred_at: Instant;
  /** Canonical decimal. */
  amount: string | null;
  currency: string | null;
  net_amount: string | null;
  status: ConversionStatus;
  is_first_deposit: boolean;
  /** Sources that told of it, sorted. */
  sources: string[];
  /** Sources disagree on player, amount or currency. */
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

/** Value of a record on `conversions`. Touches become flat columns, as in the table. */
export function serializeConversion(c: Conversion): string {
  const data = flattenConversion(c);
  const event: CloudEvent<typeof EventType.conversion, typeof data> = {
    specversion: '1.0',
    id: hashParts([JSON.stringify(data)]),
    source: 'attribution',
    type: EventType.conversion,
    subject: c.conversion_id,
    time: c.updated_at,
    data,
  };
  return JSON.stringify(event);
}

/** The columns of table `conversions`, in their order. */
export function flattenConversion(c: Conversion): Record<string, unknown> {
  const { first_touch, last_touch, attributed, first_received_at, updated_at, ...row } = c;
  return {
    ...row,
    ...touchColumns('first_touch', first_touch),
    ...touchColumns('last_touch', last_touch),
    attributed,
    first_received_at,
    updated_at,
  };
}

function touchColumns(prefix: string, touch: Touch | null): Record<string, string | null> {
  return {
    [`${prefix}_at`]: touch?.at ?? null,
    [`${prefix}_source`]: touch?.source ?? null,
    [`${prefix}_medium`]: touch?.medium ?? null,
    [`${prefix}_campaign`]: touch?.campaign ?? null,
    [`${prefix}_click_id`]: touch?.click_id ?? null,
  };
}
