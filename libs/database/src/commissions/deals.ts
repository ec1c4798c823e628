import type { PoolClient } from 'pg';

/** An agreement as it is stored. */
export interface StoredAgreement {
  agreement_no: string;
  agreement: string;
  version: string;
  /** Its content without plans. */
  terms: unknown;
  plans: StoredTerms[];
}

/** A plan, or a version of NGR, that is in force in a range of instants. */
export interface StoredTerms {
  version: string;
  terms: unknown;
}

/** A brand's definition of NGR as it is stored. */
export interface StoredNgr {
  ngr_no: string;
  brand: string;
  ngr: string;
  time_zone: string;
  versions: StoredTerms[];
}

/** Terms on their way into the tables. */
export interface NewTerms extends StoredTerms {
  /** Instants, half open; without `to` for ever. */
  from: string;
  to?: string;
  type?: string;
}

/** All that is in force now: what was superseded is left out. */
export async function readDeals(
  client: PoolClient,
): Promise<{ agreements: StoredAgreement[]; ngrs: StoredNgr[] }> {
  const agreements = await client.query<StoredAgreement>(
    `SELECT a.agreement_no, a.agreement, v.version, v.terms, COALESCE(p.plans, '[]') AS plans
      FROM tributary.agreements a
      JOIN tributary.agreement_versions v ON v.agreement_no = a.agreement_no AND v.superseded_at IS NULL
      LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('version', p.version, 'terms', p.terms) ORDER BY lower(p.effective)) AS plans
          FROM tributary.plans p WHERE p.agreement_no = a.agreement_no AND p.superseded_at IS NULL) AS p ON true
      ORDER BY a.agreement`,
  );
  const ngrs = await client.query<StoredNgr>(
    `SELECT d.ngr_no, d.brand, d.ngr, v.time_zone, v.versions FROM tributary.ngr_definitions d
      JOIN LATERAL (
        SELECT min(v.time_zone) AS time_zone,
            jsonb_agg(jsonb_build_object('version', v.version, 'terms', v.terms) ORDER BY lower(v.effective)) AS versions
          FROM tributary.ngr_versions v WHERE v.ngr_no = d.ngr_no AND v.superseded_at IS NULL) AS v ON v.versions IS NOT NULL
      ORDER BY d.brand, d.ngr`,
  );
  return { agreements: agreements.rows, ngrs: ngrs.rows };
}

/** Stores a version of an agreement in place of the one in force, with all of its plans. */
export async function storeAgreement(
  client: PoolClient,
  agreement: {
    agreement: string;
    version: string;
    partner: string;
    brand: string;
    currency: string;
    time_zone: string;
    terms: unknown;
    plans: readonly NewTerms[];
  },
  now: Date,
): Promise<void> {
  const a = agreement;
  await client.query(
    'INSERT INTO tributary.agreements (agreement) VALUES ($1) ON CONFLICT (agreement) DO NOTHING',
    [a.agreement],
  );
  const found = await client.query<{ agreement_no: string }>(
    'SELECT agreement_no FROM tributary.agreements WHERE agreement = $1',
    [a.agreement],
  );
  const { agreement_no } = found.rows[0]!;
  await supersede(client, 'agreement_versions', 'agreement_no', agreement_no, now);
  await client.query(
    `INSERT INTO tributary.agreement_versions
      (agreement_no, version, partner, brand, currency, time_zone, terms, stored_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [...[agreement_no, a.version, a.partner, a.brand, a.currency, a.time_zone], JSON.stringify(a.terms), now],
  );
  await supersede(client, 'plans', 'agreement_no', agreement_no, now);
  for (const plan of a.plans) {
    await client.query(
      `INSERT INTO tributary.plans (agreement_no, version, effective, type, terms, stored_at)
        VALUES ($1, $2, tstzrange($3, $4), $5, $6, $7)`,
      [agreement_no, plan.version, plan.from, plan.to ?? null, plan.type, JSON.stringify(plan.terms), now],
    );
  }
}

/** Stores a definition of NGR in place of the one in force. */
export async function storeNgr(
  client: PoolClient,
  definition: { brand: string; ngr: string; time_zone: string; versions: readonly NewTerms[] },
  now: Date,
): Promise<void> {
  const { brand, ngr, time_zone, versions } = definition;
  await client.query(
    'INSERT INTO tributary.ngr_definitions (brand, ngr) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [brand, ngr],
  );
  const found = await client.query<{ ngr_no: string }>(
    'SELECT ngr_no FROM tributary.ngr_definitions WHERE brand = $1 AND ngr = $2',
    [brand, ngr],
  );
  const { ngr_no } = found.rows[0]!;
  await supersede(client, 'ngr_versions', 'ngr_no', ngr_no, now);
  for (const { version, from, to, terms } of versions) {
    await client.query(
      `INSERT INTO tributary.ngr_versions (ngr_no, version, time_zone, effective, terms, stored_at)
        VALUES ($1, $2, $3, tstzrange($4, $5), $6, $7)`,
      [ngr_no, version, time_zone, from, to ?? null, JSON.stringify(terms), now],
    );
  }
}

async function supersede(
  client: PoolClient,
  table: 'agreement_versions' | 'plans' | 'ngr_versions',
  column: string,
  no: string,
  now: Date,
): Promise<void> {
  await client.query(
    `UPDATE tributary.${table} SET superseded_at = $2 WHERE ${column} = $1 AND superseded_at IS NULL`,
    [no, now],
  );
}

/** The rates of some days, both included. */
export async function readRatesWithin(
  client: PoolClient,
  days: { first: string; last: string },
): Promise<{ base: string; quote: string; day: string; rate: string }[]> {
  const found = await client.query<{ base: string; quote: string; day: string; rate: string }>({
    name: 'read rates within',
    text: `SELECT base, quote, day::text AS day, trim_scale(rate)::text AS rate FROM tributary.fx_rates
      WHERE day BETWEEN $1 AND $2`,
    values: [days.first, days.last],
  });
  return found.rows;
}
