import { createHash } from 'node:crypto';
import { instantFromMs, instantToMs } from '#libs/events';
import type { StoredToken, TokenStore } from './token-store.js';

/** A token that is there when a request needs it. */
export interface KeptToken {
  /** A good token; asks for one where there is none, once for all who wait. */
  get(signal: AbortSignal): Promise<string>;
  /** This one is good no more, whatever its time. */
  refuse(token: string): void;
}

const LONGEST_MARGIN_MS = 60_000;

/**
 * Keeps a token: it is asked for before the old one runs out, once for all concurrent requests, streams and processes
 * that share the store and the credential.
 * @param credential what the token is given for; its hash names the token in the store
 * @param ask asks the partner; gets what was kept before
 */
export function keepToken(
  { tokenStore, now }: { tokenStore: TokenStore; now: () => number },
  credential: () => readonly string[],
  ask: (kept: StoredToken | undefined, signal: AbortSignal) => Promise<StoredToken>,
): KeptToken {
  let mine: { key: string; token: StoredToken } | undefined;
  let refused: string | undefined;
  const isGood = ({ accessToken, renewAt }: StoredToken) =>
    accessToken !== refused && (renewAt === undefined || now() < instantToMs(renewAt));

  return {
    async get(signal) {
      const key = keyOf(credential());
      if (mine?.key === key && isGood(mine.token)) return mine.token.accessToken;
      signal.throwIfAborted(); // an update that nobody waits for may fail unheard, which ends the process
      const update = tokenStore.update(key, async (kept) => {
        signal.throwIfAborted();
        if (kept && isGood(kept)) return kept;
        const token = await ask(kept, signal);
        refused = undefined; // A partner may give the same token again.
        return token;
      });
      const token = await unlessAborted(update, signal);
      mine = { key, token };
      return token.accessToken;
    },
    refuse(token) {
      refused = token;
    },
  };
}

/** When to ask for the next token: a tenth of its life before it runs out, at most a minute. */
export function renewAtOf(nowMs: number, lifeSeconds: number | undefined): Pick<StoredToken, 'renewAt'> {
  if (lifeSeconds === undefined || !(lifeSeconds > 0)) return {};
  const lifeMs = Math.min(lifeSeconds * 1000, 100 * 365 * 86_400_000);
  return { renewAt: instantFromMs(Math.floor(nowMs + lifeMs - Math.min(LONGEST_MARGIN_MS, lifeMs / 10))) };
}

function keyOf(credential: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(credential)).digest('hex');
}

/** The promise's outcome, or the reason of the signal, which is not aborted yet, as soon as there is one. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
