import type { PoolClient } from 'pg';
import { instantOf, instantText } from '../instants.js';
import type { Factors } from './read-activities.js';
import { DEPOSITED, PAID_DEPOSITS, REAL_BETS, REAL_GAMES } from './real-money.js';

/** Thresholds that a subject is to reach within a time. Those that are null always hold. */
export interface WantedQualification {
  subject: string;
  /** Half open. */
  from: string;
  to: string;
  deposit_amount: string | null;
  deposit_count: number | null;
  wager_amount: string | null;
  wager_count: number | null;
}

/** Whether and when all of the thresholds were reached. */
export interface QualificationRow {
  /** Of the wanted one. */
  index: number;
  /** Null: not reached. */
  at: string | null;
  /** Deposits up to then. */
  conversions: string[];
  /** Of facts up to then: other than the agreement's. */
  currencies: string[];
  /** `USD 2026-10-03`, sorted: what might have qualified earlier. */
  missing_rates: string[];
  /** `USD 2026-10`, sorted: of what was turned with provisional factors. */
  provisional_rates: string[];
}

const source = (table: string, alias: string, at: string, condition: string, columns: string): string =>
  `SELECT w.k, ${at} AS at, ${alias}.currency, CASE WHEN ${alias}.currency <> $8 THEN (${at} AT TIME ZONE $9)::date END AS day,
      ${columns}
    FROM wanted w JOIN LATERAL (SELECT * FROM tributary.${table} ${alias}
      WHERE ${alias}.player_id = w.subject AND ${alias}.brand = $10 AND ${at} >= w.starts AND ${at} < w.ends
        AND ${condition} OFFSET 0) AS ${alias} ON true`;

const READ = `
  WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::numeric[], $5::bigint[], $6::numeric[], $7::bigint[])
      WITH ORDINALITY AS w (subject, starts, ends, deposit_amount, deposit_count, wager_amount, wager_count, k)),
  factors AS (SELECT * FROM unnest($11::text[], $12::date[], $13::numeric[], $14::boolean[])
    AS f (currency, day, factor, provisional)),
  native AS (
    ${source('conversions', 'c', 'c.occurred_at', `${PAID_DEPOSITS} AND c.status = 'approved'`, `c.conversion_id, ${DEPOSITED} AS deposit, 1 AS deposits, 0 AS wager, 0 AS wagers`)}
    UNION ALL ${source('game_sessions', 'g', 'g.created_at', REAL_GAMES, 'NULL, 0, 0, g.bet_amount, g.bet_count')}
    UNION ALL ${source('bets', 'b', 'b.created_at', REAL_BETS, 'NULL, 0, 0, b.stake, 1')}),
  running AS (
    SELECT n.*, f.factor IS NULL AND n.day IS NOT NULL AS is_missing, f.provisional,
        COALESCE(sum(n.deposit * CASE WHEN n.day IS NULL THEN 1 ELSE f.factor END) OVER so_far, 0) AS deposit_sum,
        sum(n.deposits) OVER so_far AS deposit_count_sum,
        COALESCE(sum(n.wager * CASE WHEN n.day IS NULL THEN 1 ELSE f.factor END) OVER so_far, 0) AS wager_sum,
        sum(n.wagers) OVER so_far AS wager_count_sum
      FROM native n LEFT JOIN factors f ON f.currency = n.currency AND f.day = n.day
      WINDOW so_far AS (PARTITION BY n.k ORDER BY n.at)),
  reached AS (
    SELECT w.k, min(r.at) FILTER (WHERE r.deposit_sum >= COALESCE(w.deposit_amount, 0)
        AND r.deposit_count_sum >= COALESCE(w.deposit_count, 0) AND r.wager_sum >= COALESCE(w.wager_amount, 0)
        AND r.wager_count_sum >= COALESCE(w.wager_count, 0)) AS at
      FROM wanted w JOIN running r ON r.k = w.k GROUP BY w.k)
  SELECT q.k::float8 AS k, ${instantText('q.at').replace(/ AS .*$/, '')} AS at,
    COALESCE(array_agg(r.conversion_id ORDER BY r.at, r.conversion_id) FILTER (WHERE r.conversion_id IS NOT NULL), '{}') AS conversions,
    COALESCE(array_agg(DISTINCT r.currency ORDER BY r.currency) FILTER (WHERE r.day IS NOT NULL), '{}') AS currencies,
    COALESCE(array_agg(DISTINCT r.currency || ' ' || r.day::text ORDER BY r.currency || ' ' || r.day::text)
      FILTER (WHERE r.is_missing), '{}') AS missing_rates,
    COALESCE(array_agg(DISTINCT r.currency || to_char(r.day, ' YYYY-MM') ORDER BY r.currency || to_char(r.day, ' YYYY-MM'))
      FILTER (WHERE r.provisional), '{}') AS provisional_rates
  FROM reached q JOIN running r ON r.k = q.k AND (q.at IS NULL OR r.at <= q.at)
  GROUP BY q.k, q.at`;

/** When subjects of a brand qualified. Sums never fall, so all thresholds hold at the first instant at which each does. What
 * has no facts has no row. */
export async function readQualifications(
  client: PoolClient,
  brand: string,
  wanted: readonly WantedQualification[],
  { currency, time_zone, factors }: Factors,
): Promise<QualificationRow[]> {
  if (wanted.length === 0) return [];
  const column = <K extends keyof WantedQualification>(name: K): WantedQualification[K][] =>
    wanted.map((w) => w[name]);
  const found = await client.query<Omit<QualificationRow, 'index'> & { k: number }>({
    name: 'read qualifications',
    text: READ,
    values: [
      ...[column('subject'), column('from'), column('to'), column('deposit_amount'), column('deposit_count')],
      ...[column('wager_amount'), column('wager_count'), currency, time_zone, brand],
      ...[factors.map((f) => f.currency), factors.map((f) => f.day), factors.map((f) => f.factor)],
      factors.map((f) => f.provisional),
    ],
  });
  return found.rows.map(({ k, ...row }) => ({
    ...row,
    index: k - 1,
    at: row.at === null ? null : instantOf(row.at),
  }));
}
