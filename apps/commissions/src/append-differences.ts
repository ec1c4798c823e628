import type { PoolClient } from 'pg';
import { appendEntries, readClosedPeriods, type CommissionRow } from '#libs/database';
import { nextPeriod, type Period } from '#libs/commissions';

/**
 * Books what commissions have changed by: in their own month, or where its statement is closed, in the first later one whose
 * is not.
 * @param rows those that were written or taken away
 * @returns how many entries were written
 */
export async function appendDifferences(
  client: PoolClient,
  rows: readonly CommissionRow[],
  now: Date,
): Promise<number> {
  const closed = await readClosedPeriods(client, [...new Set(rows.map((row) => row.agreement))]);
  const keys = rows.map(({ agreement, period, subject, kind }) => {
    const booked_in = firstOpen(period, closed.get(agreement));
    return { agreement, of_period: period, subject, kind, booked_in };
  });
  return appendEntries(client, keys, now);
}

/** The month itself, or the first later one that is not closed. */
export function firstOpen(period: Period, closed: ReadonlySet<Period> = new Set()): Period {
  let open = period;
  while (closed.has(open)) open = nextPeriod(open);
  return open;
}
