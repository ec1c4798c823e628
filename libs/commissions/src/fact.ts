import type { Instant } from '#libs/events';

/** What is read as a fact of commissions. Conversions (deposit, install, registration) may be told by several sources. */
export type FactKind = 'deposit' | 'transaction' | 'game_session' | 'bet' | 'install' | 'registration';

/** Something that happened, as a month or a CPA was reckoned by it. Decimals are canonical, in the fact's own currency. */
export interface Fact {
  kind: FactKind;
  /** Of a conversion its id, else the product's own. */
  id: string;
  /** Of a deposit that has one. */
  transaction_id: string | null;
  /** Of the event that stands; null of conversions. */
  event_id: string | null;
  occurred_at: Instant;
  /** Of a conversion and a bet its status, of a transaction type and direction (`Prize IN`), of a session the kind of balance. */
  type: string | null;
  /** What was paid, moved or staked. */
  amount: string | null;
  /** Of a conversion: what is left of it. */
  net_amount: string | null;
  /** Of game sessions and bets. */
  win_amount: string | null;
  /** How often was wagered; decimal text. */
  bet_count: string | null;
  currency: string | null;
  /** What amounts were multiplied with to be in the agreement's currency; null: they are, or there was no rate. */
  rate: string | null;
  /** The part of the month that it is summed in; null: a CPA alone rests on it. */
  segment: number | null;
  /** Whether the month's CPA rests on it. */
  for_cpa: boolean;
  /** 16 hexadecimal digits: any change of the fact changes it. */
  hash: string;
}

/** How facts have changed; each in order of time. */
export interface FactChanges {
  added: Fact[];
  /** Not there any more, or not in this month. */
  gone: Fact[];
  amended: { before: Fact; after: Fact }[];
}

/** What has changed from one set of facts to another. One whose rate alone is another is amended too. */
export function factChanges(before: readonly Fact[], after: readonly Fact[]): FactChanges {
  const left = new Map(before.map((fact) => [keyOf(fact), fact]));
  const changes: FactChanges = { added: [], gone: [], amended: [] };
  for (const fact of after) {
    const former = left.get(keyOf(fact));
    left.delete(keyOf(fact));
    if (!former) changes.added.push(fact);
    else if (former.hash !== fact.hash || former.rate !== fact.rate) {
      changes.amended.push({ before: former, after: fact });
    }
  }
  changes.gone.push(...left.values());
  return changes;
}

/** Whether nothing has changed. */
export function isUnchanged({ added, gone, amended }: FactChanges): boolean {
  return added.length + gone.length + amended.length === 0;
}

function keyOf({ kind, id }: Fact): string {
  return `${kind} ${id}`;
}
