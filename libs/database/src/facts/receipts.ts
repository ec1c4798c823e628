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
