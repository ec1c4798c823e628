import type { PoolClient } from 'pg';

/** A commission whose amount may have changed, and the month whose statement a difference goes to. */
export interface BookedKey {
  agreement: string;
  of_period: string;
  subject: string;
  kind: string;
  booked_in: string;
}

/**
 * Appends to the ledger what its sum lacks of the commissions that stand, so that of each key the sum is the commission; that
 * of a currency which the agreement had before is 0, and taken back first: the last entry has the basis that stands.
 * @returns how many entries were written
 */
export async function appendEntries(
  client: PoolClient,
  keys: readonly BookedKey[],
  now: Date,
): Promise<number> {
  if (keys.length === 0) return 0;
  const column = (name: keyof BookedKey): string[] => keys.map((key) => key[name]);
  const written = await client.query({
    name: 'append commission entries',
    text: `
    INSERT INTO tributary.commission_entries
        (agreement, booked_in, of_period, subject, kind, amount, currency, basis, written_at)
      SELECT k.agreement, k.booked_in, k.of_period, k.subject, k.kind, lacking.amount, lacking.currency,
          COALESCE(lacking.basis, '{}'), $6
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
          AS k (agreement, of_period, subject, kind, booked_in)
        CROSS JOIN LATERAL (
          SELECT currency, sum(amount) AS amount, (jsonb_agg(basis) FILTER (WHERE basis IS NOT NULL)) -> 0 AS basis FROM (
            SELECT c.currency, c.amount, c.basis FROM tributary.commissions c WHERE c.agreement = k.agreement
              AND c.period = k.of_period AND c.subject = k.subject AND c.kind = k.kind
            UNION ALL SELECT e.currency, -e.amount, NULL FROM tributary.commission_entries e WHERE e.agreement = k.agreement
              AND e.of_period = k.of_period AND e.subject = k.subject AND e.kind = k.kind) AS both_of_them
          GROUP BY currency HAVING sum(amount) <> 0) AS lacking
        ORDER BY k.agreement, k.of_period, k.subject, k.kind, lacking.basis IS NOT NULL`,
    values: [
      ...[column('agreement'), column('of_period'), column('subject'), column('kind'), column('booked_in')],
      now,
    ],
  });
  return written.rowCount ?? 0;
}

/** What the ledger has of a subject, of one month and booked in one, by kind; sums of 0 are left out. */
export interface SubjectEntry {
  of_period: string;
  booked_in: string;
  kind: string;
  amount: string;
  /** Of the last entry. */
  basis: unknown;
}

/** The ledger of a subject's month, and of all other months that anything of is booked in it; by month and kind. */
export async function readSubjectEntries(
  client: PoolClient,
  agreement: string,
  period: string,
  subject: string,
): Promise<SubjectEntry[]> {
  const found = await client.query<SubjectEntry>(
    `SELECT of_period, booked_in, kind, trim_scale(sum(amount))::text AS amount,
        (array_agg(basis ORDER BY entry_id DESC))[1] AS basis
      FROM tributary.commission_entries
      WHERE agreement = $1 AND subject = $3 AND of_period = ANY (ARRAY(SELECT $2 UNION
        SELECT of_period FROM tributary.commission_entries WHERE agreement = $1 AND booked_in = $2 AND subject = $3))
      GROUP BY of_period, booked_in, kind HAVING sum(amount) <> 0
      ORDER BY of_period COLLATE "C", booked_in COLLATE "C", kind COLLATE "C"`,
    [agreement, period, subject],
  );
  return found.rows;
}

/** Months whose statements are closed, by agreement. */
export async function readClosedPeriods(
  client: PoolClient,
  agreements: readonly string[],
): Promise<Map<string, Set<string>>> {
  const found = await client.query<{ agreement: string; periods: string[] }>({
    name: 'read closed periods',
    text: `SELECT agreement, array_agg(period) AS periods FROM tributary.statements WHERE agreement = ANY ($1)
      GROUP BY agreement`,
    values: [agreements],
  });
  return new Map(found.rows.map(({ agreement, periods }) => [agreement, new Set(periods)]));
}
