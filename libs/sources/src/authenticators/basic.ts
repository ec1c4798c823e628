import type { AuthenticatorDefinition } from '../definition.js';
import { definitionError } from '../errors/slice-error.js';
import type { Authenticator, AuthenticatorWorld } from './authenticator.js';
import { credentialTexts } from './credential-texts.js';
import { placeCredential } from './place-credential.js';

type Definition = Extract<AuthenticatorDefinition, { type: 'basic' }>;

/** User and password, in UTF-8 (RFC 7617). */
export function createBasic(definition: Definition, world: AuthenticatorWorld): Authenticator {
  const texts = credentialTexts(definition, ['username', 'password'], world);
  return {
    authenticate: async (draft) => {
      const { username, password } = texts();
      if (username.includes(':')) throw definitionError('authenticator.username', 'cannot hold a colon');
      const pair = Buffer.from(`${username}:${password}`).toString('base64');
      return {
        draft: placeCredential(draft, { in: 'header', name: 'authorization' }, `Basic ${pair}`),
        sensitive: [pair, password],
      };
    },
  };
}
