import pRetry from 'p-retry';
import type { Pool } from 'pg';
import { endTokenTurn, isTransient, takeTokenTurn } from '#libs/database';
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
          const { turn } = taken;
          let token: StoredToken;
          try {
            token = await next((taken.token as StoredToken | null) ?? undefined);
          } catch (error) {
            await endTokenTurn(pool, key, turn).catch(() => {}); // it ends by itself
            throw error;
          }
          await keepToken(() => endTokenTurn(pool, key, turn, token), stopping);
          return token;
        }
        await waitUnlessAborted(LOOK_MS, stopping);
      }
    },
  };
}

/**
 * Tries for as long as a turn lasts: the refresh token that is kept is good no more, as a rule, when the partner has given
 * the next, so that without it somebody would have to ask the partner for a new one.
 */
function keepToken(keep: () => Promise<void>, stopping: AbortSignal): Promise<void> {
  return pRetry(keep, {
    ...{ retries: 40, minTimeout: 100, maxTimeout: 3_000 }, // some 110 seconds
    shouldRetry: (error) => isTransient(error) && !stopping.aborted,
  });
}
