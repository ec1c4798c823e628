import { compareBytes, type ConversionFact, type Identity, type ReturnFact } from '#libs/database';
import { compareAmounts, type Conversion, type Instant } from '#libs/events';
import type { Journeys } from './journeys.js';
import { FACT_ORDERS, FIELD_ORDERS, type MergedField } from './merge-rules.js';
import { netAmount, resolveReturns } from './resolve-returns.js';

/** Which conversion it is. */
export type ConversionIdentity = Pick<Conversion, 'conversion_id' | 'brand' | 'type' | 'conversion_key'>;

/**
 * The visible row of one conversion: every field from the weightiest fact that has it, with its origin. The
 * result depends on the set of facts alone, not on their order.
 * @param facts what its sources say, and what the weak deposits say that are the same; never empty
 * @param returns what takes its money back
 */
export function resolveConversion(
  id: ConversionIdentity,
  facts: readonly ConversionFact[],
  returns: readonly ReturnFact[],
  journeys: Journeys,
): Conversion {
  return completeRow(id, facts, returns, mergeFacts(id.brand, facts, returns, journeys), journeys);
}

/** The visible row of what a conversion's facts come to. */
export function completeRow(
  id: ConversionIdentity,
  facts: readonly ConversionFact[],
  returns: readonly ReturnFact[],
  merged: MergedFacts,
  journeys: Journeys,
): Conversion {
  const { ranked } = merged;
  const provenance = { ...merged.provenance };
  const journey = journeys.journeyTo({ brand: id.brand, ...merged }, merged.playerThrough);
  if (merged.click_id === null && journey.clickId !== null) provenance['click_id'] = 'identity_link';

  return {
    conversion_id: id.conversion_id,
    brand: id.brand,
    type: id.type,
    conversion_key: id.conversion_key,
    player_id: merged.player_id,
    click_id: journey.clickId,
    client_id: merged.client_id,
    user_id: merged.user_id,
    transaction_id: merged.transaction_id,
    occurred_at: merged.occurred_at,
    amount: merged.amount,
    currency: merged.currency,
    net_amount: netOf(merged),
    status: merged.status,
    is_first_deposit: false,
    sources: [...new Set([...facts, ...returns].map((f) => f.source))].sort(compareBytes),
    conflict: disagree(facts) || merged.overReturned,
    provenance,
    sub_ids: journey.click?.sub_ids ?? {},
    custom: Object.assign({}, ...ranked.map((f) => f.custom).reverse()) as Record<string, unknown>,
    first_touch: journey.first,
    last_touch: journey.last,
    attributed: journey.click !== undefined,
    first_received_at: facts.map((f) => f.first_received_at).reduce(earlier),
    updated_at: [
      ...facts.map((f) => f.received_at),
      ...merged.returnsReceivedAt,
      ...(journey.receivedAt === undefined ? [] : [journey.receivedAt]),
    ].reduce(later),
  };
}

/** What a conversion's facts come to, before its journey is looked at. `click_id` is the one it names itself. */
export interface MergedFacts extends Pick<
  Conversion,
  | 'player_id'
  | 'click_id'
  | 'client_id'
  | 'user_id'
  | 'transaction_id'
  | 'occurred_at'
  | 'amount'
  | 'currency'
  | 'status'
> {
  /** By what the player was found where no source names it. */
  playerThrough: Identity | undefined;
  refunded: string;
  /** More was given back than was paid, or in another currency. */
  overReturned: boolean;
  returnsReceivedAt: Instant[];
  provenance: Record<string, string>;
  /** The facts, the weightiest first. */
  ranked: ConversionFact[];
}

/** Knows the player of a conversion that names none. */
export type PlayerFinder = Pick<Journeys, 'playerOf'>;

