import { shareTokens } from '#apps/http-poller';
import { openDatabase } from '#libs/database';
import type { Environment } from '#libs/runtime';
import { createMemoryTokenStore, type AuthenticatorDefinition, type TokenStore } from '#libs/sources';
import { CommandFailed } from '../exit-code.js';

/** Where the tokens of one command are kept. */
export interface CommandTokens {
  store: TokenStore;
  close(): Promise<void>;
}

const NOT_KEPT =
  'note: DATABASE_URL is not set, so that this command cannot share tokens with the poller: where the partner gives a ' +
  'new refresh token with each use, it uses up the one that is set, and the new one is not kept';

/** What PostgreSQL says of a table that is not there. */
const NO_TABLE = '42P01';

/**
 * A refresh token that is good only once is kept where the poller keeps it, if a database is set, and both renew it in
 * turns. Other tokens can be had again, and die with the command.
 * @param warn told where a refresh token cannot be shared
 */
export function openTokens(
  authenticator: AuthenticatorDefinition | undefined,
  environment: Environment,
  warn: (note: string) => void,
): CommandTokens {
  const none = { store: createMemoryTokenStore(), close: () => Promise.resolve() };
  if (authenticator?.type !== 'oauth2_refresh_token') return none;
  const url = environment['DATABASE_URL'];
  if (!url) {
    warn(NOT_KEPT);
    return none;
  }
  const database = openDatabase(url, 'tributary-cli', { warn: () => {} });
  const shared = shareTokens(database.pool, new AbortController().signal);
  return {
    store: {
      update: (key, next) =>
        shared.update(key, next).catch((error: unknown) => {
          if ((error as { code?: unknown }).code !== NO_TABLE) throw error;
          throw new CommandFailed(
            'the database that keeps tokens lacks tables of this version: run npx tributary migrate first',
          );
        }),
    },
    close: () => database.close(),
  };
}
