import type { PoolClient } from 'pg';
import { instantOf, instantText } from '../instants.js';
import { MONTH_DECIMALS } from './results.js';
import { PAID_DEPOSITS, MOVEMENTS, REAL_BETS, REAL_GAMES } from './real-money.js';

/** By what the facts of some months of an agreement are read. */
export interface FactTerms {
  agreement: string;
  brand: string;
  currency: string;
  time_zone: string;
  /** What amounts of other currencies are multiplied with, by `USD 2026-10-03`. */
  rates: Readonly<Record<string, string>>;
  /** The parts of the months, half open. */
  segments: readonly { of_period: string; segment: number; from: string; to: string }[];
  /** Of plans with a qualification: what its time begins with. */
  qualifying: readonly { plan_version: string; of: string }[];
}

/** A fact as commissions read it. */
export interface FactRow {
  kind: string;
  id: string;
  /** Of a deposit. */
  transaction_id: string | null;
  /** Of the event that stands; null of conversions, which several events may make. */
  event_id: string | null;
  occurred_at: string;
  type: string | null;
  amount: string | null;
  net_amount: string | null;
  win_amount: string | null;
  bet_count: string | null;
  currency: string | null;
  rate: string | null;
  /** Of the month; null: of none, a CPA alone rests on it. */
  segment: number | null;
  for_cpa: boolean;
  /** 16 hexadecimal digits. */
  hash: string;
}

/** Whose facts of which month. */
export interface FactsOf {
  of_period: string;
  subject: string;
}

/** `$1`–`$11` of what is built below. */
export const FACT_PARAMETERS = 11;

/** The values of `$1`–`$11`. */
export function factParameters(terms: FactTerms): unknown[] {
  const { agreement, brand, currency, time_zone, rates, segments, qualifying } = terms;
  return [
    ...[agreement, brand, currency, time_zone, JSON.stringify(rates)],
    ...[segments.map((s) => s.of_period), segments.map((s) => s.segment)],
    ...[segments.map((s) => s.from), segments.map((s) => s.to)],
    ...[qualifying.map((q) => q.plan_version), qualifying.map((q) => q.of)],
  ];
}

const monthJson = `jsonb_build_object('segment', m.segment, 'plan_version', m.plan_version, 'ngr_version', m.ngr_version,
        ${MONTH_DECIMALS.map((name) => `'${name}', trim_scale(m.${name})::text`).join(', ')},
        'first_deposit', m.first_deposit, 'facts', m.facts, 'missing_rates', m.missing_rates,
        'provisional_rates', m.provisional_rates)`;

/** All that stands of a subject's month, but the facts: rows of `commission_months`, as JSON. */
export const monthsOf = (period: string, subject: string): string =>
  `SELECT jsonb_agg(${monthJson} ORDER BY m.segment) AS months FROM tributary.commission_months m
    WHERE m.agreement = $1 AND m.period = ${period} AND m.subject = ${subject}`;

/**
 * Common table expressions on `wanted (of_period, subject)`: `described` has what stands of each, and what its CPA rests on;
 * `bounds` has the months.
 */
export const DESCRIBED = `
  parts AS (SELECT * FROM unnest($6::text[], $7::smallint[], $8::timestamptz[], $9::timestamptz[])
    AS p (of_period, segment, starts, ends)),
  bounds AS (SELECT of_period, min(starts) AS starts, max(ends) AS ends FROM parts GROUP BY of_period),
  qualifying AS (SELECT * FROM unnest($10::text[], $11::text[]) AS q (plan_version, of)),
  described AS (
    SELECT w.of_period, w.subject, p.matched_by, p.click_id, COALESCE(p.exclusions, '{}') AS exclusions,
        COALESCE(p.triggers, '[]') AS triggers, COALESCE(m.months, '[]') AS months, COALESCE(c.commissions, '[]') AS commissions,
        c.cpa ->> 'on' AS cpa_on, (c.cpa ->> 'at')::timestamptz AS cpa_at,
        CASE q.of WHEN 'click' THEN
            (SELECT k.occurred_at FROM tributary.clicks k WHERE k.click_id = p.click_id AND k.brand = $2)
          ELSE (SELECT (t ->> 'at')::timestamptz FROM jsonb_array_elements(p.triggers) AS t WHERE t ->> 'on' = q.of LIMIT 1)
          END AS cpa_from,
        ARRAY(SELECT jsonb_array_elements_text(c.cpa -> 'conversions')) AS cpa_conversions,
        b.starts, b.ends
      FROM wanted w
      LEFT JOIN tributary.commission_players p ON p.subject = w.subject AND p.brand = $2 AND p.agreement = $1
      LEFT JOIN LATERAL (${monthsOf('w.of_period', 'w.subject')}) AS m ON true
      LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('kind', c.kind, 'amount', trim_scale(c.amount)::text, 'basis', c.basis) ORDER BY c.kind)
              AS commissions,
            jsonb_agg(c.basis) FILTER (WHERE c.kind = 'cpa') -> 0 AS cpa
          FROM tributary.commissions c
          WHERE c.agreement = $1 AND c.period = w.of_period AND c.subject = w.subject) AS c ON true
      LEFT JOIN qualifying q ON q.plan_version = c.cpa ->> 'plan_version' AND c.cpa ->> 'on' = 'qualification'
      LEFT JOIN bounds b ON b.of_period = w.of_period AND p.subject IS NOT NULL)`;

