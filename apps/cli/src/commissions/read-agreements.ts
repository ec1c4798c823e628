import type { Database } from '#libs/database';

/** An agreement that is stored, as it stands now. */
export interface StoredAgreement {
  agreement: string;
  partner: string;
  brand: string;
  currency: string;
  time_zone: string;
}

/** All of them, by partner and name. */
export async function readAgreements({ pool }: Database): Promise<StoredAgreement[]> {
  const found = await pool.query<StoredAgreement>(
    `SELECT agreement, partner, brand, currency, time_zone
      FROM tributary.agreements JOIN tributary.agreement_versions USING (agreement_no)
      WHERE superseded_at IS NULL ORDER BY partner, agreement`,
  );
  return found.rows;
}
