import type { PoolClient } from 'pg';
import { instantOf, instantText } from '../instants.js';

/** Row of `statements` with its lines, as it was closed; decimals canonical. */
export interface StatementRow {
  agreement: string;
  period: string;
  number: number;
  partner: string;
  brand: string;
  currency: string;
  time_zone: string;
  amount: string;
  opening_balance: string;
  payable: string;
  closing_balance: string;
  manifest: unknown;
  closed_at: string;
  closed_by: string;
  lines: StatementLineRow[];
}

/** Row of `statement_lines`. */
export interface StatementLineRow {
  kind: string;
  of_period: string;
  players: number;
  exact: string;
  amount: string;
}

/** What of one kind and month is booked in a month. */
export interface BookedRow {
  kind: string;
  of_period: string;
  players: number;
  exact: string;
}

const decimal = (column: string): string => `trim_scale(${column})::text AS ${column.replace(/^.*\./, '')}`;
const AMOUNTS = ['amount', 'opening_balance', 'payable', 'closing_balance'];

/** The statements of an agreement that are closed, the latest closed first. Without a period all of them. */
export async function readStatements(
  client: PoolClient,
  agreement: string,
  period?: string,
): Promise<StatementRow[]> {
  const found = await client.query<StatementRow>(
    `SELECT s.agreement, s.period, s.number, s.partner, s.brand, s.currency, s.time_zone,
        ${AMOUNTS.map((a) => decimal(`s.${a}`)).join(', ')}, s.manifest, ${instantText('s.closed_at')}, s.closed_by,
        COALESCE(l.lines, '[]') AS lines
      FROM tributary.statements s LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('kind', l.kind, 'of_period', l.of_period, 'players', l.players,
            'exact', trim_scale(l.exact)::text, 'amount', trim_scale(l.amount)::text) ORDER BY l.of_period, l.kind) AS lines
          FROM tributary.statement_lines l WHERE l.agreement = s.agreement AND l.period = s.period) AS l ON true
      WHERE s.agreement = $1 AND ($2::text IS NULL OR s.period = $2) ORDER BY s.number DESC`,
    [agreement, period ?? null],
  );
  return found.rows.map((row) => ({ ...row, closed_at: instantOf(row.closed_at) }));
}

/** The ledger's entries of a month, by kind and the month that they are of. Behind a partner's share stand all players whose
 * month counts. */
export async function readBooked(
  client: PoolClient,
  agreement: string,
  period: string,
): Promise<BookedRow[]> {
  const found = await client.query<BookedRow>(
    `SELECT e.kind, e.of_period, e.exact, CASE WHEN e.players = 0 AND e.kind = 'revenue_share' THEN
          (SELECT count(DISTINCT m.subject) FROM tributary.commission_months m
            WHERE m.agreement = $1 AND m.period = e.of_period AND m.counted <> 0)::float8 ELSE e.players END AS players
      FROM (SELECT kind, of_period, trim_scale(sum(amount))::text AS exact,
          (count(DISTINCT subject) FILTER (WHERE subject > ''))::float8 AS players
        FROM tributary.commission_entries WHERE agreement = $1 AND booked_in = $2
        GROUP BY kind, of_period) AS e
      WHERE e.exact <> '0' ORDER BY e.of_period, e.kind`,
    [agreement, period],
  );
  return found.rows;
}

/** What the ledger has of a month, booked in other ones, by kind. */
export async function readBookedElsewhere(
  client: PoolClient,
  agreement: string,
  period: string,
): Promise<Map<string, string>> {
  const found = await client.query<{ kind: string; exact: string }>(
    `SELECT kind, trim_scale(sum(amount))::text AS exact FROM tributary.commission_entries
      WHERE agreement = $1 AND of_period = $2 AND booked_in <> $2 GROUP BY kind`,
    [agreement, period],
  );
  return new Map(found.rows.map(({ kind, exact }) => [kind, exact]));
}

/** What a month rests on: counts and hash of the facts of all players, the last entry booked in it, what has no rate, and
 * currencies that something stands in for the rate of. */
