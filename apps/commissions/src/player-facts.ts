import type { PoolClient } from 'pg';
import { readFactsNow, readKeptFacts, type KeptRow } from '#libs/database';
import {
  countOf,
  hashOf,
  reckonAgain,
  type Deal,
  type Fact,
  type Period,
  type PlayerBreakdown,
  type PlayerResult,
  type Subject,
  type Trigger,
} from '#libs/commissions';
import { factTermsOf } from './fact-terms.js';
import type { Book } from './read-book.js';

/** The facts of a player's month, as they are now and as statements have kept them. */
export class PlayerFactsReader {
  constructor(
    private readonly client: PoolClient,
    private readonly book: Book,
    private readonly deal: Deal,
    private readonly subject: Subject,
  ) {}

  /** Those of today, which the agreement covers. */
  async now(period: Period): Promise<Fact[]> {
    const terms = await factTermsOf(this.client, this.book, this.deal, [period]);
    const rows = await readFactsNow(this.client, terms, [{ of_period: period, subject: this.subject }]);
    return rows.map(({ of_period: _p, subject: _s, ...fact }) => fact as Fact);
  }

  /** Those that a statement rests on. */
  async kept(row: KeptRow): Promise<Fact[]> {
    return (await readKeptFacts(this.client, row)) as Fact[];
  }
}

/** Whether facts are those that a month was reckoned by. */
export function isReckonedBy({ months }: Pick<PlayerBreakdown, 'months'>, facts: readonly Fact[]): boolean {
  const reckoned = months.map(({ activity }) => activity.facts.hash);
  const xor = reckoned.reduce((sum, hash) => sum ^ BigInt(`0x${hash}`), 0n);
  const { hash } = countOf(facts.filter(({ segment }) => segment !== null));
  return BigInt(`0x${hash}`) === xor;
}

/** Whether a month that was kept comes to the same, reckoned again from nothing but its kept facts. */
export function comesToTheSame(
  deal: Deal,
  kept: KeptRow,
  breakdown: PlayerBreakdown,
  facts: readonly Fact[],
): boolean {
  const player = {
    subject: kept.subject,
    exclusions: breakdown.exclusions,
    triggers: kept.triggers as Trigger[],
  };
  const again = reckonAgain(
    deal,
    {
      ...{ period: kept.of_period, player },
      debt: kept.months[0]?.debt_in ?? '0',
      advance: kept.months[0]?.advance_in ?? '0',
      feeRates: new Map(Object.entries(kept.fee_rates)),
    },
    facts,
  );
  return hashOf(figuresOf(again)) === hashOf(figuresOf(breakdown));
}

function figuresOf({ months, commissions }: PlayerResult): object {
  return {
    months: months.map(({ activity: { facts, ...sums }, ...steps }) => ({
      ...{ ...steps, ...sums, missing_rates: [], provisional_rates: [] },
      facts: { ...facts, received_at: null },
    })),
    commissions: commissions.map(({ kind, amount }) => `${kind} ${amount}`).sort(),
  };
}
