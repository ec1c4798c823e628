import type { FxPolicy } from './agreement.js';
import { ONE, canonical, decimal } from './decimal.js';
import type { Period } from './model.js';
import { daysOf } from './periods.js';

/** What was published for a day: one unit of `base` is `rate` units of `quote`. */
export interface FxRate {
  base: string;
  quote: string;
  /** `2026-10-02` */
  day: string;
  /** Decimal, greater than 0. */
  rate: string;
}

/** How many days a rate may be older than the day that it is used for: over Easter there are none for five. */
export const MAX_RATE_AGE_DAYS = 7;

/**
 * What an amount of a currency is multiplied with to be one in `to`, by currency and local day of the month, for all days and
 * all currencies of the rates: rate(base → to) / rate(base → currency), rounded half-even to 18 places. Both are of the same
 * day, the last one on or before that both were published on, at most seven days earlier; that is the fact's own day or the
 * month's last (`date`). Of several bases the one with the later day is taken, then the least name. What has no rate is
 * absent: nothing is guessed.
 * @param rates in any order; those of a currency's day must be the only ones of their base
 * @returns by `USD 2026-10-03`; 1 for `to` itself
 */
export function fxFactors(
  rates: readonly FxRate[],
  { to, policy, period }: { to: string; policy: FxPolicy; period: Period },
): Map<`${string} ${string}`, string> {
  const factors = new Map<`${string} ${string}`, string>();
  const days = daysOf(period);
  const tables = tablesOf(rates);
  const used = (day: string) => (policy.date === 'month_end' ? days.at(-1)! : day);
  for (const currency of currenciesOf(tables, to)) {
    const found = new Map<string, string | undefined>();
    for (const day of days) {
      const of = used(day);
      if (!found.has(of)) found.set(of, factorOf(tables, currency, to, of, MAX_RATE_AGE_DAYS));
      const factor = found.get(of);
      if (factor !== undefined) factors.set(`${currency} ${day}`, factor);
    }
  }
  for (const day of days) factors.set(`${to} ${day}`, '1');
  return factors;
}

/**
 * What stands in for factors of a month whose end has no rate yet, where those of its last day are asked for (`month_end`): the
 * last rate there is, from seven days before the month on. It depends on the rates alone, not on when it is asked for.
 * @returns as `fxFactors`, of which none is among them
 */
export function provisionalFactors(
  rates: readonly FxRate[],
  { to, policy, period }: { to: string; policy: FxPolicy; period: Period },
): Map<`${string} ${string}`, string> {
  const factors = new Map<`${string} ${string}`, string>();
  if (policy.date !== 'month_end') return factors;
  const days = daysOf(period);
  const tables = tablesOf(rates);
  for (const currency of currenciesOf(tables, to)) {
    if (factorOf(tables, currency, to, days.at(-1)!, MAX_RATE_AGE_DAYS) !== undefined) continue;
    const factor = factorOf(tables, currency, to, days.at(-1)!, days.length - 1 + MAX_RATE_AGE_DAYS);
    if (factor !== undefined) for (const day of days) factors.set(`${currency} ${day}`, factor);
  }
  return factors;
}

/** All but one. */
function currenciesOf(tables: Tables, but: string): Set<string> {
  const currencies = new Set(
    [...tables.values()].flatMap((days) => [...days.values()].flatMap((table) => [...table.keys()])),
  );
  currencies.delete(but);
  return currencies;
}

/** By base and day: the rate of each currency, the base's own among them. */
type Tables = Map<string, Map<string, Map<string, string>>>;

function tablesOf(rates: readonly FxRate[]): Tables {
  const tables: Tables = new Map();
  const inOrder = [...rates].sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0));
  for (const { base, quote, day, rate } of inOrder) {
    const days = tables.get(base) ?? new Map<string, Map<string, string>>();
    tables.set(base, days);
    const table = days.get(day) ?? new Map([[base, '1']]);
    days.set(day, table.set(quote, rate));
  }
  return tables;
}

function factorOf(tables: Tables, from: string, to: string, day: string, maxAge: number): string | undefined {
  for (let age = 0; age <= maxAge; age++) {
    const published = daysBefore(day, age);
    for (const days of tables.values()) {
      const [ofFrom, ofTo] = [days.get(published)?.get(from), days.get(published)?.get(to)];
      if (ofFrom !== undefined && ofTo !== undefined) {
        return canonical(ofFrom === ofTo ? ONE : decimal(ofTo).div(ofFrom));
      }
    }
  }
  return undefined;
}

function daysBefore(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - count * 86_400_000).toISOString().slice(0, 10);
}
