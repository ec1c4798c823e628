import type { PoolClient } from 'pg';
import { lockCommissions, readDeals, readRatesWithin } from '#libs/database';
import {
  MAX_RATE_AGE_DAYS,
  boundsOf,
  dealOf,
  daysOf,
  fxFactors,
  hashOf,
  provisionalFactors,
  type Agreement,
  type Deal,
  type FxRate,
  type NgrDefinition,
  type NgrVersion,
  type Period,
  type Plan,
} from '#libs/commissions';

/** What a deal's amounts are turned with in some months. */
export interface MonthFactors {
  /** As SQL takes them, without the agreement's own currency. */
  list: { currency: string; day: string; factor: string; provisional: boolean }[];
  /** By currency and day. */
  map: ReadonlyMap<string, string>;
  /** Keys of those that stand in for ones to come. */
  provisional: ReadonlySet<string>;
}

/** The agreements in force and the rates, as of one revision of both. What is asked for again is remembered. */
export class Book {
  private readonly rates = new Map<Period, Promise<FxRate[]>>();
  private readonly factors = new Map<string, Promise<MonthFactors>>();

  constructor(
    readonly revision: string,
    readonly deals: ReadonlyMap<string, Deal>,
  ) {}

  /** Those of a brand. */
  ofBrand(brand: string): Deal[] {
    return [...this.deals.values()].filter((deal) => deal.agreement.brand === brand);
  }

  /** The factors of all of these months together. */
  async factorsOf(client: PoolClient, deal: Deal, periods: readonly Period[]): Promise<MonthFactors> {
    const months = [];
    for (const period of periods) months.push(await this.factorsOfMonth(client, deal, period));
    if (months.length === 1) return months[0]!;
    return {
      list: months.flatMap((m) => m.list),
      map: new Map(months.flatMap((m) => [...m.map])),
      provisional: new Set(months.flatMap((m) => [...m.provisional])),
    };
  }

  /** SHA-256 over the rates that a month may use. */
  async ratesHash(client: PoolClient, period: Period): Promise<string> {
    const rates = await this.ratesOf(client, period);
    return hashOf(rates.map((r) => `${r.base} ${r.quote} ${r.day} ${r.rate}`).sort());
  }

  private factorsOfMonth(client: PoolClient, { agreement }: Deal, period: Period): Promise<MonthFactors> {
    const { currency: to, fx: policy } = agreement;
    const key = `${to} ${policy.date} ${period}`;
    const known = this.factors.get(key);
    if (known) return known;
    const made = this.ratesOf(client, period).then((rates) => {
      const standIns = provisionalFactors(rates, { to, policy, period });
      const provisional = new Set<string>(standIns.keys());
      const map = new Map([...fxFactors(rates, { to, policy, period }), ...standIns]);
      const list = [...map].map(([key, factor]) => {
        const [currency, day] = key.split(' ') as [string, string];
        return { currency, day, factor, provisional: provisional.has(key) };
      });
      return { list: list.filter(({ currency }) => currency !== to), map, provisional };
    });
    this.factors.set(key, made);
    return made;
  }

  private ratesOf(client: PoolClient, period: Period): Promise<FxRate[]> {
    let rates = this.rates.get(period);
    if (!rates) {
      const days = daysOf(period);
      const first = Date.parse(`${days[0]}T00:00:00Z`) - MAX_RATE_AGE_DAYS * 86_400_000;
      rates = readRatesWithin(client, {
        first: new Date(first).toISOString().slice(0, 10),
        last: days.at(-1)!,
      });
      this.rates.set(period, rates);
    }
    return rates;
  }
}

/** Takes the lock, and reads agreements and rates again where they have changed. */
export async function currentBook(client: PoolClient, book?: Book): Promise<Book> {
  const revision = await lockCommissions(client);
  return book?.revision === revision ? book : readBook(client, revision);
}

/** Reads the agreements in force. */
export async function readBook(client: PoolClient, revision: string): Promise<Book> {
  const { agreements, ngrs } = await readStoredFiles(client);
  return new Book(revision, new Map(agreements.map((a) => [a.agreement, dealOf(a, ngrs)])));
}

/** What is in force, as files have it. */
export async function readStoredFiles(
  client: PoolClient,
): Promise<{ agreements: Agreement[]; ngrs: NgrDefinition[] }> {
  const { agreements, ngrs } = await readDeals(client);
  return {
    agreements: agreements.map(({ terms, plans }) => ({
      ...(terms as Omit<Agreement, 'plans'>),
      plans: plans.map((p) => p.terms as Plan),
    })),
    ngrs: ngrs.map(({ ngr, brand, time_zone, versions }) => ({
      ...{ ngr, brand, time_zone },
      versions: versions.map((v) => v.terms as NgrVersion),
    })),
  };
}

/** Whether a month of the deal is over. */
export function isOver(deal: Deal, period: Period, now: Date): boolean {
  return Date.parse(boundsOf(deal.agreement.time_zone, period).to) <= now.getTime();
}
