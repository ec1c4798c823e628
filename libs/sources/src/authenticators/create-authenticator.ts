import type { AuthenticatorDefinition } from '../definition.js';
import { createApiKey } from './api-key.js';
import type { Authenticator, AuthenticatorWorld } from './authenticator.js';
import { createBasic } from './basic.js';
import { createBearer } from './bearer.js';
import { createJwt } from './jwt.js';
import { createNone } from './none.js';
import { createOAuth2ClientCredentials } from './oauth2-client-credentials.js';
import { createOAuth2RefreshToken } from './oauth2-refresh-token.js';
import { createSessionToken } from './session-token.js';
import { createSignature } from './signature.js';

type Create<Type extends AuthenticatorDefinition['type']> = (
  definition: Extract<AuthenticatorDefinition, { type: Type }>,
  world: AuthenticatorWorld,
) => Authenticator;

const AUTHENTICATORS = {
  none: createNone,
  basic: createBasic,
  bearer: createBearer,
  api_key: createApiKey,
  oauth2_client_credentials: createOAuth2ClientCredentials,
  oauth2_refresh_token: createOAuth2RefreshToken,
  session_token: createSessionToken,
  jwt: createJwt,
  signature: createSignature,
} satisfies { [Type in AuthenticatorDefinition['type']]: Create<Type> };

/** Makes what a definition describes. @throws SliceError (config_error) for what it cannot describe */
export function createAuthenticator(
  definition: AuthenticatorDefinition,
  world: AuthenticatorWorld,
): Authenticator {
  const create = AUTHENTICATORS[definition.type] as Create<AuthenticatorDefinition['type']>;
  return create(definition, world);
}
