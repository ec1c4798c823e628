import type { PoolClient } from 'pg';
import {
  collectMarks,
  countMarkedWithin,
  countMarksOf,
  readBooked,
  readFoundation,
  readStatements,
  type BookedRow,
  type Database,
  type FoundationRates,
  type StatementRow,
} from '#libs/database';
import {
  LINE_ORDER,
  boundsOf,
  daysOf,
  canonical,
  statementOf,
  sumOf,
  type Booked,
  type Deal,
  type LineKind,
  type Manifest,
  type Period,
  type Statement,
  type StatementContent,
} from '#libs/commissions';
import { isOver, readBook, type Book } from './read-book.js';
import { setAsideIn } from './read-set-aside.js';

/**
 * A statement as it was closed; else as it would be if its month were closed now, with what stands in the way.
 * @returns undefined: there is no such agreement
 */
export async function readStatement(
  database: Database,
  agreement: string,
  period: Period,
  now: Date,
): Promise<Statement | undefined> {
  return readOnly(database, async (client) => {
    const book = await readBook(client, '');
    const deal = book.deals.get(agreement);
    if (!deal) return undefined;
    const [closed] = await readStatements(client, agreement, period);
    if (closed) return closedStatement(closed);
    const marks = await countMarksOf(
      client,
      { brand: deal.agreement.brand, agreement, period },
      daysOfMonth(deal, period),
    );
    const waiting =
      marks > 0 ? [`${marks === 1 ? '1 mark waits' : `${marks} marks wait`} to be reckoned`] : [];
    waiting.push(...(await setAsideIn(client, book, deal, period)));
    return openStatement(client, book, deal, period, now, waiting);
  });
}

/** Runs what only reads, in a transaction that refuses to write and sees one state of all tables. */
export async function readOnly<T>(database: Database, read: (client: PoolClient) => Promise<T>): Promise<T> {
  return database.transaction(async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return read(client);
  });
}

/** The statement of a month that is not closed, from the ledger. @param waiting what is not reckoned yet, for people */
async function openStatement(
  client: PoolClient,
  book: Book,
  deal: Deal,
  period: Period,
  now: Date,
  waiting: readonly string[],
): Promise<Statement> {
  const booked = await readBooked(client, deal.agreement.agreement, period);
  const content = await contentOf(client, book, deal, period, booked);
  const rates = await readFoundation(client, deal.agreement.agreement, period);
  return statementOf(deal, {
    ...content,
    unfinished: [...unfinishedOf(deal, period, now, rates), ...waiting],
  });
}

/** Why a month is not finished, whatever waits. */
export function unfinishedOf(
  deal: Deal,
  period: Period,
  now: Date,
  { missing_rates, provisional_rates }: FoundationRates,
): string[] {
  const begins = deal.plans.map(({ plan }) => plan.from).sort()[0];
  return [
    ...(begins !== undefined && daysOf(period).at(-1)! < begins ? [`the agreement begins on ${begins}`] : []),
    ...(isOver(deal, period, now)
      ? []
      : [`the month is not over until ${boundsOf(deal.agreement.time_zone, period).to}`]),
    ...(missing_rates.length > 0 ? [`no rate for ${missing_rates.join(', ')}`] : []),
    ...(provisional_rates.length > 0
      ? [
          `no rate of the month's end for ${provisional_rates.join(', ')} yet, the latest one stands in for it`,
        ]
      : []),
  ];
}

/** What a month's statement says, or said when it was closed, by what is booked in it; what is unfinished is left to the
 * caller. */
export async function contentOf(
  client: PoolClient,
  book: Book,
  deal: Deal,
  period: Period,
  booked: readonly BookedRow[],
): Promise<StatementContent> {
  const { agreement } = deal.agreement;
  const all = await readStatements(client, agreement);
  const own = all.find((s) => s.period === period);
  const closed = own ? all.filter((s) => s.number < own.number) : all;
  const { facts, last_entry_id } = await readFoundation(client, agreement, period);
  return {
    period,
    booked: booked.map((b) => ({ ...b, kind: b.kind as LineKind, ...paidBefore(closed, b) })),
    openingBalance: closed[0]?.closing_balance ?? '0',
    unfinished: [],
    facts,
    ratesHash: await book.ratesHash(client, period),
    lastEntryId: last_entry_id,
  };
}

function paidBefore(
  closed: readonly StatementRow[],
  { kind, of_period }: { kind: string; of_period: string },
): Pick<Booked, 'before'> {
  const lines = closed.flatMap((s) => s.lines).filter((l) => l.kind === kind && l.of_period === of_period);
  if (lines.length === 0) return {};
  const sum = (texts: string[]): string => canonical(sumOf(texts));
  return { before: { exact: sum(lines.map((l) => l.exact)), amount: sum(lines.map((l) => l.amount)) } };
}

/** How many subjects wait whose facts may be of the month, or of any. Under the worker's lock. */
export async function countWaiting(client: PoolClient, deal: Deal, period: Period): Promise<number> {
  while (await collectMarks(client));
  return countMarkedWithin(client, deal.agreement.brand, daysOfMonth(deal, period));
}

/** The days of UTC that a month may reach into, both included. */
export function daysOfMonth(deal: Deal, period: Period): { first: string; last: string } {
  const { from, to } = boundsOf(deal.agreement.time_zone, period);
  return { first: from.slice(0, 10), last: to.slice(0, 10) };
}

/** A statement of the tables. */
export function closedStatement({ lines, manifest, ...row }: StatementRow): Statement {
  const order = statementLines(row.period, lines);
  return { ...row, status: 'closed', lines: order, unfinished: [], manifest: manifest as Manifest };
}

function statementLines(period: Period, lines: StatementRow['lines']): Statement['lines'] {
  const place = ({ of_period, kind }: StatementRow['lines'][number]): string =>
    `${of_period === period ? '' : of_period} ${LINE_ORDER.indexOf(kind as LineKind)}`;
  return [...lines]
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .map((line) => ({ ...line, kind: line.kind as LineKind }));
}
