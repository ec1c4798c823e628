import type { Pool, PoolClient } from 'pg';

/** What was published for a day: one unit of `base` is `rate` units of `quote`. */
export interface PublishedRate {
  base: string;
  quote: string;
  /** `2026-10-02` */
  day: string;
  /** Canonical decimal above 0. */
  rate: string;
}

/** A rate that is stored with another value than it is told now. */
export interface ContradictedRate extends PublishedRate {
  stored: string;
}

/** Rates that are stored with other values, where these were not to be replaced; the earliest come first. */
export class RatesContradict extends Error {
  override readonly name = 'RatesContradict';
  constructor(readonly rates: readonly ContradictedRate[]) {
    super(`${rates.length === 1 ? 'a rate is' : `${rates.length} rates are`} stored with another value`);
  }
}

/** The columns as arrays; `rate` as text, so that no digit is lost. */
const TOLD = 'unnest($1::text[], $2::text[], $3::date[], $4::numeric[]) AS told (base, quote, day, rate)';

/**
 * Stores rates, in the caller's transaction. Rates that are stored already, with the same value, change nothing.
 * @param rates none twice
 * @param options.source who published them: `ecb`
 * @param options.replace whether a rate that is stored with another value is replaced
 * @returns the rates that are new or changed
 * @throws RatesContradict without `replace`; nothing is written then
 */
export async function upsertFxRates(
  client: PoolClient,
  rates: readonly PublishedRate[],
  { source, now, replace }: { source: string; now: Date; replace: boolean },
): Promise<{ currency: string; day: string }[]> {
  const columns = [
    rates.map((r) => r.base),
    rates.map((r) => r.quote),
    rates.map((r) => r.day),
    rates.map((r) => r.rate),
  ];
  // Two imports at once take turns, so that neither overwrites what the other has just stored
  await client.query('LOCK TABLE tributary.fx_rates IN SHARE ROW EXCLUSIVE MODE');
  if (!replace) {
    const { rows } = await client.query<ContradictedRate>(
      `SELECT base, quote, day::text AS day, trim_scale(told.rate)::text AS rate, trim_scale(r.rate)::text AS stored
        FROM ${TOLD} JOIN tributary.fx_rates r USING (base, quote, day)
        WHERE r.rate <> told.rate ORDER BY day, quote, base`,
      columns,
    );
    if (rows.length > 0) throw new RatesContradict(rows);
  }
  const { rows } = await client.query<{ currency: string; day: string }>(
    `INSERT INTO tributary.fx_rates AS r (base, quote, day, rate, source, imported_at)
      SELECT base, quote, day, rate, $5, $6::timestamptz FROM ${TOLD}
      ON CONFLICT (quote, base, day) DO UPDATE
        SET rate = excluded.rate, source = excluded.source, imported_at = excluded.imported_at
        WHERE r.rate <> excluded.rate
      RETURNING quote AS currency, day::text AS day`,
    [...columns, source, now.toISOString()],
  );
  return rows;
}

/** What is stored of a currency. */
export interface StoredCurrency {
  base: string;
  currency: string;
  days: number;
  first_day: string;
  last_day: string;
  /** Of the last day. */
  last_rate: string;
  source: string;
}

/** What is stored of each currency, by name. */
export async function readFxCurrencies(pool: Pool): Promise<StoredCurrency[]> {
  const { rows } = await pool.query<StoredCurrency>(
    `SELECT base, quote AS currency, count(*)::integer AS days, min(day)::text AS first_day, max(day)::text AS last_day,
        trim_scale((array_agg(rate ORDER BY day DESC))[1])::text AS last_rate,
        (array_agg(source ORDER BY day DESC))[1] AS source
      FROM tributary.fx_rates GROUP BY base, quote ORDER BY base COLLATE "C", quote COLLATE "C"`,
  );
  return rows;
}
