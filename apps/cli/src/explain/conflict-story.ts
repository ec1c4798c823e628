import { compareAmounts } from '#libs/events';
import type { FactStory } from './fact-story.js';
import { refundedAmount, type ReturnStory } from './return-story.js';
import { list, money } from './text.js';

/** In what its sources disagree. */
export interface ConflictStory {
  about: 'player' | 'money' | 'refunds';
  /** What is said, and by whom. Of refunds: in words what is wrong with them. */
  words: { value: string; sources: string[] }[];
}

/** A row's money. */
interface Paid {
  amount: string | null;
  currency: string | null;
}

/** Why a row's column `conflict` is set; empty where it is not. The rules are those of `resolveConversion`. */
export function conflictStories(
  facts: readonly FactStory[],
  returns: readonly ReturnStory[],
  paid: Paid,
): ConflictStory[] {
  const players = wordsOf(facts, (f) => [f.player_id, ...f.also_said.players]);
  const amounts = wordsOf(facts, (f) => [money(f) ?? null, ...f.also_said.money]);
  const refunds = refundProblems(returns, paid);
  return [
    ...(players.length > 1 ? [{ about: 'player' as const, words: players }] : []),
    ...(amounts.length > 1 ? [{ about: 'money' as const, words: amounts }] : []),
    ...(refunds.length > 0 ? [{ about: 'refunds' as const, words: refunds }] : []),
  ];
}

function wordsOf(
  facts: readonly FactStory[],
  saidBy: (f: FactStory) => (string | null)[],
): ConflictStory['words'] {
  const bySource = new Map<string, Set<string>>();
  for (const fact of facts) {
    for (const value of saidBy(fact)) {
      if (value === null) continue;
      const sources = bySource.get(value);
      if (sources) sources.add(fact.source);
      else bySource.set(value, new Set([fact.source]));
    }
  }
  return [...bySource].map(([value, sources]) => ({ value, sources: [...sources] }));
}

function refundProblems(returns: readonly ReturnStory[], { amount, currency }: Paid): ConflictStory['words'] {
  const foreign = returns
    .filter((r) => r.kind === 'refund' && r.stands && r.currency !== currency)
    .map((r) => ({ value: `refund ${r.refund_id} is in ${r.currency}`, sources: [r.source] }));
  const refunded = refundedAmount(returns);
  if (amount === null || compareAmounts(refunded, amount) <= 0) return foreign;
  const sources = returns.filter((r) => r.kind === 'refund' && r.counts).map((r) => r.source);
  return [...foreign, { value: `${refunded} ${currency} were given back of ${amount}`, sources }];
}

/** `yes: money is 40 USD by a, 41 USD by b`. */
export function whyConflict(conflicts: readonly ConflictStory[]): string {
  if (conflicts.length === 0) return 'its sources agree on player and money';
  return conflicts
    .map(({ about, words }) => {
      const told = words.map((w) => `${w.value} (${list(w.sources)})`);
      return `${about}: ${list(told)}`;
    })
    .join('; ');
}
