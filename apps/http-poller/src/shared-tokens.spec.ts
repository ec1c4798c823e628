import type { Pool } from 'pg';
import { shareTokens } from './shared-tokens.js';

const never = new AbortController().signal;
const GIVEN = { accessToken: 'a', refreshToken: 'good once' };

/** A database that has no token, and is away for the first writes of one. */
function awayFor(writes: number): { pool: Pool; kept: unknown[] } {
  const kept: unknown[] = [];
  let left = writes;
  const query = async (text: string, values: unknown[]): Promise<{ rows: object[] }> => {
    if (text.startsWith('INSERT')) return { rows: [{ turn: '1', token: null }] };
    if (left-- > 0) throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    kept.push(JSON.parse(values[2] as string));
    return { rows: [] };
  };
  return { pool: { query } as unknown as Pool, kept };
}

it('keeps a token that the partner gave, though the database is away for the moment', async () => {
  const { pool, kept } = awayFor(2);
  expect(await shareTokens(pool, never).update('key', async () => GIVEN)).toEqual(GIVEN);
  expect(kept).toEqual([GIVEN]);
});

it('is told of a database that is away by who is on the way out', async () => {
  const { pool, kept } = awayFor(Infinity);
  const update = shareTokens(pool, AbortSignal.abort()).update('key', async () => GIVEN);
  await expect(update).rejects.toThrow('terminating connection');
  expect(kept).toEqual([]);
});

it('tells what the partner said where there is nothing to keep', async () => {
  const { pool } = awayFor(1);
  const update = shareTokens(pool, never).update('key', () => Promise.reject(new Error('invalid_grant')));
  await expect(update).rejects.toThrow('invalid_grant');
});
