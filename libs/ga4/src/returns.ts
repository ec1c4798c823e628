import type { CanonicalEvent, Rejection } from '#libs/events';
import { moneyOfRefund, transactionIdOf } from './purchase.js';
import { rowFault, type ReadRow } from './read-row.js';
import { addTraffic, checked, eventOf, type Telling } from './telling.js';
import { listOf } from './values.js';
import type { Visit } from './visit.js';

/** Whether the event says that a purchase was given back. */
export function isReturn(read: ReadRow): boolean {
  return read.name === 'refund';
}

/**
 * A `refund` names its purchase by the transaction. With an amount it is a refund of that much, by the key of its row;
 * without an amount and without items it takes the whole purchase back
 * (https://developers.google.com/analytics/devguides/collection/ga4/reference/events#refund). One that names no purchase,
 * or items without what they were worth, cannot be understood.
 */
export function returnOf(telling: Telling, visit: Visit): CanonicalEvent | Rejection {
  const { read } = visit;
  const transaction = transactionIdOf(read);
  if (transaction === undefined) {
    return rowFault('/ecommerce/transaction_id', 'transaction_id of refund must be there', undefined);
  }
  const { amount, currency, isUnusable } = moneyOfRefund(read);
  const isWhole = amount === undefined || amount === '0';
  if (isUnusable || (isWhole && (listOf(read.row['items']) ?? []).length > 0)) {
    return rowFault(
      '/ecommerce/refund_value',
      'refund must have an amount with its currency',
      read.ecommerce?.['refund_value'],
    );
  }
  const event = eventOf(isWhole ? 'reversal' : 'refund', 'refund', telling, visit);
  event['conversion_type'] = 'purchase';
  event['transaction_id'] = transaction;
  if (!isWhole) {
    event['refund_id'] = telling.raw.natural_key;
    event['amount'] = amount;
    event['currency'] = currency;
  }
  addTraffic(event, visit.traffic ?? visit.session, visit);
  return checked(event);
}
