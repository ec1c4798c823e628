import type { PoolClient } from 'pg';
import {
  hasMarkedPeriods,
  insertStatement,
  keepPlayers,
  lockCommissions,
  markSubjects,
  readAdjustedPeriods,
  readBooked,
  readFoundation,
  readStatements,
  readUnlikeKept,
  type Database,
} from '#libs/database';
import { instantFromMs } from '#libs/events';
import { statementOf, type Deal, type Period, type Statement } from '#libs/commissions';
import { currentBook, type Book } from './read-book.js';
import { factTermsOf, feeRatesOf } from './fact-terms.js';
import { contentOf, countWaiting, unfinishedOf } from './read-statement.js';
import { setAsideIn } from './read-set-aside.js';
import { CloseRefused } from './run-report.js';

/** What is closed, by whom. */
interface Closing {
  agreement: string;
  period: Period;
  closedBy: string;
  now: Date;
  /** Hash of the manifest that somebody has agreed to; absent: whatever it comes to now. */
  shown?: string;
}

/**
 * Closes a month for good: its statement, the lines, the manifest and all that it rests on, fact by fact, are written in one
 * transaction, under the lock of who reckons. What changes later is booked in the first month that is not closed. Months may
 * be closed in any order.
 * @throws CloseRefused with every reason: the month is closed, not over or before the agreement, a rate is missing, marks wait, a player of it is set
 * aside, it does not come to what was shown, or players were reckoned by other facts than are there; these are marked, so that the next run mends it
 */
export async function closePeriod(database: Database, options: Closing): Promise<Statement> {
  const { agreement, period, closedBy } = options;
  const unlike: { brand: string; subjects: string[] } = { brand: '', subjects: [] };
  try {
    return await database.transaction(async (client) => {
      const book = await currentBook(client);
      const deal = book.deals.get(agreement);
      if (!deal) throw new CloseRefused(agreement, period, ['there is no such agreement']);
      const statement = await finalStatement(client, book, deal, options);
      const number = statement.number!;
      await insertStatement(client, {
        ...{ ...statement, number, closed_at: statement.closed_at!, closed_by: closedBy },
      });
      await keepFacts(client, book, deal, { period, number });
      unlike.brand = deal.agreement.brand;
      unlike.subjects = await readUnlikeKept(client, agreement, period);
      if (unlike.subjects.length > 0) {
        const why = `${unlike.subjects.length} players were reckoned by other facts than are there now: they are to be reckoned again`;
        throw new CloseRefused(agreement, period, [why]);
      }
      return statement;
    });
  } finally {
    if (unlike.subjects.length > 0) {
      await database.transaction(async (client) => {
        await lockCommissions(client); // else who reckons may lock the same rows in another order
        await markSubjects(client, unlike.brand, unlike.subjects);
      });
    }
  }
}

/** Keeps the facts of the month and of those that its statement adjusts. */
async function keepFacts(
  client: PoolClient,
  book: Book,
  deal: Deal,
  statement: { period: Period; number: number },
): Promise<void> {
  const adjusted = await readAdjustedPeriods(client, deal.agreement.agreement, statement.period);
  const periods = [...adjusted, statement.period];
  const terms = await factTermsOf(client, book, deal, periods);
  await keepPlayers(client, terms, statement, await feeRatesOf(client, book, deal, periods));
}

async function finalStatement(
  client: PoolClient,
  book: Book,
  deal: Deal,
  { agreement, period, closedBy, now, shown }: Closing,
): Promise<Statement> {
  const closed = await readStatements(client, agreement);
  if (closed.some((s) => s.period === period)) {
    throw new CloseRefused(agreement, period, ['it is closed already']);
  }
  const reasons = unfinishedOf(deal, period, now, await readFoundation(client, agreement, period));
  const waiting = await countWaiting(client, deal, period);
  if (waiting > 0) reasons.push(`${waiting} players whose facts have changed are not reckoned yet`);
  if (await hasMarkedPeriods(client, agreement, period))
    reasons.push("the partner's own lines are not reckoned yet");
  reasons.push(...(await setAsideIn(client, book, deal, period)));
  if (reasons.length > 0) throw new CloseRefused(agreement, period, reasons);
  const content = await contentOf(client, book, deal, period, await readBooked(client, agreement, period));
  const closing = {
    number: (closed[0]?.number ?? 0) + 1,
    closed_at: instantFromMs(now.getTime()),
    closed_by: closedBy,
  };
  const statement = statementOf(deal, { ...content, unfinished: [], closed: closing });
  if (shown !== undefined && shown !== statement.manifest.hash) {
    const { payable, currency } = statement;
    throw new CloseRefused(agreement, period, [
      `it is not what was shown any more: ${payable} ${currency} are to be paid now`,
    ]);
  }
  return statement;
}