interface Source {
  table: string;
  alias: string;
  at: string;
  condition: string;
  /** kind, id, transaction_id, event, type, amount, returned, bet_count */
  columns: string;
}

const SOURCES: Source[] = [
  {
    ...{ table: 'conversions', alias: 'c', at: 'c.occurred_at', condition: PAID_DEPOSITS },
    columns: `'deposit', c.conversion_id, c.transaction_id, NULL, c.status, c.amount, c.net_amount, NULL::bigint`,
  },
  {
    ...{ table: 'transactions', alias: 'x', at: 'x.created_at', condition: MOVEMENTS },
    columns: `'transaction', x.id, NULL, x.canonical_event_id, concat_ws(' ', COALESCE(x.type, 'Normal'), x.dir), x.amount, NULL, NULL`,
  },
  {
    ...{ table: 'game_sessions', alias: 'g', at: 'g.created_at', condition: REAL_GAMES },
    columns: `'game_session', g.session_id, NULL, g.canonical_event_id, g.balance_type, g.bet_amount, g.win_amount, g.bet_count`,
  },
  {
    ...{ table: 'bets', alias: 'b', at: 'b.created_at', condition: REAL_BETS },
    columns: `'bet', b.id, NULL, b.canonical_event_id, b.status, b.stake, b.win_amount, 1`,
  },
];

const BRANCHES = [
  ...SOURCES.map(
    ({ table, alias, at, condition, columns }) =>
      `SELECT ${columns}, ${at}, ${alias}.currency FROM tributary.${table} ${alias}
          WHERE ${alias}.player_id = d.subject AND ${alias}.brand = $2 AND ${at} >= LEAST(d.starts, d.cpa_from) AND ${at} < d.ends
            AND ${condition}`,
  ),
  `SELECT c.type, c.conversion_id, NULL, NULL, c.status, c.amount, c.net_amount, NULL, c.occurred_at, c.currency
          FROM tributary.conversions c
          WHERE c.conversion_id = ANY (d.cpa_conversions) AND (c.type <> 'deposit' OR c.amount IS NULL) AND c.brand = $2`,
].join('\n        UNION ALL ');

const HASHED = `md5(CASE WHEN u.event IS NULL
            THEN concat_ws('|', u.id, extract(epoch FROM u.at), u.amount, u.returned, u.currency, u.type)
            ELSE concat_ws('|', u.kind, u.id, u.event) END)`;

/**
 * The facts of `described d`: those that its months are summed of, by the same conditions as `readActivities`, and those that
 * its CPA rests on, a first deposit also where nobody told its amount.
 */
export const FACTS = `
      SELECT u.*, s.segment, r.rests AS for_cpa, substr(${HASHED}, 1, 16) AS hash,
          CASE WHEN u.currency <> $3 THEN ($5::jsonb ->> (u.currency || ' ' || (u.at AT TIME ZONE $4)::date))::numeric END AS rate
        FROM (${BRANCHES}) AS u (kind, id, transaction_id, event, type, amount, returned, bet_count, at, currency)
        LEFT JOIN parts s ON s.of_period = d.of_period AND u.at >= s.starts AND u.at < s.ends
          AND u.kind NOT IN ('install', 'registration') AND u.amount IS NOT NULL
        CROSS JOIN LATERAL (SELECT COALESCE(CASE d.cpa_on
          WHEN 'qualification' THEN u.at >= d.cpa_from AND u.at <= d.cpa_at
            AND (u.kind IN ('game_session', 'bet') OR (u.kind = 'deposit' AND u.type = 'approved'))
          ELSE u.kind IN ('deposit', 'install', 'registration') AND u.id = ANY (d.cpa_conversions) END, false) AS rests) AS r
        WHERE s.segment IS NOT NULL OR r.rests`;

const READ = `WITH wanted AS (SELECT * FROM unnest($12::text[], $13::text[]) AS w (of_period, subject)), ${DESCRIBED}
  SELECT d.of_period, d.subject, f.kind, f.id, f.transaction_id, f.event AS event_id, ${instantText('f.at').replace(/ AS .*$/, '')} AS occurred_at,
    f.type, trim_scale(f.amount)::text AS amount,
    CASE WHEN f.kind NOT IN ('game_session', 'bet') THEN trim_scale(f.returned)::text END AS net_amount,
    CASE WHEN f.kind IN ('game_session', 'bet') THEN trim_scale(f.returned)::text END AS win_amount,
    f.bet_count::text AS bet_count, f.currency, trim_scale(f.rate)::text AS rate, f.segment, f.for_cpa, f.hash
  FROM described d CROSS JOIN LATERAL (${FACTS}) AS f
  ORDER BY d.of_period, d.subject, f.at, f.kind COLLATE "C", f.id`;

/** The facts that there are now, in order of time. */
export async function readFactsNow(
  client: PoolClient,
  terms: FactTerms,
  wanted: readonly FactsOf[],
): Promise<(FactRow & FactsOf)[]> {
  if (wanted.length === 0) return [];
  const found = await client.query<FactRow & FactsOf>(READ, [
    ...factParameters(terms),
    ...[wanted.map((w) => w.of_period), wanted.map((w) => w.subject)],
  ]);
  return found.rows.map((row) => ({ ...row, occurred_at: instantOf(row.occurred_at) }));
}
