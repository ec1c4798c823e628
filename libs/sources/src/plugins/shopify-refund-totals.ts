import { amountOfUnits, parseAmount, scaleOf, unitsOf } from '#libs/events';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';

/**
 * Gives every refund of an order its `total`, which Shopify does not state: the exact sum of its transactions that gave
 * money back (https://shopify.dev/docs/api/admin-rest/latest/resources/refund), and their `currency`. A refund without
 * such a transaction, as one that only restocks, has neither.
 */
export function shopify_refund_totals(order: JsonObject): JsonObject {
  const { refunds } = order;
  return Array.isArray(refunds) ? { ...order, refunds: refunds.map(withTotal) } : order;
}

function withTotal(refund: JsonValue): JsonValue {
  if (!isJsonObject(refund) || !Array.isArray(refund['transactions'])) return refund;
  const paid = refund['transactions'].filter(isJsonObject).filter(gaveBack);
  const amounts = paid.map(({ amount }) =>
    typeof amount === 'object' ? undefined : parseAmount(String(amount)),
  );
  if (paid.length === 0 || !amounts.every((amount) => amount !== undefined)) return refund;
  const scale = Math.max(...amounts.map(scaleOf));
  const total = amounts.reduce((sum, amount) => sum + unitsOf(amount, scale), 0n);
  return { ...refund, total: amountOfUnits(total, scale), currency: paid[0]!['currency'] ?? null };
}

function gaveBack({ kind = 'refund', status = 'success' }: JsonObject): boolean {
  return kind === 'refund' && status === 'success';
}
