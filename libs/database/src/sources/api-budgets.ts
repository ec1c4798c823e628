import type { Pool } from 'pg';

/** At most so many requests in any stretch of time that long. */
export interface Allowance {
  requests: number;
  perMs: number;
}

/** The most grants that a budget remembers: one row of two kilobytes. */
const MAX_REMEMBERED = 200;
/**
 * Two requests may take differently long to the partner, who counts them where they arrive: what is granted keeps so
 * much more distance than the partner asks for, at most a twentieth of it.
 */
const GUARD_MS = 200;

/**
 * The allowance as it is kept: one of many requests is cut into equal parts, each of which holds for its part of the
 * time, so that the whole holds too; and it is longer by the guard.
 */
export function keptAllowance({ requests, perMs }: Allowance): Allowance {
  const parts = Math.ceil(requests / MAX_REMEMBERED);
  const partMs = perMs / parts;
  return {
    requests: Math.max(1, Math.floor(requests / parts)),
    perMs: partMs + Math.min(GUARD_MS, partMs / 20),
  };
}

/**
 * Takes one permission from a budget, or says how long there is none. The row remembers when the last permissions were
 * given, by the database's clock: a permission is given when the one that is `requests` before it is `per` ago, so that
 * no stretch of time has more of them, wherever it begins. (A bucket of tokens, or a count by the minute, lets twice as
 * many through around a border; partners count by the one or the other.) The row's lock is held before the clock is
 * looked at.
 * @param reserve so many permissions are left for others: what is less urgent gets none of the last ones
 * @returns 0 where the permission is given, else after how many milliseconds to ask again
 */
export async function takeFromBudget(
  pool: Pool,
  key: string,
  allowance: Allowance,
  reserve = 0,
): Promise<number> {
  const { requests, perMs } = keptAllowance(allowance);
  const taken = await pool.query<{ wait_ms: string }>({
    name: 'take from budget',
    text: `INSERT INTO tributary.api_budgets AS b (budget_key, granted, asked_at)
      SELECT $1, ARRAY[now], now FROM clock_timestamp() AS now
      ON CONFLICT (budget_key) DO UPDATE SET (granted, asked_at, free_at) = (
        SELECT CASE WHEN coalesce(free_at <= now, true)
            THEN (b.granted || now)[greatest(cardinality(b.granted) + 2 - $4, 1):] ELSE b.granted END,
          now, free_at
        FROM (SELECT greatest(clock_timestamp(), b.granted[cardinality(b.granted)]) AS now) c,
          LATERAL (SELECT greatest(b.blocked_until,
            b.granted[cardinality(b.granted) + 1 - $2::integer] + $3 * interval '1 ms') AS free_at) f)
      RETURNING coalesce(extract(epoch FROM greatest(free_at - asked_at, interval '0')) * 1000, 0) AS wait_ms`,
    values: [key, Math.max(1, requests - reserve), perMs, MAX_REMEMBERED],
  });
  return Math.ceil(Number(taken.rows[0]!.wait_ms));
}

/** No permission of this budget for so long: the partner has said that it is too much. */
export async function blockBudget(pool: Pool, key: string, forMs: number): Promise<void> {
  await pool.query(
    `INSERT INTO tributary.api_budgets AS b (budget_key, granted, asked_at, blocked_until)
      VALUES ($1, '{}', now(), now() + $2 * interval '1 ms')
      ON CONFLICT (budget_key) DO UPDATE SET blocked_until = greatest(b.blocked_until, excluded.blocked_until)`,
    [key, forMs],
  );
}
