import type { ReadRow } from './read-row.js';
import { decimalOf } from './decimal.js';
import { idOf, textOf } from './values.js';

/** Events that have a transaction id and are no purchase. */
const RETURNS: ReadonlySet<string> = new Set(['refund', 'app_store_refund']);
/** Whether the event says that something was bought. */
export function isPurchase(read: ReadRow): boolean {
  if (read.name === 'purchase' || read.name === 'in_app_purchase') return true;
  return !RETURNS.has(read.name) && ecommerceIdOf(read) !== undefined;
}

/** The transaction that a purchase or refund names; undefined where it names none: null, `""`, `(not set)` and the like. */
export function transactionIdOf(read: ReadRow): string | undefined {
  return ecommerceIdOf(read) ?? idOf(read.param('transaction_id'));
}

function ecommerceIdOf({ ecommerce }: ReadRow): string | undefined {
  return ecommerce && idOf(ecommerce['transaction_id']);
}

/** Money of a row; `isUnusable`: an amount is stated, and none of those stated can be used. */
export interface RowMoney {
  amount?: string;
  currency?: string;
  isUnusable?: true;
}

/**
 * What was paid. `ecommerce.purchase_revenue` is in the currency of the parameter `currency`, as is the parameter
 * `value`; `purchase_revenue_in_usd` and `event_value_in_usd` are Google's conversion to USD, used where the event names
 * no currency of its own (https://support.google.com/analytics/answer/7029846). Of these the first that is above zero
 * counts, as `purchase_revenue` is 0 where GA4 could not compute it; all zero is a purchase for nothing.
 *
 * Of `in_app_purchase` only `event_value_in_usd` is taken: its `value` and `price` are millionths where a store's SDK
 * tells them and whole units where an app does, and nothing in the row says which.
 */
export function moneyOfPurchase(read: ReadRow): RowMoney {
  const { ecommerce } = read;
  const own = currencyOf(read);
  const stated: Stated[] =
    read.name === 'in_app_purchase'
      ? [[read.row['event_value_in_usd'], 'USD']]
      : [
          [ecommerce?.['purchase_revenue'], own],
          [read.param('value'), own],
          [ecommerce?.['purchase_revenue_in_usd'], 'USD'],
          [read.row['event_value_in_usd'], 'USD'],
        ];
  return firstUsable(stated);
}

/** What was given back: `ecommerce.refund_value` and `value` in the currency of the event, else Google's USD. */
export function moneyOfRefund(read: ReadRow): RowMoney {
  const { ecommerce } = read;
  const own = currencyOf(read);
  return firstUsable([
    [ecommerce?.['refund_value'], own],
    [read.param('value'), own],
    [ecommerce?.['refund_value_in_usd'], 'USD'],
    [read.row['event_value_in_usd'], 'USD'],
  ]);
}

type Stated = readonly [value: ReturnType<ReadRow['param']>, currency: string | undefined];

function firstUsable(stated: readonly Stated[]): RowMoney {
  let zero: RowMoney | undefined;
  let isStated = false;
  for (const [value, currency] of stated) {
    if (textOf(value) === undefined) continue;
    isStated = true;
    const amount = decimalOf(value);
    if (amount === undefined || amount.startsWith('-') || currency === undefined) continue;
    if (amount !== '0') return { amount, currency };
    zero ??= { amount, currency };
  }
  return zero ?? (isStated ? { isUnusable: true } : {});
}

const CURRENCY = /^[A-Z]{3}$/;

/** The parameter `currency`, a code of ISO 4217. */
function currencyOf(read: ReadRow): string | undefined {
  const code = read.paramText('currency')?.trim().toUpperCase();
  return code !== undefined && CURRENCY.test(code) ? code : undefined;
}
