import type { AuthenticatorDefinition } from '../definition.js';
import type { Authenticator, AuthenticatorWorld } from './authenticator.js';
import { credentialTexts } from './credential-texts.js';
import { placeCredential } from './place-credential.js';

type Definition = Extract<AuthenticatorDefinition, { type: 'bearer' }>;

/** A token that does not change (RFC 6750, 2.1). */
export function createBearer(definition: Definition, world: AuthenticatorWorld): Authenticator {
  const texts = credentialTexts(definition, ['token'], world);
  return {
    authenticate: async (draft) => {
      const { token } = texts();
      return {
        draft: placeCredential(draft, { in: 'header', name: 'authorization' }, `Bearer ${token}`),
        sensitive: [token],
      };
    },
  };
}
