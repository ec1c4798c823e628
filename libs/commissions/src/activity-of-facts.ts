import type { OperationType } from './agreement.js';
import { ZERO, canonical, decimal, type Decimal } from './decimal.js';
import type { Fact } from './fact.js';
import type { Activity, Facts, Segment } from './model.js';

/**
 * What facts of one segment come to, as the database sums them: exact, and rounded once to 18 places. What has no rate is
 * counted as a fact, and comes to nothing.
 * @param currency the agreement's
 */
export function activityOfFacts(facts: readonly Fact[], { ngr }: Segment, currency: string): Activity {
  const sum = (of: (fact: Fact) => string | null): string => {
    let total = ZERO;
    for (const fact of facts) {
      const amount = of(fact);
      if (amount !== null) total = total.plus(turned(amount, fact, currency));
    }
    return canonical(total);
  };
  const ofKind =
    (kinds: readonly Fact['kind'][], of: (fact: Fact) => string | null) =>
    (fact: Fact): string | null =>
      kinds.includes(fact.kind) ? of(fact) : null;
  const moved =
    (types: readonly (OperationType | 'Normal')[], direction: 'IN' | 'OUT') =>
    ({ kind, type, amount }: Fact): string | null =>
      kind === 'transaction' && types.some((t) => type === `${t} ${direction}`) ? amount : null;
  const adjusted = ngr?.adjustments ?? [];
  return {
    stakes: sum(ofKind(['game_session', 'bet'], (f) => f.amount)),
    wins: sum(ofKind(['game_session', 'bet'], (f) => f.win_amount)),
    bonus: sum(moved(ngr?.bonus ?? [], 'IN')),
    adjustments: canonical(decimal(sum(moved(adjusted, 'IN'))).minus(sum(moved(adjusted, 'OUT')))),
    chargebacks: sum(
      ofKind(['deposit'], (f) => canonical(decimal(f.amount!).minus(f.net_amount ?? f.amount!))),
    ),
    deposits: sum(ofKind(['deposit'], (f) => (f.type === 'approved' ? f.amount : null))),
    withdrawals: sum(moved(['Normal'], 'OUT')),
    facts: countOf(facts),
    missing_rates: [],
    provisional_rates: [],
  };
}

/** An amount in the agreement's currency; without a rate nothing. */
export function turned(amount: string, { currency, rate }: Fact, own: string): Decimal {
  if (currency === own) return decimal(amount);
  return rate === null ? ZERO : decimal(amount).times(rate);
}

/** How many facts of each table there are, and the XOR of their hashes. When the last was received is not known. */
export function countOf(facts: readonly Fact[]): Facts {
  const count = (kind: Fact['kind']): number => facts.filter((fact) => fact.kind === kind).length;
  const hash = facts.reduce((sum, fact) => sum ^ BigInt(`0x${fact.hash}`), 0n);
  return {
    deposits: count('deposit'),
    transactions: count('transaction'),
    game_sessions: count('game_session'),
    bets: count('bet'),
    hash: hash.toString(16).padStart(16, '0'),
    received_at: null,
  };
}
