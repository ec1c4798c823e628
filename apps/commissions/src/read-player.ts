import type { PoolClient } from 'pg';
import {
  hasKeptPlayers,
  readKept,
  readResults,
  readStatements,
  readSubjectEntries,
  type Database,
  type KeptRow,
  type StatementRow,
  type SubjectEntry,
} from '#libs/database';
import {
  canonical,
  decimal,
  factChanges,
  sumOf,
  type AdjustedMonth,
  type Deal,
  type Fact,
  type LineKind,
  type Period,
  type PlayerBreakdown,
  type PlayerStatement,
  type SinceClosing,
  type Subject,
} from '#libs/commissions';
import { commissionOf, inOrder, keptBreakdown, standingBreakdown, type Asked } from './player-breakdown.js';
import { PlayerFactsReader, comesToTheSame, isReckonedBy } from './player-facts.js';
import { readBook } from './read-book.js';
import { readOnly } from './read-statement.js';

/**
 * A player's month, step by step: of a closed month as it was paid, with what has come to light since; else as it stands. With
 * what is booked in the month of earlier ones.
 * @param withFacts whether every fact is told
 * @returns undefined where the agreement has nothing of them
 */
export async function readPlayer(
  database: Database,
  agreement: string,
  period: Period,
  subject: Subject,
  withFacts = false,
): Promise<PlayerStatement | undefined> {
  return readOnly(database, async (client) => {
    const book = await readBook(client, '');
    const deal = book.deals.get(agreement);
    if (!deal) return undefined;
    const reader = new PlayerFactsReader(client, book, deal, subject);
    const known = await readKnown(client, deal, period, subject);
    const { own, today, entries, statement } = known;
    const isKnown = today.matched_by !== null || own !== undefined || entries.length > 0;
    if (!isKnown) return undefined;
    const breakdown = statement ? paidBreakdown(known) : today;
    const facts = withFacts ? await factsOf(reader, known) : null;
    return {
      ...breakdown,
      closed: statement ? closingOf(statement) : null,
      adjustments: await adjustmentsOf(reader, known),
      since: statement ? await sinceClosing(reader, known, breakdown) : null,
      facts,
      reckoned_again: own && facts ? comesToTheSame(deal, own, breakdown, facts) : null,
    };
  });
}

/** Of a closed month those that it was paid on, or null where they were not kept. */
async function factsOf(
  reader: PlayerFactsReader,
  { asked: { period }, statement, own, keptPeriods }: Known,
): Promise<Fact[] | null> {
  if (!statement) return reader.now(period);
  if (own) return reader.kept(own);
  return keptPeriods.has(period) ? [] : null;
}

/** All that the tables have of a player's month. */
interface Known {
  asked: Asked;
  /** Undefined: the month is open. */
  statement: StatementRow | undefined;
  /** Numbers of closed statements, by month. */
  numbers: ReadonlyMap<Period, number>;
  /** What the month's own statement has kept of it. */
  own: KeptRow | undefined;
  /** All that statements have kept of it and of the months that it adjusts, the first closed first. */
  kept: readonly KeptRow[];
  /** Of these months those whose statements have kept facts of anybody. */
  keptPeriods: ReadonlySet<Period>;
  today: PlayerBreakdown;
  entries: readonly SubjectEntry[];
}

async function readKnown(client: PoolClient, deal: Deal, period: Period, subject: Subject): Promise<Known> {
  const { agreement, brand, currency } = deal.agreement;
  const asked = { agreement, period, subject, currency };
  const statements = await readStatements(client, agreement);
  const entries = await readSubjectEntries(client, agreement, period, subject);
  const periods = [...new Set([period, ...entries.map(({ of_period }) => of_period)])];
  const kept = await readKept(client, agreement, periods, subject);
  const keptPeriods = new Set<Period>();
  for (const of of periods) if (await hasKeptPlayers(client, agreement, of)) keptPeriods.add(of);
  return {
    ...{ asked, entries, kept, keptPeriods },
    statement: statements.find((s) => s.period === period),
    numbers: new Map(statements.map((s) => [s.period, s.number])),
    own: kept.find((k) => k.period === period && k.of_period === period),
    today: standingBreakdown(asked, deal, await readResults(client, brand, [agreement], [subject])),
  };
}

