import type { ReturnFact } from '#libs/database';
import { MAX_SCALE, amountOfUnits, unitsOf } from '#libs/events';
import { compareWeight } from './merge-rules.js';

/** What refunds and reversals make of a conversion's money. */
export interface Returned {
  /** The weightiest source that reversed it; null: none has. */
  reversedBy: string | null;
  /** What each source says of it. */
  reversals: readonly ReturnFact[];
  /** The refunds that count, each id once. */
  refunds: readonly ReturnFact[];
  /** What they come to in the conversion's currency. */
  refunded: string;
  /** A refund is in another currency, and there is no rate to be had from nowhere. */
  hasOtherCurrency: boolean;
}

const NOTHING: Returned = {
  reversedBy: null,
  reversals: [],
  refunds: [],
  refunded: '0',
  hasOtherCurrency: false,
};

/** @param currency the conversion's; null: it has no money */
export function resolveReturns(returns: readonly ReturnFact[], currency: string | null): Returned {
  if (returns.length === 0) return NOTHING;
  const reversals = returns.filter((r) => r.kind === 'reversal').sort(compareWeight);
  const byId = new Map<string, ReturnFact>();
  for (const refund of returns.filter((r) => r.kind === 'refund').sort(compareWeight)) {
    if (!byId.has(refund.return_id)) byId.set(refund.return_id, refund);
  }
  const refunds = [...byId.values()];
  const sum = refunds
    .filter((r) => r.currency === currency)
    .reduce((units, r) => units + unitsOf(r.amount ?? '0', MAX_SCALE), 0n);
  return {
    reversedBy: reversals[0]?.source ?? null,
    reversals,
    refunds,
    refunded: amountOfUnits(sum, MAX_SCALE),
    hasOtherCurrency: refunds.some((r) => r.currency !== currency),
  };
}

/** What is left of an amount, never less than nothing. */
export function netAmount(amount: string, refunded: string): string {
  if (refunded === '0') return amount;
  const left = unitsOf(amount, MAX_SCALE) - unitsOf(refunded, MAX_SCALE);
  return left <= 0n ? '0' : amountOfUnits(left, MAX_SCALE);
}
