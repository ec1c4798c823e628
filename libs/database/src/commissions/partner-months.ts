import type { PoolClient } from 'pg';
import { defineInsert } from '../set-statement.js';

/** What the players of an agreement come to in a part of a month. */
export interface PartnerSums {
  period: string;
  segment: number;
  counted: string;
  first_deposits: number;
}

/** In which months the players of an agreement have anything: the first, the last of those that have begun, the first that
 * has not. Undefined: none. @param begun the last month that has begun */
export async function readReckonedRange(
  client: PoolClient,
  agreement: string,
  begun: string,
): Promise<{ first?: string; last?: string; next?: string }> {
  const months = [
    `tributary.commission_months WHERE agreement = $1`,
    `tributary.commissions WHERE agreement = $1 AND subject > ''`,
  ];
  const ends = months.flatMap((of) => [
    `SELECT period FROM ${of} AND period <= $2 ORDER BY period LIMIT 1`,
    `SELECT period FROM ${of} AND period <= $2 ORDER BY period DESC LIMIT 1`,
    `SELECT period FROM ${of} AND period > $2 ORDER BY period LIMIT 1`,
  ]);
  const found = await client.query<{ first: string | null; last: string | null; next: string | null }>(
    `SELECT min(period) FILTER (WHERE period <= $2) AS first, max(period) FILTER (WHERE period <= $2) AS last,
        min(period) FILTER (WHERE period > $2) AS next
      FROM (${ends.map((end) => `(${end})`).join(' UNION ALL ')}) AS p`,
    [agreement, begun],
  );
  const { first, last, next } = found.rows[0]!;
  return { ...(first !== null && last !== null && { first, last }), ...(next !== null && { next }) };
}

/** Sums over the players of an agreement, of these months; exact. */
export async function readPartnerSums(
  client: PoolClient,
  agreement: string,
  periods: readonly string[],
): Promise<{ sums: PartnerSums[]; shares: Map<string, string> }> {
  const sums = await client.query<PartnerSums>({
    name: 'sum commission months',
    text: `SELECT period, segment, trim_scale(sum(counted))::text AS counted,
        (count(*) FILTER (WHERE first_deposit))::float8 AS first_deposits
      FROM tributary.commission_months WHERE agreement = $1 AND period = ANY ($2) GROUP BY period, segment`,
    values: [agreement, periods],
  });
  const shares = await client.query<{ period: string; share: string }>({
    name: 'sum player shares',
    text: `SELECT period, trim_scale(sum(amount))::text AS share FROM tributary.commissions
      WHERE agreement = $1 AND period = ANY ($2) AND subject > '' AND kind IN ('revenue_share', 'recoup') GROUP BY period`,
    values: [agreement, periods],
  });
  return { sums: sums.rows, shares: new Map(shares.rows.map(({ period, share }) => [period, share])) };
}

/** CPAs of these months. */
export async function readCpas(
  client: PoolClient,
  agreement: string,
  periods: readonly string[],
): Promise<{ period: string; subject: string; at: string; amount: string }[]> {
  const found = await client.query<{ period: string; subject: string; at: string; amount: string }>(
    `SELECT period, subject, basis ->> 'at' AS at, trim_scale(amount)::text AS amount FROM tributary.commissions
      WHERE agreement = $1 AND period = ANY ($2) AND kind = 'cpa'`,
    [agreement, periods],
  );
  return found.rows;
}

/** What the last month before one leaves to the next; undefined: there is none before it. */
export async function readCarryBefore(
  client: PoolClient,
  agreement: string,
  period: string,
): Promise<{ period: string; carried_out: string } | undefined> {
  const found = await client.query<{ period: string; carried_out: string }>(
    `SELECT period, trim_scale(carried_out)::text AS carried_out FROM tributary.commission_carries
      WHERE agreement = $1 AND period < $2 ORDER BY period DESC LIMIT 1`,
    [agreement, period],
  );
  return found.rows[0];
}

const insert = defineInsert<{ agreement: string; period: string; carried_out: string }>(
  'commission_carries',
  {
    agreement: { type: 'text', of: (r) => r.agreement },
    period: { type: 'text', of: (r) => r.period },
    carried_out: { type: 'numeric', of: (r) => r.carried_out },
  },
  'ON CONFLICT (agreement, period) DO UPDATE SET carried_out = excluded.carried_out',
);

/** Replaces what months leave to the next, from one on; `before` it nothing is kept that is earlier than `first`. */
export async function replaceCarries(
  client: PoolClient,
  agreement: string,
  { first, from }: { first: string; from: string },
  carries: readonly { period: string; carried_out: string }[],
): Promise<void> {
  await client.query(
    'DELETE FROM tributary.commission_carries WHERE agreement = $1 AND (period < $2 OR period >= $3)',
    [agreement, first, from],
  );
  if (carries.length > 0) await client.query(insert(carries.map((carry) => ({ agreement, ...carry }))));
}