/** As it was paid. Of a month whose facts were not kept there are the entries of the ledger alone. */
function paidBreakdown({ asked, own, entries }: Known): PlayerBreakdown {
  if (own) return keptBreakdown(asked, own);
  const paid = entries.filter((e) => e.of_period === asked.period && e.booked_in === asked.period);
  return {
    ...{ ...asked, matched_by: null, exclusions: [], months: [] },
    commissions: inOrder(paid.map((entry) => commissionOf(entry, asked.period, asked.subject))),
  };
}

function closingOf({ number, closed_at, closed_by, manifest }: StatementRow): PlayerStatement['closed'] {
  const { agreement_version } = manifest as { agreement_version: string };
  return { number, closed_at, closed_by, agreement_version };
}

/** What is booked in the month of earlier ones, and how their facts have changed since they were kept before. */
async function adjustmentsOf(reader: PlayerFactsReader, known: Known): Promise<AdjustedMonth[]> {
  const { asked, entries, kept, keptPeriods, statement } = known;
  const adjusted = entries.filter((e) => e.booked_in === asked.period && e.of_period !== asked.period);
  const months: AdjustedMonth[] = [];
  for (const of_period of [...new Set(adjusted.map((e) => e.of_period))].sort()) {
    const lines = adjusted
      .filter((e) => e.of_period === of_period)
      .map(({ kind, amount }) => {
        const earlier = entries.filter(
          (e) => e.of_period === of_period && e.kind === kind && e.booked_in < asked.period,
        );
        const before = canonical(sumOf(earlier.map((e) => e.amount)));
        const after = canonical(decimal(before).plus(amount));
        return { kind: kind as LineKind, before, after, difference: amount };
      });
    const ofMonth = kept.filter((k) => k.of_period === of_period);
    const last = ofMonth.findLast((k) => statement === undefined || k.number < statement.number);
    const here = ofMonth.find((k) => k.period === asked.period);
    const after = statement ? here && (await reader.kept(here)) : await reader.now(of_period);
    const before = last ? await reader.kept(last) : keptPeriods.has(of_period) ? [] : undefined;
    const changes = before && after ? factChanges(before, after) : null;
    months.push({ of_period, lines, changes });
  }
  return months;
}

/** What today's facts come to, where that is not what was paid, and where the difference is booked. */
async function sinceClosing(
  reader: PlayerFactsReader,
  { asked, own, keptPeriods, today, entries, numbers }: Known,
  paid: PlayerBreakdown,
): Promise<SinceClosing> {
  const now = await reader.now(asked.period);
  const before = own ? await reader.kept(own) : [];
  const amountOf = (of: PlayerBreakdown, kind: LineKind): string =>
    of.commissions.find((c) => c.kind === kind)?.amount ?? '0';
  const kinds = new Set([...paid.commissions, ...today.commissions].map(({ kind }) => kind));
  return {
    changes: keptPeriods.has(asked.period) ? factChanges(before, now) : null,
    covered: today.matched_by !== null,
    exclusions: today.exclusions,
    lines: [...kinds]
      .map((kind) => {
        const [was, is] = [amountOf(paid, kind), amountOf(today, kind)];
        return { kind, paid: was, today: is, difference: canonical(decimal(is).minus(was)) };
      })
      .filter(({ difference }) => difference !== '0'),
    booked: entries
      .filter((e) => e.of_period === asked.period && e.booked_in !== asked.period)
      .map(({ booked_in, kind, amount }) => ({
        ...{ booked_in, number: numbers.get(booked_in) ?? null, kind: kind as LineKind, amount },
      })),
    waits: !isReckonedBy(today, now),
  };
}
