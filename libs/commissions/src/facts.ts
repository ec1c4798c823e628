import type { Facts } from './model.js';

/** The facts of several segments or players together. */
export function sumFacts(all: readonly Facts[]): Facts {
  if (all.length === 1) return all[0]!;
  let hash = 0n;
  const sum: Facts = {
    deposits: 0,
    transactions: 0,
    game_sessions: 0,
    bets: 0,
    hash: '',
    received_at: null,
  };
  for (const facts of all) {
    sum.deposits += facts.deposits;
    sum.transactions += facts.transactions;
    sum.game_sessions += facts.game_sessions;
    sum.bets += facts.bets;
    hash ^= BigInt(`0x${facts.hash}`);
    if (facts.received_at !== null && facts.received_at > (sum.received_at ?? '')) {
      sum.received_at = facts.received_at;
    }
  }
  return { ...sum, hash: hash.toString(16).padStart(16, '0') };
}
