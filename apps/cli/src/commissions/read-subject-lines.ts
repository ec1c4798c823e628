import type { LineKind, Period, Subject } from '#libs/commissions';
import type { Database } from '#libs/database';

/** What a statement has for a player, by line. */
export interface SubjectLine {
  subject: Subject;
  kind: LineKind;
  of_period: Period;
  /** Exact; the sum over the players is the exact amount of the line. */
  amount: string;
}

/** Lines of players, and how many there are in all. */
export interface SubjectLines {
  lines: SubjectLine[];
  total: number;
}

/**
 * What players come to in a statement, closed or open.
 * @param most only the greatest amounts, the greatest first; absent: all, by player
 */
export async function readSubjectLines(
  { pool }: Database,
  agreement: string,
  period: Period,
  most?: number,
): Promise<SubjectLines> {
  const order = most === undefined ? '' : 'abs(sum(amount)) DESC, ';
  const found = await pool.query<SubjectLine & { total: string }>(
    `SELECT subject, kind, of_period, trim_scale(sum(amount))::text AS amount, count(*) OVER () AS total
      FROM tributary.commission_entries
      WHERE agreement = $1 AND booked_in = $2 AND subject > ''
      GROUP BY subject, kind, of_period HAVING sum(amount) <> 0
      ORDER BY ${order}subject COLLATE "C", of_period COLLATE "C", kind COLLATE "C" LIMIT $3`,
    [agreement, period, most ?? null],
  );
  return {
    lines: found.rows.map(({ subject, kind, of_period, amount }) => ({ subject, kind, of_period, amount })),
    total: Number(found.rows[0]?.total ?? 0),
  };
}
