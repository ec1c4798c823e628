import type { Pool } from 'pg';
import { endTokenTurn, takeTokenTurn } from '#libs/database';
import type { StoredToken, TokenStore } from '#libs/sources';
import { waitUnlessAborted } from '#libs/polling';

/** Longer than a partner takes for a token; after it another may try. */
const TURN_MS = 120_000;
const LOOK_MS = 250;

/** Tokens that all processes share through the database: each is renewed by one of them at a time. */
export function shareTokens(pool: Pool, stopping: AbortSignal): TokenStore {
  return {
    async update(key, next) {
      for (;;) {
        const taken = await takeTokenTurn(pool, key, TURN_MS);
        if (taken) {
          let token: StoredToken | undefined;
          try {
            token = await next((taken.token as StoredToken | null) ?? undefined);
            return token;
          } finally {
            await endTokenTurn(pool, key, taken.turn, token);
          }
        }
        await waitUnlessAborted(LOOK_MS, stopping);
      }
    },
  };
}
