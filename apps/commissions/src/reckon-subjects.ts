import type { PoolClient } from 'pg';
import {
  readAcquisitions,
  type AcquisitionRow,
  type CommissionRow,
  type CoveredRow,
  type MarkedSubject,
  type MonthRow,
  type Results,
} from '#libs/database';
import {
  END_OF_TIME,
  computePlayer,
  coverageOf,
  periodsOfDay,
  segmentsOf,
  startOfDay,
  type Activity,
  type Deal,
  type MatchedBy,
  type Period,
  type PlayerMonth,
  type Segment,
} from '#libs/commissions';
import { activityOfMonth } from './activity-of.js';
import type { Book, MonthFactors } from './read-book.js';
import { readMonths, type ReadMonth } from './read-months.js';
import { readTriggers, type KnownPlayer } from './read-triggers.js';

/** A covered subject, and how it came to be. */
interface Covered {
  row: AcquisitionRow;
  matchedBy: MatchedBy;
  contestedBy: string[];
}

/**
 * All that subjects of a brand come to by their facts. Months that are not marked are taken as they stand, where the subject
 * is still with the same agreement.
 * @param standing what stands of them; of who is new, nothing
 * @param only the agreement that is asked about, where not all are
 */
export async function reckonSubjects(
  client: PoolClient,
  book: Book,
  brand: string,
  subjects: readonly MarkedSubject[],
  standing: Results,
  now: Date,
  only?: string,
): Promise<Results> {
  const deals = book.ofBrand(brand);
  const acquired = await readAcquisitions(
    client,
    brand,
    subjects.map((s) => s.subject),
  );
  const covered = coveredBy(deals, acquired);
  const results: Results = { players: [], months: [], commissions: [] };
  for (const deal of deals) {
    if (only !== undefined && deal.agreement.agreement !== only) continue;
    const own = covered.get(deal.agreement.agreement);
    if (own) append(results, await reckonCovered(client, book, deal, own, subjects, standing, now));
  }
  return results;
}

function coveredBy(deals: readonly Deal[], acquired: readonly AcquisitionRow[]): Map<string, Covered[]> {
  const agreements = deals.map((deal) => deal.agreement);
  const covered = new Map<string, Covered[]>();
  for (const row of acquired) {
    const found = coverageOf(agreements, row);
    if (!found) continue;
    const { agreement, matchedBy, contestedBy } = found;
    const there = covered.get(agreement);
    if (there) there.push({ row, matchedBy, contestedBy });
    else covered.set(agreement, [{ row, matchedBy, contestedBy }]);
  }
  return covered;
}

async function reckonCovered(
  client: PoolClient,
  book: Book,
  deal: Deal,
  covered: readonly Covered[],
  subjects: readonly MarkedSubject[],
  standing: Results,
  now: Date,
): Promise<Results> {
  const { agreement, brand } = deal.agreement;
  const marked = new Map(subjects.map((s) => [s.subject, s]));
  const stayed = new Set(standing.players.filter((p) => p.agreement === agreement).map((p) => p.subject));
  const wanted = covered.map(({ row: { subject } }) => {
    const { days, everything } = marked.get(subject)!;
    if (everything || !stayed.has(subject)) return { subject, periods: 'all' as const };
    return { subject, periods: periodsOfDays(deal, days) };
  });
  const kept = bySubject(standingMonths(deal, wanted, standing.months));
  const read = bySubject(await readMonths(client, book, deal, wanted, now));
  const known = await readTriggers(
    client,
    book,
    deal,
    covered.map((c) => c.row),
  );
  const results: Results = { players: [], months: [], commissions: [] };
  const fees = await feeFactors(client, book, deal, [...kept.values(), ...read.values()].flat());
  for (const [i, player] of known.entries()) {
    const { facts } = player;
    const months = [...(kept.get(facts.subject) ?? []), ...(read.get(facts.subject) ?? [])];
    results.players.push(coveredRow(brand, agreement, covered[i]!, player));
    const result = computePlayer(deal, facts, months, fees.map, fees.provisional);
    const currencies = new Map(months.map((m) => [`${m.segment.period} ${m.segment.index}`, m.currencies]));
    for (const month of result.months) {
      results.months.push(monthRow(agreement, month, currencies.get(`${month.period} ${month.segment}`)!));
    }
    for (const c of result.commissions) {
      results.commissions.push(commissionRow(deal, c));
    }
  }
  return results;
}

