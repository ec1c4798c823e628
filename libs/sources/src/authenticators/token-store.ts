import type { Instant } from '#libs/events';

/** A token that a partner gave. */
export interface StoredToken {
  accessToken: string;
  /** From this instant (UTC) another is asked for, a little before this one runs out. Absent: when it is refused. */
  renewAt?: Instant;
  /** The newest refresh token, where the partner gives a new one with each use (RFC 6749, 6). */
  refreshToken?: string;
}

/**
 * Keeps tokens. A refresh token that is good only once must outlive the process, and must not be used by two at a time:
 * where several processes read a partner, they share a store. What it keeps is secret.
 */
export interface TokenStore {
  /**
   * Gives `next` the token kept under the key and keeps what it returns. For one key it runs one `next` after the
   * other, over all processes that share the store; a `next` that throws leaves what was kept.
   */
  update(key: string, next: (kept: StoredToken | undefined) => Promise<StoredToken>): Promise<StoredToken>;
}

/** A store that lives as long as the process. */
export function createMemoryTokenStore(): TokenStore {
  const tokens = new Map<string, StoredToken>();
  const turns = new Map<string, Promise<unknown>>();
  return {
    update(key, next) {
      const turn = (turns.get(key) ?? Promise.resolve()).then(async () => {
        const token = await next(tokens.get(key));
        tokens.set(key, token);
        return token;
      });
      turns.set(
        key,
        turn.catch(() => {}),
      );
      return turn;
    },
  };
}
