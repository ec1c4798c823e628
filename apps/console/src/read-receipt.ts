import { instantOf, type Database } from '#libs/database';
import { receiptAnswer, type ReceiptAnswer, type ReceiptRows } from './receipt-state.js';

interface Row {
  event_id: string | null;
  kind: string;
  conversion_id: string | null;
  is_test: boolean;
  received_at: string;
  dead_reason: string | null;
  dead_event_id: string | null;
  dead_replayed: boolean;
  first_receipt_id: string | null;
  paired_with: string | null;
  attributed: boolean | null;
  is_retracted: boolean | null;
}

/** One statement, so that all parts are of one moment. Every join goes by an index. */
const QUERY = `SELECT r.event_id, r.kind, r.conversion_id, r.is_test,
    (r.received_at AT TIME ZONE 'UTC')::text AS received_at,
    d.reason AS dead_reason, d.event_id AS dead_event_id, d.replayed_at IS NOT NULL AS dead_replayed,
    COALESCE(f.first_receipt_id, c.first_receipt_id) AS first_receipt_id,
    p.paired_with, v.attributed, f.status = 'retracted' AS is_retracted
  FROM (SELECT $1::uuid AS id) asked
  LEFT JOIN tributary.receipts r ON r.receipt_id = asked.id
  LEFT JOIN LATERAL (
    SELECT reason, event_id, replayed_at FROM tributary.dead_letters WHERE receipt_id = $1::uuid::text
    ORDER BY replayed_at IS NOT NULL, failed_at DESC LIMIT 1) d ON true
  LEFT JOIN tributary.clicks c ON r.kind = 'click' AND c.brand = r.brand AND c.click_id = r.click_id
  LEFT JOIN tributary.conversion_facts f ON f.conversion_id = r.conversion_id AND f.source = r.source
  LEFT JOIN tributary.deposit_pairings p ON p.conversion_id = r.conversion_id
  LEFT JOIN tributary.conversions v ON v.conversion_id = COALESCE(p.paired_with, r.conversion_id)`;

/**
 * What has become of an accepted call.
 * @param receiptId one that `isReceiptId` takes; one that nothing is known of yet is pending
 */
export async function readReceipt({ pool }: Database, receiptId: string): Promise<ReceiptAnswer> {
  const found = await pool.query<Row>({ name: 'read receipt', text: QUERY, values: [receiptId] });
  return receiptAnswer(receiptId, rowsOf(found.rows[0]!));
}

function rowsOf(row: Row): ReceiptRows {
  const rows: ReceiptRows = {};
  if (row.event_id !== null) {
    const { event_id, kind, conversion_id, is_test } = row;
    rows.receipt = { event_id, kind, conversion_id, is_test, received_at: instantOf(row.received_at) };
  }
  if (row.dead_reason !== null) {
    rows.deadLetter = {
      reason: row.dead_reason,
      event_id: row.dead_event_id,
      replayed: row.dead_replayed,
    };
  }
  if (row.first_receipt_id !== null) rows.firstReceiptId = row.first_receipt_id;
  if (row.paired_with !== null) rows.pairedWith = row.paired_with;
  if (row.attributed !== null) rows.visible = { attributed: row.attributed };
  else if (row.is_retracted) rows.isRetracted = true;
  return rows;
}
