import type { Authenticator } from './authenticator.js';
import type { KeptToken } from './kept-token.js';
import { placeCredential } from './place-credential.js';

/** Shows a kept token in `Authorization: Bearer` (RFC 6750, 2.1). */
export function bearerOf(kept: KeptToken): Authenticator {
  return {
    authenticate: async (draft, signal) => {
      const token = await kept.get(signal);
      return {
        draft: placeCredential(draft, { in: 'header', name: 'authorization' }, `Bearer ${token}`),
        sensitive: [token],
        token,
      };
    },
    refuse: (token) => kept.refuse(token),
  };
}