/** The months of facts of these days of UTC, as far as they count: what lies before the first plan, and at the end of time, does
 * not, however far away it is. */
function periodsOfDays({ plans, agreement: { time_zone } }: Deal, days: readonly string[]): Period[] {
  const first = plans[0] && startOfDay(time_zone, plans[0].plan.from).slice(0, 10);
  const counting = days.filter(
    (day) => first !== undefined && first <= day && day < END_OF_TIME.slice(0, 10),
  );
  return [...new Set(counting.flatMap((day) => periodsOfDay(time_zone, day)))].sort();
}

/** Months that stand and are not read again. */
function standingMonths(
  deal: Deal,
  wanted: readonly { subject: string; periods: readonly string[] | 'all' }[],
  months: readonly MonthRow[],
): ReadMonth[] {
  const readAgain = new Map(wanted.map((w) => [w.subject, w.periods]));
  return months.flatMap((row): ReadMonth[] => {
    const periods = readAgain.get(row.subject);
    if (periods === undefined || periods === 'all' || row.agreement !== deal.agreement.agreement) return [];
    if (periods.includes(row.period)) return [];
    const segment = segmentOf(deal, row);
    return [{ subject: row.subject, segment, activity: activityOfMonth(row), currencies: row.currencies }];
  });
}

/** @throws Error where the agreement has changed and its players were not marked: a bug */
function segmentOf(deal: Deal, row: MonthRow): Segment {
  const segment = segmentsOf(deal, row.period)[row.segment];
  if (!segment) throw new Error(`${row.agreement} has no segment ${row.segment} in ${row.period}`);
  return segment;
}

/** Rates for fixed fees in another currency. */
async function feeFactors(
  client: PoolClient,
  book: Book,
  deal: Deal,
  months: readonly ReadMonth[],
): Promise<Pick<MonthFactors, 'map' | 'provisional'>> {
  const { currency } = deal.agreement;
  const periods = new Set(
    months.flatMap(({ segment: { ngr, period } }) =>
      ngr?.fixed && ngr.fixed.currency !== currency ? [period] : [],
    ),
  );
  return periods.size === 0
    ? { map: new Map(), provisional: new Set() }
    : book.factorsOf(client, deal, [...periods].sort());
}

function coveredRow(
  brand: string,
  agreement: string,
  { row, matchedBy, contestedBy }: Covered,
  { facts, currencies, missing_rates, provisional_rates }: KnownPlayer,
): CoveredRow {
  return {
    ...{ brand, subject: row.subject, agreement, matched_by: matchedBy, click_id: row.click_id },
    contested_by: contestedBy,
    exclusions: facts.exclusions,
    triggers: facts.triggers,
    ...{ currencies, missing_rates, provisional_rates },
  };
}

function monthRow(agreement: string, month: PlayerMonth, currencies: string[]): MonthRow {
  const { activity, period, segment, subject, planVersion, ngrVersion, ...steps } = month;
  const { facts, missing_rates, provisional_rates, ...terms } = activity satisfies Activity;
  return {
    ...{ agreement, period, segment, subject, plan_version: planVersion, ngr_version: ngrVersion },
    ...terms,
    ...steps,
    ...{ facts, currencies, missing_rates, provisional_rates },
  };
}

/** A commission as a row. */
export function commissionRow(
  { agreement: { agreement, currency } }: Deal,
  {
    period,
    subject,
    kind,
    amount,
    basis,
  }: { period: string; subject: string; kind: string; amount: string; basis: unknown },
): CommissionRow {
  return { agreement, period, subject, kind, amount, currency, basis };
}

function bySubject<T extends { subject: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const there = groups.get(item.subject);
    if (there) there.push(item);
    else groups.set(item.subject, [item]);
  }
  return groups;
}

function append(results: Results, more: Results): void {
  results.players.push(...more.players);
  results.months.push(...more.months);
  results.commissions.push(...more.commissions);
}
