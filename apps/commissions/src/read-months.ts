import type { PoolClient } from 'pg';
import type { Instant } from '#libs/events';
import { readActivities, type WantedFacts } from '#libs/database';
import {
  END_OF_TIME,
  boundsOf,
  nextPeriod,
  periodOf,
  segmentsOf,
  startOfDay,
  type Activity,
  type Deal,
  type Period,
  type Segment,
} from '#libs/commissions';
import { activityOf } from './activity-of.js';
import type { Book } from './read-book.js';

/** Whose months are to be read: some, or all. */
export interface WantedMonths {
  subject: string;
  periods: readonly Period[] | 'all';
}

/** What a subject did in a segment. */
export interface ReadMonth {
  subject: string;
  segment: Segment;
  activity: Activity;
  /** Of the facts, and of fees: other than the agreement's. */
  currencies: string[];
}

/** What subjects of a deal did in months, by segment; where they did nothing there is none. */
export async function readMonths(
  client: PoolClient,
  book: Book,
  deal: Deal,
  wanted: readonly WantedMonths[],
  now: Date,
): Promise<ReadMonth[]> {
  const zone = deal.agreement.time_zone;
  const some = wanted.filter((w) => w.periods !== 'all' && w.periods.length > 0);
  const ranges = some.flatMap(({ subject, periods }) => rangesOf(zone, subject, periods as Period[]));
  const read = await readRanges(
    client,
    book,
    deal,
    ranges,
    [...new Set(some.flatMap((w) => w.periods))].sort(),
  );
  return [...read.months, ...(await readAll(client, book, deal, wanted, now))];
}

/** All months, from the first plan on to the last facts: what lies beyond this month is rare, and asked for again. */
async function readAll(
  client: PoolClient,
  book: Book,
  deal: Deal,
  wanted: readonly WantedMonths[],
  now: Date,
): Promise<ReadMonth[]> {
  const zone = deal.agreement.time_zone;
  const start = deal.plans[0] && startOfDay(zone, deal.plans[0].plan.from);
  if (start === undefined) return [];
  let left = wanted.filter((w) => w.periods === 'all').map((w) => w.subject);
  const months: ReadMonth[] = [];
  let last = later(periodOf(zone, start), periodOf(zone, `${now.toISOString().slice(0, 23)}000Z`));
  while (left.length > 0) {
    const ranges = left.map((subject) => ({ subject, from: start, to: END_OF_TIME }));
    const read = await readRanges(client, book, deal, ranges, periodsFrom(periodOf(zone, start), last));
    const beyond = new Set(read.beyond.map((row) => row.subject));
    months.push(...read.months.filter((month) => !beyond.has(month.subject)));
    left = [...beyond];
    for (const { last_at } of read.beyond) last = later(last, periodOf(zone, last_at));
  }
  return months;
}

/** @param periods months whose facts the ranges may have, in order */
async function readRanges(
  client: PoolClient,
  book: Book,
  deal: Deal,
  ranges: readonly WantedFacts[],
  periods: readonly Period[],
): Promise<{ months: ReadMonth[]; beyond: { subject: string; last_at: Instant }[] }> {
  const segments = periods.flatMap((period) => segmentsOf(deal, period));
  if (ranges.length === 0 || segments.length === 0) return { months: [], beyond: [] };
  const end = boundsOf(deal.agreement.time_zone, periods.at(-1)!).to;
  const bounds = [...new Set([...segments.flatMap(({ from, to }) => [from, to]), end])].sort();
  const starting = new Map(segments.map((segment) => [segment.from, segment]));
  const { brand, currency, time_zone } = deal.agreement;
  const { list: factors } = await book.factorsOf(client, deal, periods);
  const rows = await readActivities(client, brand, ranges, bounds, { currency, time_zone, factors });
  const months = rows.flatMap((row): ReadMonth[] => {
    const segment = starting.get(bounds[row.piece - 1] ?? '');
    if (!segment) return [];
    return [
      {
        subject: row.subject,
        segment,
        activity: activityOf(row, segment),
        currencies: currenciesOf(row.currencies, segment, currency),
      },
    ];
  });
  return { months, beyond: rows.filter((row) => row.piece === bounds.length) };
}

function currenciesOf(currencies: readonly string[], { ngr }: Segment, own: string): string[] {
  if (!ngr) return [];
  const fee = ngr.fixed && ngr.fixed.currency !== own ? [ngr.fixed.currency] : [];
  return [...new Set([...currencies, ...fee])].sort();
}

/** Months that follow each other are one range. */
function rangesOf(zone: string, subject: string, periods: readonly Period[]): WantedFacts[] {
  const ranges: WantedFacts[] = [];
  for (const period of [...periods].sort()) {
    const { from, to: end } = boundsOf(zone, period);
    const to = end < END_OF_TIME ? end : END_OF_TIME;
    const before = ranges.at(-1);
    if (before?.to === from) before.to = to;
    else ranges.push({ subject, from, to });
  }
  return ranges;
}

/** From one month to another, both included. */
export function periodsFrom(first: Period, last: Period): Period[] {
  const periods: Period[] = [];
  for (let period = first; period <= last; period = nextPeriod(period)) periods.push(period);
  return periods;
}

function later(a: Period, b: Period): Period {
  return a > b ? a : b;
}
