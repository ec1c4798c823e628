import type { PoolClient } from 'pg';
import { instantOf, instantText } from '../instants.js';
import {
  DESCRIBED,
  FACTS,
  factParameters,
  monthsOf,
  type FactRow,
  type FactTerms,
} from './facts-of-subjects.js';
import type { MonthRow } from './results.js';

/** What a statement has of a player and a month, as it was when it was closed. */
export interface KeptRow {
  agreement: string;
  /** Of the statement, and its number. */
  period: string;
  number: number;
  of_period: string;
  subject: string;
  /** Null: the agreement did not cover them any more. */
  matched_by: string | null;
  click_id: string | null;
  exclusions: string[];
  triggers: unknown;
  months: KeptMonthRow[];
  commissions: { kind: string; amount: string; basis: unknown }[];
  /** What fixed fees of the month were turned with, by `USD 2026-10-01`. */
  fee_rates: Record<string, string>;
  /** How many facts of each table, and the XOR of their hashes. */
  facts: { deposits: number; transactions: number; game_sessions: number; bets: number; hash: string };
}

/** Row of `commission_months` as it is kept. */
export type KeptMonthRow = Omit<MonthRow, 'agreement' | 'period' | 'subject' | 'currencies'>;

const FACT_COLUMNS = {
  kinds: 'f.kind',
  ids: 'f.id',
  transaction_ids: 'f.transaction_id',
  events: `decode(f.event, 'hex')`,
  instants: 'f.at',
  types: 'f.type',
  amounts: 'f.amount',
  returns: 'f.returned',
  bet_counts: 'f.bet_count',
  currencies: 'f.currency',
  rates: 'f.rate',
  segments: 'f.segment',
  for_cpas: 'f.for_cpa',
};

const counted = (name: string, kind: string): string =>
  `'${name}', count(*) FILTER (WHERE f.segment IS NOT NULL AND f.kind = '${kind}')`;
const xor = (hash: string, where = ''): string =>
  `lpad(to_hex(COALESCE(bit_xor(('x' || ${hash})::bit(64)::bigint) ${where}, 0)), 16, '0')`;

// Of earlier months that the statement adjusts also those players whose share is in the partner's line alone
const CHANGED = `
    SELECT of_period, subject FROM (
      SELECT a.of_period, s.subject, n.months AS now, k.months AS kept FROM adjusted a
        CROSS JOIN LATERAL (SELECT DISTINCT subject FROM (
          SELECT subject FROM tributary.commission_months WHERE agreement = $1 AND period = a.of_period
          UNION ALL SELECT subject FROM tributary.statement_players WHERE agreement = $1 AND of_period = a.of_period) AS u) AS s
        CROSS JOIN LATERAL (${monthsOf('a.of_period', 's.subject')}) AS n
        LEFT JOIN LATERAL (SELECT p.months FROM tributary.statement_players p
          WHERE p.agreement = $1 AND p.of_period = a.of_period AND p.subject = s.subject ORDER BY p.number DESC LIMIT 1) AS k ON true
    ) AS both_of_them WHERE COALESCE(now, '[]') <> COALESCE(kept, '[]')`;

// The partner has a row of the month itself also where there is nothing: facts were kept, and there were none.
const KEEP = `
  WITH adjusted AS (
    SELECT DISTINCT of_period FROM tributary.commission_entries WHERE agreement = $1 AND booked_in = $12 AND of_period <> $12),
  wanted AS (SELECT * FROM (
    SELECT $12::text AS of_period, '' AS subject
    UNION SELECT period, subject FROM tributary.commission_months WHERE agreement = $1 AND period = $12
    UNION SELECT period, subject FROM tributary.commissions WHERE agreement = $1 AND period = $12
    UNION SELECT of_period, subject FROM tributary.commission_entries WHERE agreement = $1 AND booked_in = $12
    UNION ${CHANGED}) AS all_of_them ORDER BY of_period, subject),
  ${DESCRIBED}
  INSERT INTO tributary.statement_players (agreement, period, number, of_period, subject, matched_by, click_id, exclusions,
      triggers, months, commissions, fee_rates, facts, ${Object.keys(FACT_COLUMNS).join(', ')})
    SELECT $1, $12, $13, d.of_period, d.subject, d.matched_by, d.click_id, d.exclusions, d.triggers, d.months, d.commissions,
        COALESCE($14::jsonb -> d.of_period, '{}'), f.facts, ${Object.keys(FACT_COLUMNS)
          .map((name) => `COALESCE(f.${name}, '{}')`)
          .join(', ')}
      FROM described d CROSS JOIN LATERAL (
        SELECT jsonb_build_object(${counted('deposits', 'deposit')}, ${counted('transactions', 'transaction')},
              ${counted('game_sessions', 'game_session')}, ${counted('bets', 'bet')},
              'hash', ${xor('f.hash', 'FILTER (WHERE f.segment IS NOT NULL)')}) AS facts,
            ${Object.entries(FACT_COLUMNS)
              .map(([name, of]) => `array_agg(${of} ORDER BY f.at, f.kind COLLATE "C", f.id) AS ${name}`)
              .join(', ')}
          FROM (${FACTS}) AS f) AS f`;

