import type { PoolClient } from 'pg';
import { readAcquisitions, readResults, readSetAside, type SetAside } from '#libs/database';
import { boundsOf, coverageOf, type Deal, type Period } from '#libs/commissions';
import type { Book } from './read-book.js';

/** Those that are named. */
const NAMED = 10;

/**
 * Who is set aside of those whom a month of a deal is about, for people: its players by what is known of them now, those that
 * stand with it, and the partner's own lines. What is of later days is left out: it changes nothing of the month.
 */
export async function setAsideIn(
  client: PoolClient,
  book: Book,
  deal: Deal,
  period: Period,
): Promise<string[]> {
  const { agreement, brand, time_zone } = deal.agreement;
  const last = boundsOf(time_zone, period).to.slice(0, 10);
  const aside = await readSetAside(client, brand);
  const own = aside.filter((a) => a.agreement === agreement && a.period! <= period);
  const players = aside.filter(
    (a) => a.subject !== '' && (a.everything || a.days.length === 0 || a.days.some((day) => day <= last)),
  );
  const among = await subjectsOf(client, book, deal, players);
  const texts = [...own, ...players.filter((a) => among.has(a.subject))].map(
    ({ subject, reason, since }) =>
      `${subject === '' ? "the partner's own lines are" : `player ${subject} is`} set aside since ${since}: ${reason}`,
  );
  return texts.length <= NAMED
    ? texts
    : [...texts.slice(0, NAMED), `${texts.length - NAMED} more players are set aside`];
}

async function subjectsOf(
  client: PoolClient,
  book: Book,
  deal: Deal,
  players: readonly SetAside[],
): Promise<Set<string>> {
  if (players.length === 0) return new Set();
  const { agreement, brand } = deal.agreement;
  const ids = players.map((a) => a.subject);
  const deals = book.ofBrand(brand).map((d) => d.agreement);
  const acquired = await readAcquisitions(client, brand, ids);
  const covered = acquired.filter((row) => coverageOf(deals, row)?.agreement === agreement);
  const standing = (await readResults(client, brand, [], ids)).players.filter(
    (p) => p.agreement === agreement,
  );
  return new Set([...covered, ...standing].map((row) => row.subject));
}
