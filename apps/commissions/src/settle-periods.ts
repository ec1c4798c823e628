import type { PoolClient } from 'pg';
import {
  commissionDifference,
  markPeriods,
  readCarryBefore,
  readCpas,
  readPartnerCommissions,
  readPartnerSums,
  readReckonedRange,
  replaceCarries,
  setAgreementAside,
  takeBackAgreement,
  takePeriods,
  writeCommissions,
  type Database,
} from '#libs/database';
import { lastBegun, nextPeriod, settleMonths, type Deal, type Period } from '#libs/commissions';
import { appendDifferences } from './append-differences.js';
import { partnerMonths, type PlayersSums } from './partner-months.js';
import { currentBook, type Book } from './read-book.js';
import { periodsFrom } from './read-months.js';
import { commissionRow } from './reckon-subjects.js';
import { withinSavepoint } from './within-savepoint.js';

/**
 * Reckons the partners' own lines of the months that are marked and of all that follow them; one transaction an agreement. An
 * agreement that cannot be settled is set aside, and holds up no other.
 * @returns how many ledger entries were written
 */
export async function settlePeriods(database: Database, now: Date): Promise<number> {
  let entries = 0;
  let book: Book | undefined;
  for (;;) {
    const written = await database.transaction(async (client) => {
      book = await currentBook(client, book);
      const taken = await takePeriods(client, lastBegun(now));
      if (taken === undefined) return undefined;
      const deal = book.deals.get(taken.agreement);
      return deal ? settleDeal(client, book, deal, taken.earliest, now) : 0;
    });
    if (written === undefined) return entries;
    entries += written;
  }
}

async function settleDeal(
  client: PoolClient,
  book: Book,
  deal: Deal,
  earliest: Period,
  now: Date,
): Promise<number> {
  const { agreement, brand } = deal.agreement;
  const tried = await withinSavepoint(client, () => settleFrom(client, deal, earliest, now));
  if ('refusal' in tried) {
    const refused = { reason: tried.refusal, now, inputs: book.revision };
    await setAgreementAside(client, { brand, agreement, period: earliest }, refused);
    return 0;
  }
  await takeBackAgreement(client, agreement);
  return tried.result;
}

/** Months that have not begun are not settled: they are marked, and wait until they have. */
async function settleFrom(client: PoolClient, deal: Deal, earliest: Period, now: Date): Promise<number> {
  const { agreement } = deal.agreement;
  const range = await readReckonedRange(client, agreement, lastBegun(now));
  const first = range.first ?? earliest;
  const wanted = earliest < first ? first : earliest;
  const before = await readCarryBefore(client, agreement, wanted);
  const known = before && before.period >= first ? before : undefined;
  // A month without anything between two others passes on what it was left
  const from = known ? nextPeriod(known.period) : first;
  const periods = range.last === undefined ? [] : periodsFrom(from, range.last);
  const players = await readPlayers(client, deal, periods);
  const settled = settleMonths(partnerMonths(deal, periods, players), known?.carried_out ?? '0');
  const stored = await readPartnerCommissions(client, agreement);
  const difference = commissionDifference(
    stored.filter(({ period }) => period < first || period >= from),
    settled.flatMap((month) => month.commissions.map((c) => commissionRow(deal, c))),
  );
  await writeCommissions(client, difference);
  const active = new Set([...players.sums.map((sum) => sum.period), ...players.shares.keys()]);
  const carries = settled
    .filter(({ period, carriedOut }) => active.has(period) || carriedOut !== '0')
    .map(({ period, carriedOut }) => ({ period, carried_out: carriedOut }));
  await replaceCarries(client, agreement, { first, from }, carries);
  if (range.next !== undefined) await markPeriods(client, [{ agreement, period: range.next }]);
  return appendDifferences(client, [...difference.changed, ...difference.gone], now);
}

async function readPlayers(client: PoolClient, deal: Deal, periods: readonly Period[]): Promise<PlayersSums> {
  if (periods.length === 0) return { sums: [], shares: new Map(), cpas: [] };
  const { agreement } = deal.agreement;
  const { sums, shares } = await readPartnerSums(client, agreement, periods);
  const hasCap = deal.plans.some(({ plan }) => plan.type !== 'revenue_share' && plan.cpa.cap);
  const cpas = hasCap ? await readCpas(client, agreement, periods) : [];
  return { sums, shares, cpas };
}
