import { LINE_ORDER, type Commission, type Period } from '#libs/commissions';
import type { Database } from '#libs/database';

/**
 * The partner's own lines of a statement, closed or open: what is reckoned for all players together, and how it came to what it
 * is. Adjustments are left out.
 */
export async function readPartnerLines(
  { pool }: Database,
  agreement: string,
  period: Period,
): Promise<Commission[]> {
  const found = await pool.query<Commission>(
    `SELECT of_period AS period, subject, kind, trim_scale(sum(amount))::text AS amount,
        (array_agg(basis ORDER BY entry_id DESC))[1] AS basis
      FROM tributary.commission_entries
      WHERE agreement = $1 AND booked_in = $2 AND of_period = $2 AND subject = ''
      GROUP BY of_period, subject, kind HAVING sum(amount) <> 0`,
    [agreement, period],
  );
  return found.rows.sort((a, b) => LINE_ORDER.indexOf(a.kind) - LINE_ORDER.indexOf(b.kind));
}
