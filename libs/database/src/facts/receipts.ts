import type { Pool } from 'pg';
import type { EventKind, Instant } from '#libs/events';
import { compareBytes } from './conversion-facts.js';
import { defineInsert, type Cell, type Column } from '../set-statement.js';

/**
 * The way of one accepted call: which event it became, and which click or conversion that belongs to. Of several events of
 * one call (of a postback that tells of several things) one that is about a conversion stands, else any; of these that of
 * the least `event_id`.
 */
export interface Receipt {
  receipt_id: string;
  event_id: string;
  brand: string;
  kind: EventKind;
  source: string;
  click_id: string | null;
  conversion_id: string | null;
  is_test: boolean;
  /** `partition/offset` of the raw event. */
  raw_position: string | null;
  received_at: Instant;
}

const OF_EVENT = {
  event_id: { type: 'text', of: (r) => r.event_id },
  brand: { type: 'text', of: (r) => r.brand },
  kind: { type: 'text', of: (r) => r.kind },
  source: { type: 'text', of: (r) => r.source },
  click_id: { type: 'text', of: (r) => r.click_id },
  conversion_id: { type: 'text', of: (r) => r.conversion_id },
  is_test: { type: 'boolean', of: (r) => r.is_test },
  raw_position: { type: 'text', of: (r) => r.raw_position },
  received_at: { type: 'timestamptz', of: (r) => r.received_at },
} satisfies Record<string, Column & { of: (r: Receipt) => Cell }>;

const sets = Object.keys(OF_EVENT)
  .map((c) => `${c} = excluded.${c}`)
  .join(', ');

/** Merges receipts into those that are there. Distinct and sorted by `receipt_id`. */
export const upsertReceipts = defineInsert<Receipt>(
  'receipts',
  {
    receipt_id: { type: 'uuid', of: (r) => r.receipt_id },
    ...OF_EVENT,
  },
  `ON CONFLICT (receipt_id) DO UPDATE SET ${sets}
   WHERE (excluded.conversion_id IS NULL, excluded.event_id) < (t.conversion_id IS NULL, t.event_id)`,
);

/** The receipt that stands of two of one call, in memory. */
export function mergeReceipts(a: Receipt, b: Receipt): Receipt {
  const order =
    Number(a.conversion_id === null) - Number(b.conversion_id === null) ||
    compareBytes(a.event_id, b.event_id);
  return order <= 0 ? a : b;
}

/**
 * Removes receipts of calls before an instant, a thousand at a time, so that no transaction is long. They are
 * found by their ids, which begin with the time.
 */
export async function deleteReceiptsBefore(pool: Pool, before: Date): Promise<void> {
  const hex = before.getTime().toString(16).padStart(12, '0');
  const bound = `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
  let deleted: number | null;
  do {
    ({ rowCount: deleted } = await pool.query(
      `DELETE FROM tributary.receipts WHERE receipt_id IN
        (SELECT receipt_id FROM tributary.receipts WHERE receipt_id < $1 ORDER BY receipt_id LIMIT 1000)`,
      [bound],
    ));
  } while (deleted === 1_000);
}