/**
 * Keeps all that a statement rests on, of its own month and of those that it adjusts, in the transaction that closes it.
 * @param feeRates by month, then by `USD 2026-10-01`
 */
export async function keepPlayers(
  client: PoolClient,
  terms: FactTerms,
  { period, number }: { period: string; number: number },
  feeRates: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<void> {
  await client.query(KEEP, [...factParameters(terms), period, number, JSON.stringify(feeRates)]);
}

const SUMMED = ['deposits', 'transactions', 'game_sessions', 'bets'] as const;

/** Whose facts, as they were kept, are not those that their months were reckoned by: there are none, or marks wait. */
export async function readUnlikeKept(
  client: PoolClient,
  agreement: string,
  period: string,
): Promise<string[]> {
  const found = await client.query<{ subject: string }>(
    `SELECT DISTINCT s.subject FROM tributary.statement_players s CROSS JOIN LATERAL (
        SELECT jsonb_build_object(
            ${SUMMED.map((name) => `'${name}', COALESCE(sum((m -> 'facts' ->> '${name}')::bigint), 0)`).join(', ')},
            'hash', ${xor(`(m -> 'facts' ->> 'hash')`)}) AS facts
          FROM jsonb_array_elements(s.months) AS m) AS reckoned
      WHERE s.agreement = $1 AND s.period = $2 AND s.facts <> reckoned.facts`,
    [agreement, period],
  );
  return found.rows.map((row) => row.subject);
}

/** The earlier months that a month's statement adjusts. */
export async function readAdjustedPeriods(
  client: PoolClient,
  agreement: string,
  period: string,
): Promise<string[]> {
  const found = await client.query<{ of_period: string }>(
    `SELECT DISTINCT of_period FROM tributary.commission_entries
      WHERE agreement = $1 AND booked_in = $2 AND of_period <> $2 ORDER BY of_period`,
    [agreement, period],
  );
  return found.rows.map((row) => row.of_period);
}

/** All that closed statements have of some months of a subject, the first closed first. */
export async function readKept(
  client: PoolClient,
  agreement: string,
  periods: readonly string[],
  subject: string,
): Promise<KeptRow[]> {
  const found = await client.query<KeptRow>(
    `SELECT agreement, period, number, of_period, subject, matched_by, click_id, exclusions, triggers, months, commissions,
        fee_rates, facts
      FROM tributary.statement_players WHERE agreement = $1 AND of_period = ANY ($2) AND subject = $3
      ORDER BY number, of_period`,
    [agreement, periods, subject],
  );
  return found.rows;
}

/** Whether a statement has kept what it rests on: those that were closed before that was done have not. */
export async function hasKeptPlayers(
  client: PoolClient,
  agreement: string,
  period: string,
): Promise<boolean> {
  const found = await client.query(
    'SELECT FROM tributary.statement_players WHERE agreement = $1 AND period = $2 LIMIT 1',
    [agreement, period],
  );
  return found.rows.length > 0;
}

/** Whose facts of a closed month, as they are reckoned today, are not those that its statement rests on; by their ids. */
export async function readChangedSince(
  client: PoolClient,
  agreement: string,
  period: string,
): Promise<string[]> {
  const found = await client.query<{ subject: string }>(
    `SELECT subject FROM
        (SELECT subject, facts ->> 'hash' AS hash FROM tributary.statement_players
          WHERE agreement = $1 AND period = $2 AND of_period = $2 AND subject > '') AS kept
        FULL JOIN (SELECT subject, ${xor(`(facts ->> 'hash')`)} AS hash FROM tributary.commission_months
          WHERE agreement = $1 AND period = $2 GROUP BY subject) AS now USING (subject)
      WHERE COALESCE(kept.hash, '${'0'.repeat(16)}') <> COALESCE(now.hash, '${'0'.repeat(16)}')
      ORDER BY subject COLLATE "C"`,
    [agreement, period],
  );
  return found.rows.map((row) => row.subject);
}

/** The facts that a statement rests on, of a subject and a month, in order of time. */
export async function readKeptFacts(
  client: PoolClient,
  { agreement, period, of_period, subject }: Pick<KeptRow, 'agreement' | 'period' | 'of_period' | 'subject'>,
): Promise<FactRow[]> {
  const found = await client.query<FactRow>(
    `SELECT kind, id, transaction_id, event_id, ${instantText('occurred_at')}, type, amount::text, net_amount::text, win_amount::text,
        bet_count::text, currency, rate::text, segment, for_cpa, hash
      FROM tributary.statement_facts WHERE agreement = $1 AND period = $2 AND of_period = $3 AND subject = $4`,
    [agreement, period, of_period, subject],
  );
  return found.rows.map((row) => ({ ...row, occurred_at: instantOf(row.occurred_at) }));
}
