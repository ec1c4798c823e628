import type { Pool } from 'pg';

/** The turn to renew a token: one at a time over all processes. */
export interface TokenTurn {
  /** Grows with every turn. */
  turn: string;
  /** What is kept; null where nothing is. */
  token: object | null;
}

/**
 * Takes the turn of a token, for at most so long.
 * @returns undefined where another has it
 */
export async function takeTokenTurn(pool: Pool, key: string, lifeMs: number): Promise<TokenTurn | undefined> {
  const taken = await pool.query<TokenTurn>(
    `INSERT INTO tributary.source_tokens AS t (token_key, turn, turn_until)
      VALUES ($1, 1, now() + $2 * interval '1 ms')
      ON CONFLICT (token_key) DO UPDATE SET turn = t.turn + 1, turn_until = excluded.turn_until
        WHERE t.turn_until IS NULL OR t.turn_until < now()
      RETURNING turn, token`,
    [key, lifeMs],
  );
  return taken.rows[0];
}

/**
 * Ends a turn and keeps what it brought: a refresh token that is good once has to outlive the process. It stands in the
 * table as it is.
 * @param token absent: what was kept stays
 */
export async function endTokenTurn(pool: Pool, key: string, turn: string, token?: object): Promise<void> {
  await pool.query(
    `UPDATE tributary.source_tokens SET turn_until = NULL, token = coalesce($3::jsonb, token), updated_at = now()
      WHERE token_key = $1 AND turn = $2`,
    [key, turn, token === undefined ? null : JSON.stringify(token)],
  );
}
