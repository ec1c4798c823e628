import type { AuthenticatorDefinition } from '../definition.js';
import type { Authenticator, AuthenticatorWorld } from './authenticator.js';
import { bearerOf } from './bearer-of.js';
import { credentialTexts } from './credential-texts.js';
import { keepToken } from './kept-token.js';
import { requestToken } from './oauth-grant.js';

type Definition = Extract<AuthenticatorDefinition, { type: 'oauth2_client_credentials' }>;

/** A token for the client's own id and secret (RFC 6749, 4.4). */
export function createOAuth2ClientCredentials(
  definition: Definition,
  world: AuthenticatorWorld,
): Authenticator {
  const { scope, audience, client_authentication: clientAuthentication = 'basic' } = definition;
  const texts = credentialTexts(definition, ['token_url', 'client_id', 'client_secret'], world);
  const token = keepToken(
    world,
    () => [definition.type, ...Object.values(texts()), scope ?? '', audience ?? ''],
    (_, signal) => {
      const { token_url: tokenUrl, client_id: clientId, client_secret: clientSecret } = texts();
      const params = { grant_type: 'client_credentials', scope, audience };
      const grant = { tokenUrl, clientId, clientSecret, clientAuthentication, params, sensitive: [] };
      return requestToken(grant, world, signal);
    },
  );
  return bearerOf(token);
}