/** Merges what several sources say of one conversion; see `merge-rules.ts`. */
export function mergeFacts(
  brand: string,
  facts: readonly ConversionFact[],
  returns: readonly ReturnFact[],
  players: PlayerFinder,
): MergedFacts {
  const ranked = facts.length === 1 ? [...facts] : [...facts].sort(FACT_ORDERS.authority);
  const provenance: Record<string, string> = {};
  const take = <F extends MergedField>(field: F): ConversionFact[F] | null => {
    const order = FIELD_ORDERS[field];
    const from = order === 'authority' || facts.length === 1 ? ranked : [...facts].sort(FACT_ORDERS[order]);
    const fact = from.find((f) => f[field] !== null);
    if (fact) provenance[field] = fact.source;
    return fact ? fact[field] : null;
  };
  const transaction_id = take('transaction_id');
  const status = take('status')!;
  const named = {
    brand,
    player_id: take('player_id'),
    click_id: take('click_id'),
    client_id: take('client_id'),
    user_id: take('user_id'),
  };
  const priced = ranked.find((f) => f.amount !== null) ?? ranked.find((f) => f.money_low !== null);
  if (priced) provenance['amount'] = provenance['currency'] = priced.source;
  const money = priced && moneyOf(priced);
  const found = named.player_id === null ? players.playerOf(named) : null;
  const timed = ranked.find((f) => knowsWhose(f, named, found?.through)) ?? ranked[0]!;
  provenance['occurred_at'] = timed.source;
  if (found) provenance['player_id'] = 'identity_link';

  const amount = money?.amount ?? null;
  const currency = money?.currency ?? null;
  const { reversals, reversedBy, refunded, refunds, hasOtherCurrency } = resolveReturns(returns, currency);
  if (reversedBy !== null) provenance['status'] = reversedBy;
  return {
    player_id: found ? found.playerId : named.player_id,
    click_id: named.click_id,
    client_id: named.client_id,
    user_id: named.user_id,
    playerThrough: found?.through,
    transaction_id,
    occurred_at: timed.occurred_at,
    amount,
    currency,
    status: reversedBy === null ? status : 'reversed',
    refunded,
    overReturned: hasOtherCurrency || (amount !== null && isMore(refunded, amount)),
    returnsReceivedAt: [...reversals, ...refunds].map((r) => r.received_at),
    provenance,
    ranked,
  };
}

/**
 * Whether a fact says whose the conversion is, as it was found out. Only such a fact tells when it happened, so that a
 * person's conversions of a time are found by what is told of the person.
 * @param named before the player was looked for
 * @param through by what it was found
 */
export function knowsWhose(
  fact: ConversionFact,
  named: Pick<Conversion, 'player_id' | 'click_id'>,
  through: Identity | undefined,
): boolean {
  if (through !== undefined) return fact[`${through.kind}_id`] === through.id;
  if (named.player_id !== null) return fact.player_id === named.player_id;
  return named.click_id === null || fact.click_id === named.click_id;
}

function netOf({ amount, status, refunded }: MergedFacts): string | null {
  if (amount === null) return null;
  return status === 'reversed' || status === 'rejected' ? '0' : netAmount(amount, refunded);
}

function isMore(refunded: string, amount: string): boolean {
  return refunded !== '0' && compareAmounts(refunded, amount) > 0;
}

const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);
const later = (a: Instant, b: Instant): Instant => (a > b ? a : b);

/** The fact's own money, or, where its standing word has none, the least that the same source said. */
function moneyOf(fact: ConversionFact): { amount: string; currency: string } | undefined {
  if (fact.amount !== null && fact.currency !== null) return { amount: fact.amount, currency: fact.currency };
  const [currency, amount] = fact.money_low?.split(' ') ?? [];
  return currency !== undefined && amount !== undefined ? { amount, currency } : undefined;
}

/** Whether two words differ on player or money, within one source or between two. */
function disagree(facts: readonly ConversionFact[]): boolean {
  const players = new Set(facts.flatMap((f) => [f.player_id_low, f.player_id_high, f.player_id]));
  const money = new Set(
    facts.flatMap((f) => [
      f.money_low,
      f.money_high,
      f.amount !== null && f.currency !== null ? `${f.currency} ${f.amount}` : null,
    ]),
  );
  players.delete(null);
  money.delete(null);
  return players.size > 1 || money.size > 1;
}
