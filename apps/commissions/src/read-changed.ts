import { countMarksOf, hasKeptPlayers, readChangedSince, type Database } from '#libs/database';
import type { Period, Subject } from '#libs/commissions';
import { readBook } from './read-book.js';
import { daysOfMonth, readOnly } from './read-statement.js';

/** Whose facts of a closed month are not those any more that it was paid on. */
export interface ChangedPlayers {
  /** Whether the month's facts were kept when it was closed; if not, nothing is known. */
  kept: boolean;
  subjects: Subject[];
  /** Whether facts have changed that are not reckoned yet: there may be more. */
  waits: boolean;
}

/** Compares what the month was paid on with what is reckoned by today. */
export async function readChangedPlayers(
  database: Database,
  agreement: string,
  period: Period,
): Promise<ChangedPlayers> {
  return readOnly(database, async (client) => {
    const deal = (await readBook(client, '')).deals.get(agreement);
    if (!deal || !(await hasKeptPlayers(client, agreement, period))) {
      return { kept: false, subjects: [], waits: false };
    }
    const of = { brand: deal.agreement.brand, agreement, period };
    const waiting = await countMarksOf(client, of, daysOfMonth(deal, period));
    return { kept: true, subjects: await readChangedSince(client, agreement, period), waits: waiting > 0 };
  });
}
