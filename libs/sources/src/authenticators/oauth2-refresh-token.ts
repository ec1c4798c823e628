import type { AuthenticatorDefinition } from '../definition.js';
import type { Authenticator, AuthenticatorWorld } from './authenticator.js';
import { bearerOf } from './bearer-of.js';
import { credentialTexts } from './credential-texts.js';
import { keepToken } from './kept-token.js';
import { requestToken } from './oauth-grant.js';

type Definition = Extract<AuthenticatorDefinition, { type: 'oauth2_refresh_token' }>;

/**
 * A token for a refresh token (RFC 6749, 6). Where the partner gives a new refresh token with each use, the newest is
 * kept in the token store and the one of the definition is only the first. A new one in the definition begins anew. Who
 * has sent one waits for the answer, though nobody wants the token any more: it may be good only once.
 */
export function createOAuth2RefreshToken(definition: Definition, world: AuthenticatorWorld): Authenticator {
  const { scope, client_authentication: clientAuthentication = 'basic' } = definition;
  const texts = credentialTexts(
    definition,
    ['token_url', 'client_id', 'client_secret', 'refresh_token'],
    world,
  );
  const token = keepToken(
    world,
    () => [definition.type, ...Object.values(texts()), scope ?? ''],
    async (kept) => {
      const { token_url: tokenUrl, client_id: clientId, client_secret: clientSecret, ...first } = texts();
      const refreshToken = kept?.refreshToken ?? first.refresh_token;
      const params = { grant_type: 'refresh_token', refresh_token: refreshToken, scope };
      const sensitive = [refreshToken];
      const grant = { tokenUrl, clientId, clientSecret, clientAuthentication, params, sensitive };
      return { refreshToken, ...(await requestToken(grant, world, new AbortController().signal)) };
    },
  );
  return bearerOf(token);
}
