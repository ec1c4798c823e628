import type { SignatureDefinition } from '../definition.js';
import { masker } from '../requesting/mask-request.js';
import { SIGNING_PLACEHOLDERS, compileTemplate } from '../requesting/placeholders.js';
import type { RequestDraft } from '../requesting/request-draft.js';
import { rememberSecrets } from '../requesting/known-secrets.js';
import type { Authenticator, AuthenticatorWorld } from './authenticator.js';
import { compileSignature, type Signed } from './compile-signature.js';
import { placeholderValues } from './credential-texts.js';
import { placeCredential } from './place-credential.js';
import { signingMoment } from './signing-moment.js';

type World = Pick<AuthenticatorWorld, 'env' | 'secrets' | 'now' | 'random'>;

/** A digest of what the definition spells out, with a time stamp and nonce of its own for each request. */
export function createSignature(definition: SignatureDefinition, world: World): Authenticator {
  const sign = compileSigning(definition);
  return {
    authenticate: async (draft) => {
      const { draft: signed, signature } = sign(draft, world);
      return { draft: signed, sensitive: [signature] };
    },
  };
}

/**
 * The text that is signed for a request, and its signature, for a person who looks for what is wrong with it.
 * @param draft the request without the signature
 * @param world its clock and randomness give the time stamp and the nonce
 * @throws SliceError where a secret is missing
 */
export function signingText(
  definition: SignatureDefinition,
  draft: RequestDraft,
  world: World,
  { masked }: { masked: boolean },
): Signed {
  const known = rememberSecrets(world.secrets);
  const { text, signature } = compileSigning(definition)(draft, { ...world, secrets: known.lookUp });
  return { text: masked ? masker(known.values())(text) : text, signature: masked ? '***' : signature };
}

function compileSigning(definition: SignatureDefinition) {
  const sign = compileSignature(definition);
  const value = compileTemplate(definition.value ?? '${signature}', 'authenticator.value', [
    ...SIGNING_PLACEHOLDERS,
    'signature',
  ]);
  const set = (definition.set ?? []).map((one, i) => ({
    ...one,
    value: compileTemplate(one.value, `authenticator.set[${i}].value`, SIGNING_PLACEHOLDERS),
  }));
  return (draft: RequestDraft, world: World): Signed & { draft: RequestDraft } => {
    const moment = signingMoment(world);
    const values = placeholderValues(world, moment);
    const complete = set.reduce((all, one) => placeCredential(all, one, one.value.fill(values)), draft);
    const signed = sign(complete, values);
    const shown = value.fill(placeholderValues(world, { ...moment, signature: signed.signature }));
    return { ...signed, draft: placeCredential(complete, definition, shown) };
  };
}
