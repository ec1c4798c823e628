import type { Agreement, NgrVersion, Plan } from '#libs/commissions';
import type { Database } from '#libs/database';
import type { Terms } from './terms.js';

/**
 * An agreement, and every plan and NGR of its brand that ever was, by version.
 * @param version of the agreement's own terms; absent: as they stand now
 */
export async function readTerms({ pool }: Database, agreement: string, version?: string): Promise<Terms> {
  const agreements = await pool.query<{ terms: Agreement }>(
    `SELECT terms FROM tributary.agreements JOIN tributary.agreement_versions USING (agreement_no)
      WHERE agreement = $1 AND CASE WHEN $2::text IS NULL THEN superseded_at IS NULL ELSE version = $2 END LIMIT 1`,
    [agreement, version ?? null],
  );
  const { terms } = agreements.rows[0]!;
  const plans = await pool.query<{ version: string; terms: Plan }>(
    `SELECT version, terms FROM tributary.plans JOIN tributary.agreements USING (agreement_no)
      WHERE agreement = $1`,
    [agreement],
  );
  const ngrs = await pool.query<{ version: string; terms: NgrVersion }>(
    `SELECT version, terms FROM tributary.ngr_versions JOIN tributary.ngr_definitions USING (ngr_no)
      WHERE brand = $1`,
    [terms.brand],
  );
  return {
    agreement: terms,
    plans: new Map(plans.rows.map((plan) => [plan.version, plan.terms])),
    ngrs: new Map(ngrs.rows.map((ngr) => [ngr.version, ngr.terms])),
  };
}
