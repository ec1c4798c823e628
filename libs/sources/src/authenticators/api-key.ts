import type { AuthenticatorDefinition } from '../definition.js';
import type { Authenticator, AuthenticatorWorld } from './authenticator.js';
import { credentialTexts } from './credential-texts.js';
import { placeCredential } from './place-credential.js';

type Definition = Extract<AuthenticatorDefinition, { type: 'api_key' }>;

/** A key in a header, a query parameter or a cookie. */
export function createApiKey(definition: Definition, world: AuthenticatorWorld): Authenticator {
  const texts = credentialTexts(definition, ['value'], world);
  return {
    authenticate: async (draft) => {
      const { value } = texts();
      return { draft: placeCredential(draft, definition, value), sensitive: [value] };
    },
  };
}
