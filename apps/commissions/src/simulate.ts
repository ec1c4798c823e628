import type { PoolClient } from 'pg';
import {
  readBooked,
  readBookedElsewhere,
  readSubjects,
  type CommissionRow,
  type Database,
  type FoundationRates,
  type MonthRow,
} from '#libs/database';
import {
  canonical,
  dealOf,
  decimal,
  lastBegun,
  settleMonths,
  statementOf,
  sumFacts,
  sumOf,
  type Agreement,
  type Booked,
  type CpaBasis,
  type Deal,
  type Facts,
  type LineKind,
  type NgrDefinition,
  type Period,
  type Statement,
} from '#libs/commissions';
import { partnerMonths } from './partner-months.js';
import { Book, readBook } from './read-book.js';
import { periodsFrom } from './read-months.js';
import { setAsideIn } from './read-set-aside.js';
import { contentOf, readOnly, unfinishedOf } from './read-statement.js';
import { reckonSubjects } from './reckon-subjects.js';

const CHUNK = 1_000;

/**
 * A month's statement as it would be under another agreement in place of the one of its name, from the facts that are there
 * now. Reads only. Adjustments of other months are the ledger's own.
 */
export async function simulate(
  database: Database,
  { agreement, ngrs }: { agreement: Agreement; ngrs: NgrDefinition[] },
  period: Period,
  now: Date,
): Promise<Statement> {
  return readOnly(database, async (client) => {
    const stored = await readBook(client, '');
    const deal = dealOf(agreement, ngrs);
    const book = new Book('', new Map([...stored.deals, [agreement.agreement, deal]]));
    const sums = await reckonAll(client, book, deal, period, now);
    const booked = await bookedOf(client, agreement.agreement, period, sums.booked(lastBegun(now)));
    const content = await contentOf(client, book, deal, period, booked);
    const unfinished = unfinishedOf(deal, period, now, sums.lacking());
    unfinished.push(...(await setAsideIn(client, book, deal, period)));
    return statementOf(deal, { ...content, facts: sums.facts, unfinished });
  });
}

/** What is booked in the month of other ones, and of the month itself what is not booked elsewhere. */
async function bookedOf(
  client: PoolClient,
  agreement: string,
  period: Period,
  simulated: readonly Booked[],
): Promise<Booked[]> {
  const ledger = await readBooked(client, agreement, period);
  const elsewhere = await readBookedElsewhere(client, agreement, period);
  const kinds = new Set([...simulated.map((b) => b.kind as string), ...elsewhere.keys()]);
  const own = [...kinds].map((kind): Booked => {
    const of = simulated.find((b) => b.kind === kind);
    const exact = decimal(of?.exact ?? '0').minus(elsewhere.get(kind) ?? '0');
    return {
      kind: kind as LineKind,
      of_period: period,
      players: of?.players ?? 0,
      exact: canonical(exact),
    };
  });
  const others = ledger.filter((b) => b.of_period !== period);
  return [...own, ...others.map((b) => ({ ...b, kind: b.kind as LineKind }))];
}

/** Reckons everybody whom the deal covers, over all months, and keeps the sums. */
async function reckonAll(
  client: PoolClient,
  book: Book,
  deal: Deal,
  period: Period,
  now: Date,
): Promise<Sums> {
  const { agreement, brand } = deal.agreement;
  const sums = new Sums(deal, period);
  const nothing = { players: [], months: [], commissions: [] };
  const subjects = await readSubjects(client, brand);
  for (let at = 0; at < subjects.length; at += CHUNK) {
    const chunk = subjects.slice(at, at + CHUNK);
    const marked = chunk.map((subject) => ({ subject, days: [], everything: true }));
    const reckoned = await reckonSubjects(client, book, brand, marked, nothing, now, agreement);
    for (const player of reckoned.players) sums.addRates(player);
    for (const month of reckoned.months) sums.addMonth(month);
    for (const commission of reckoned.commissions) sums.addCommission(commission);
  }
  return sums;
}

/** What players come to: as far as the month's statement asks for it. */
class Sums {
  private readonly missingRates = new Set<string>();
  private readonly provisionalRates = new Set<string>();
  facts: Facts = sumFacts([]);
  private readonly segments = new Map<
    string,
    { period: Period; segment: number; counted: string; first_deposits: number }
  >();
  private readonly shares = new Map<Period, string>();
  private readonly cpas: { period: Period; subject: string; at: string; amount: string }[] = [];
  private readonly lines = new Map<string, { exact: string; subjects: Set<string> }>();
  private readonly counting = new Set<string>();

  constructor(
    private readonly deal: Deal,
    private readonly period: Period,
  ) {}

  addRates({ missing_rates, provisional_rates }: FoundationRates): void {
    for (const rate of missing_rates) {
      if (rate.slice(-10, -3) === this.period) this.missingRates.add(rate);
    }
    for (const rate of provisional_rates) {
      const [currency, period] = rate.split(' ') as [string, string];
      if (period === this.period) this.provisionalRates.add(currency);
    }
  }

  /** What the month lacks of rates. */
  lacking(): FoundationRates {
    return {
      missing_rates: [...this.missingRates].sort(),
      provisional_rates: [...this.provisionalRates].sort(),
    };
  }

  addMonth(month: MonthRow): void {
    const { period, segment, counted } = month;
    const key = `${period} ${segment}`;
    const sum = this.segments.get(key) ?? { period, segment, counted: '0', first_deposits: 0 };
    sum.counted = canonical(sumOf([sum.counted, counted]));
    if (month.first_deposit) sum.first_deposits++;
    this.segments.set(key, sum);
    if (period !== this.period) return;
    this.addRates(month);
    this.facts = sumFacts([this.facts, month.facts as Facts]);
    if (counted !== '0') this.counting.add(month.subject);
  }

  addCommission({ period, subject, kind, amount, basis }: CommissionRow): void {
    if (kind === 'cpa') this.cpas.push({ period, subject, amount, at: (basis as CpaBasis).at });
    else this.shares.set(period, canonical(sumOf([this.shares.get(period) ?? '0', amount])));
    if (period === this.period) this.addLine(kind, amount, subject);
  }

  /** The month's lines, with the partner's own. @param begun the last month that has begun: the partner's own lines are of no
   * later one */
  booked(begun: Period): Booked[] {
    const known = [...this.segments.values(), ...this.cpas]
      .map((of) => of.period)
      .filter((of) => of <= begun)
      .sort();
    const [first, last] = [known[0], known.at(-1)];
    const months = partnerMonths(this.deal, first === undefined ? [] : periodsFrom(first, last!), {
      sums: [...this.segments.values()],
      shares: this.shares,
      cpas: this.cpas,
    });
    const settled = settleMonths(months, '0').find((month) => month.period === this.period);
    for (const { kind, amount } of settled?.commissions ?? []) this.addLine(kind, amount, '');
    return [...this.lines].map(([kind, { exact, subjects }]) => ({
      kind: kind as LineKind,
      of_period: this.period,
      players: subjects.size === 0 && kind === 'revenue_share' ? this.counting.size : subjects.size,
      exact,
    }));
  }

  private addLine(kind: string, amount: string, subject: string): void {
    const line = this.lines.get(kind) ?? { exact: '0', subjects: new Set<string>() };
    line.exact = canonical(sumOf([line.exact, amount]));
    if (subject !== '') line.subjects.add(subject);
    this.lines.set(kind, line);
  }
}
