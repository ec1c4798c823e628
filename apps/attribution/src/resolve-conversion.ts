import { compareBytes, type ConversionFact } from '#libs/database';
import type { Conversion } from '#libs/events';
import { compareAuthority, compareClickAuthority } from './authority.js';
import type { Journeys } from './journeys.js';

/**
 * The visible row of one conversion: every field from the weightiest fact that has it, with its origin. The
 * result depends on the set of facts alone, not on their order.
 * @param id which conversion it is
 * @param facts what its sources say, and what the weak deposits say that are the same; never empty
 */
export function resolveConversion(
  id: Pick<Conversion, 'conversion_id' | 'brand' | 'type' | 'conversion_key'>,
  facts: readonly ConversionFact[],
  journeys: Journeys,
): Conversion {
  const ranked = [...facts].sort(compareAuthority);
  const provenance: Record<string, string> = {};
  const take = <F extends keyof ConversionFact>(field: F, from = ranked): ConversionFact[F] | null => {
    const fact = from.find((f) => f[field] !== null);
    if (fact) provenance[field] = fact.source;
    return fact ? fact[field] : null;
  };
  const transaction = take('transaction_id');
  const occurredAt = take('occurred_at')!;
  const status = take('status')!;
  const player = take('player_id');
  const priced = ranked.find((f) => f.amount !== null) ?? ranked.find((f) => f.money_low !== null);
  if (priced) provenance['amount'] = provenance['currency'] = priced.source;
  const money = priced && moneyOf(priced);
  const named = take('click_id', [...facts].sort(compareClickAuthority));

  const linked = named !== null && player === null ? journeys.playerOf(id.brand, named) : null;
  if (linked !== null) provenance['player_id'] = 'identity_link';
  const playerId = player ?? linked;
  const journey = journeys.journeyTo({
    brand: id.brand,
    player_id: playerId,
    click_id: named,
    occurred_at: occurredAt,
  });
  if (named === null && journey.clickId !== null) provenance['click_id'] = 'identity_link';

  return {
    conversion_id: id.conversion_id,
    brand: id.brand,
    type: id.type,
    conversion_key: id.conversion_key,
    player_id: playerId,
    click_id: journey.clickId,
    transaction_id: transaction,
    occurred_at: occurredAt,
    amount: money?.amount ?? null,
    currency: money?.currency ?? null,
    net_amount: money?.amount ?? null,
    status,
    is_first_deposit: false,
    sources: [...new Set(facts.map((f) => f.source))].sort(compareBytes),
    conflict: disagree(facts),
    provenance,
    sub_ids: journey.click?.sub_ids ?? {},
    custom: Object.assign({}, ...ranked.map((f) => f.custom).reverse()) as Record<string, unknown>,
    first_touch: journey.first,
    last_touch: journey.last,
    attributed: journey.click !== undefined,
    first_received_at: facts.map((f) => f.first_received_at).reduce((a, b) => (a < b ? a : b)),
    updated_at: [
      ...facts.map((f) => f.last_received_at),
      ...(journey.receivedAt ? [journey.receivedAt] : []),
    ].reduce((a, b) => (a > b ? a : b)),
  };
}

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
