import type { Pool } from 'pg';
import type { EventKind, Instant } from '#libs/events';
import { defineInsert } from '../set-statement.js';

/** The way of one accepted call: which event it became, and which click or conversion that belongs to. */
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

/** Adds receipts; one that is there stays as it is. Distinct and sorted by `receipt_id`. */
export const insertReceipts = defineInsert<Receipt>(
  'receipts',
  {
    receipt_id: { type: 'uuid', of: (r) => r.receipt_id },
    event_id: { type: 'text', of: (r) => r.event_id },
    brand: { type: 'text', of: (r) => r.brand },
    kind: { type: 'text', of: (r) => r.kind },
    source: { type: 'text', of: (r) => r.source },
    click_id: { type: 'text', of: (r) => r.click_id },
    conversion_id: { type: 'text', of: (r) => r.conversion_id },
    is_test: { type: 'boolean', of: (r) => r.is_test },
    raw_position: { type: 'text', of: (r) => r.raw_position },
    received_at: { type: 'timestamptz', of: (r) => r.received_at },
  },
  'ON CONFLICT (receipt_id) DO NOTHING',
);

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
