import type { Pool } from 'pg';

/** What a partner handed out under a key; undefined where there is nothing. */
export async function readSourceToken(pool: Pool, key: string): Promise<object | undefined> {
  const found = await pool.query<{ token: object }>(
    'SELECT token FROM tributary.source_tokens WHERE token_key = $1',
    [key],
  );
  return found.rows[0]?.token;
}

/** Keeps what a partner handed out: a refresh token that is good once has to outlive the process. It stands in the
 * table as it is. */
export async function storeSourceToken(pool: Pool, key: string, token: object): Promise<void> {
  await pool.query(
    `INSERT INTO tributary.source_tokens (token_key, token) VALUES ($1, $2)
      ON CONFLICT (token_key) DO UPDATE SET token = excluded.token, updated_at = now()`,
    [key, JSON.stringify(token)],
  );
}
