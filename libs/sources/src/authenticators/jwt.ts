import { createPrivateKey } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { AuthenticatorDefinition } from '../definition.js';
import { definitionError } from '../errors/slice-error.js';
import { durationMs } from '../requesting/compile-requester.js';
import { SIGNING_PLACEHOLDERS, compileTemplate } from '../requesting/placeholders.js';
import type { Authenticator, AuthenticatorWorld } from './authenticator.js';
import { credentialTexts, placeholderValues } from './credential-texts.js';
import { placeCredential } from './place-credential.js';
import { signingMoment } from './signing-moment.js';

type Definition = Extract<AuthenticatorDefinition, { type: 'jwt' }>;

const DEFAULT_LIFE_MS = 300_000;

/** A token that we sign ourselves, a new one for each request (RFC 7519); `iat` and `exp` are set unless claimed. */
export function createJwt(definition: Definition, world: AuthenticatorWorld): Authenticator {
  const { algorithm, key_id: kid, expires_in: expiresIn, header } = definition;
  const texts = credentialTexts(definition, ['key'], world);
  const lifeMs =
    expiresIn === undefined ? DEFAULT_LIFE_MS : durationMs(expiresIn, 'authenticator.expires_in');
  const claims = Object.entries(definition.claims).map(([name, claim]) => ({
    name,
    claim:
      typeof claim === 'number'
        ? claim
        : compileTemplate(claim, `authenticator.claims.${name}`, SIGNING_PLACEHOLDERS),
  }));
  const value = compileTemplate(header?.value ?? 'Bearer ${token}', 'authenticator.header.value', ['token']);

  return {
    authenticate: async (draft) => {
      const { SignJWT } = await import('jose'); // few sources sign tokens
      const { key } = texts();
      const issuedAt = Math.floor(world.now() / 1000);
      const values = placeholderValues(world, signingMoment(world));
      const payload: JWTPayload = { iat: issuedAt, exp: issuedAt + Math.ceil(lifeMs / 1000) };
      for (const { name, claim } of claims) {
        payload[name] = typeof claim === 'number' ? claim : claim.fill(values);
      }
      const token = await new SignJWT(payload)
        .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(kid === undefined ? {} : { kid }) })
        .sign(signingKey(algorithm, key));
      const shown = value.fill(placeholderValues(world, { token }));
      const place = { in: 'header' as const, name: header?.name ?? 'authorization' };
      return { draft: placeCredential(draft, place, shown), sensitive: [token] };
    },
  };
}

function signingKey(algorithm: Definition['algorithm'], key: string) {
  if (algorithm.startsWith('HS')) return new TextEncoder().encode(key);
  try {
    // Secrets from an environment often have `\n` for their line breaks.
    return createPrivateKey(key.replaceAll('\\n', '\n'));
  } catch {
    throw definitionError('authenticator.key', `${algorithm} needs a private key in PEM`);
  }
}