export async function readFoundation(
  client: PoolClient,
  agreement: string,
  period: string,
): Promise<{ facts: FoundationFacts; last_entry_id: string | null } & FoundationRates> {
  const found = await client.query<FoundationFacts & { last_entry_id: string | null } & FoundationRates>(
    `SELECT COALESCE(sum((facts ->> 'deposits')::bigint), 0)::float8 AS deposits,
        COALESCE(sum((facts ->> 'transactions')::bigint), 0)::float8 AS transactions,
        COALESCE(sum((facts ->> 'game_sessions')::bigint), 0)::float8 AS game_sessions,
        COALESCE(sum((facts ->> 'bets')::bigint), 0)::float8 AS bets,
        lpad(to_hex(COALESCE(bit_xor(('x' || (facts ->> 'hash'))::bit(64)::bigint), 0)), 16, '0') AS hash,
        max(facts ->> 'received_at') AS received_at,
        (SELECT max(entry_id) FROM tributary.commission_entries WHERE agreement = $1 AND booked_in = $2) AS last_entry_id,
        ARRAY(SELECT DISTINCT r.rate FROM (
            SELECT unnest(missing_rates) AS rate FROM tributary.commission_months WHERE agreement = $1 AND period = $2
              AND missing_rates <> '{}'
            UNION SELECT unnest(missing_rates) FROM tributary.commission_players WHERE agreement = $1
              AND missing_rates <> '{}') AS r
          WHERE substr(r.rate, length(r.rate) - 9, 7) = $2 ORDER BY 1) AS missing_rates,
        ARRAY(SELECT DISTINCT split_part(r.rate, ' ', 1) FROM (
            SELECT unnest(provisional_rates) AS rate FROM tributary.commission_months WHERE agreement = $1 AND period = $2
              AND provisional_rates <> '{}'
            UNION SELECT unnest(provisional_rates) FROM tributary.commission_players WHERE agreement = $1
              AND provisional_rates <> '{}') AS r
          WHERE split_part(r.rate, ' ', 2) = $2 ORDER BY 1) AS provisional_rates
      FROM tributary.commission_months WHERE agreement = $1 AND period = $2`,
    [agreement, period],
  );
  const { last_entry_id, missing_rates, provisional_rates, ...facts } = found.rows[0]!;
  return { facts, last_entry_id, missing_rates, provisional_rates };
}

/** What a month lacks of rates. */
export interface FoundationRates {
  /** `USD 2026-10-03` */
  missing_rates: string[];
  /** `USD` */
  provisional_rates: string[];
}

/** How many facts of each table, and the XOR of their hashes. */
export interface FoundationFacts {
  deposits: number;
  transactions: number;
  game_sessions: number;
  bets: number;
  hash: string;
  received_at: string | null;
}

/** Writes a statement that is closed, with its lines: in one transaction, or the database refuses the lines. */
export async function insertStatement(client: PoolClient, s: StatementRow): Promise<void> {
  await client.query(
    `INSERT INTO tributary.statements (agreement, period, number, partner, brand, currency, time_zone, amount,
        opening_balance, payable, closing_balance, manifest, closed_at, closed_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      ...[s.agreement, s.period, s.number, s.partner, s.brand, s.currency, s.time_zone],
      ...[s.amount, s.opening_balance, s.payable, s.closing_balance],
      ...[JSON.stringify(s.manifest), s.closed_at, s.closed_by],
    ],
  );
  const column = (name: keyof StatementLineRow): unknown[] => s.lines.map((line) => line[name]);
  await client.query(
    `INSERT INTO tributary.statement_lines (agreement, period, kind, of_period, players, exact, amount)
      SELECT $1, $2, l.* FROM unnest($3::text[], $4::text[], $5::integer[], $6::numeric[], $7::numeric[]) AS l`,
    [
      ...[s.agreement, s.period, column('kind'), column('of_period')],
      ...[column('players'), column('exact'), column('amount')],
    ],
  );
}
