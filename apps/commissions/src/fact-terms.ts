import type { PoolClient } from 'pg';
import type { FactTerms } from '#libs/database';
import { previousPeriod, segmentsOf, type Deal, type Period } from '#libs/commissions';
import type { Book } from './read-book.js';

/** By what the facts of some months of a deal are read, and what their CPAs rest on, which may have begun in earlier ones. */
export async function factTermsOf(
  client: PoolClient,
  book: Book,
  deal: Deal,
  periods: readonly Period[],
): Promise<FactTerms> {
  const { agreement, brand, currency, time_zone } = deal.agreement;
  const qualifications = deal.plans.flatMap(({ plan, version }) =>
    plan.type !== 'revenue_share' && plan.cpa.qualification
      ? [{ version, qualification: plan.cpa.qualification }]
      : [],
  );
  const longest = Math.max(0, ...qualifications.map(({ qualification }) => qualification.within_days));
  const { list } = await book.factorsOf(client, deal, withMonthsBefore(periods, Math.ceil(longest / 28)));
  return {
    ...{ agreement, brand, currency, time_zone },
    rates: Object.fromEntries(list.map(({ currency: of, day, factor }) => [`${of} ${day}`, factor])),
    segments: periods.flatMap((period) =>
      segmentsOf(deal, period).map(({ index, from, to }) => ({
        of_period: period,
        segment: index,
        from,
        to,
      })),
    ),
    qualifying: [...new Map(qualifications.map((q) => [q.version, q])).values()].map((q) => ({
      plan_version: q.version,
      of: q.qualification.of,
    })),
  };
}

/** What fixed fees of months are turned with, by month, then by `USD 2026-10-01`; those in the agreement's currency are left
 * out. */
export async function feeRatesOf(
  client: PoolClient,
  book: Book,
  deal: Deal,
  periods: readonly Period[],
): Promise<Record<Period, Record<string, string>>> {
  const rates: Record<Period, Record<string, string>> = {};
  for (const period of periods) {
    for (const { ngr } of segmentsOf(deal, period)) {
      if (!ngr?.fixed || ngr.fixed.currency === deal.agreement.currency) continue;
      const key = `${ngr.fixed.currency} ${period}-01`;
      const factor = (await book.factorsOf(client, deal, [period])).map.get(key);
      if (factor !== undefined) rates[period] = { ...rates[period], [key]: factor };
    }
  }
  return rates;
}

function withMonthsBefore(periods: readonly Period[], count: number): Period[] {
  const all = new Set(periods);
  for (const period of periods) {
    let before = period;
    for (let i = 0; i < count; i++) all.add((before = previousPeriod(before)));
  }
  return [...all].sort();
}
