import { instantFromMs, type Instant } from '#libs/events';

/** How far an accepted call has come. */
export type ReceiptState = 'stored' | 'duplicate' | 'unattributed' | 'test' | 'dead_letter' | 'pending';

/** What `GET /receipts/{id}` answers. */
export interface ReceiptAnswer {
  receipt_id: string;
  received_at: Instant;
  state: ReceiptState;
  /** Why it is a dead letter. */
  reason?: string;
  /** Null until the call has been read. */
  event_id: string | null;
  /** Of a conversion: the row that it is, or has become part of. */
  conversion_id?: string;
}

/** What the tables say of a receipt; each part is absent where there is no such row. */
export interface ReceiptRows {
  receipt?: {
    event_id: string;
    kind: string;
    conversion_id: string | null;
    is_test: boolean;
    received_at: Instant;
  };
  /** The dead letter of the receipt that has not been replayed, else the latest of those that have. */
  deadLetter?: { reason: string; event_id: string | null; replayed: boolean };
  /** The receipt by which its click, or its source's word on its conversion, was first told. */
  firstReceiptId?: string;
  /** The strong deposit that a weak one is the same as. */
  pairedWith?: string;
  /** The visible row: its own, or that of `pairedWith`. */
  visible?: { attributed: boolean };
  /** Its source has taken the conversion back, and no other tells of it. */
  isRetracted?: true;
}

/**
 * Decides what a receipt answers. A dead letter that was replayed is on its way again: what it became then
 * counts, and a new dead letter where it failed again.
 * @param receiptId one that `isReceiptId` takes
 */
export function receiptAnswer(receiptId: string, rows: ReceiptRows): ReceiptAnswer {
  const { receipt, deadLetter } = rows;
  const failed = deadLetter !== undefined && !deadLetter.replayed;
  const answer: ReceiptAnswer = {
    receipt_id: receiptId,
    received_at: receipt?.received_at ?? givenAt(receiptId),
    state: failed ? 'dead_letter' : receipt ? stateOf(receiptId, receipt, rows) : 'pending',
    event_id: receipt?.event_id ?? deadLetter?.event_id ?? null,
  };
  if (failed) answer.reason = deadLetter.reason;
  const conversionId = rows.pairedWith ?? receipt?.conversion_id ?? null;
  if (conversionId !== null && receipt?.is_test === false) answer.conversion_id = conversionId;
  return answer;
}

function stateOf(
  receiptId: string,
  receipt: NonNullable<ReceiptRows['receipt']>,
  { firstReceiptId, visible, isRetracted }: ReceiptRows,
): ReceiptState {
  if (receipt.is_test) return 'test';
  if (receipt.kind === 'retraction') return 'stored';
  if (firstReceiptId === undefined) return 'pending';
  if (firstReceiptId !== receiptId) return 'duplicate';
  if (receipt.kind === 'click') return 'stored';
  if (!visible) return isRetracted ? 'stored' : 'pending'; // its facts are stored, its row is still to be made
  return visible.attributed ? 'stored' : 'unattributed';
}

/** When a receipt id was given: the 48 bits of epoch milliseconds that a UUID of version 7 begins with. */
function givenAt(receiptId: string): Instant {
  return instantFromMs(Number.parseInt(receiptId.slice(0, 8) + receiptId.slice(9, 13), 16));
}
