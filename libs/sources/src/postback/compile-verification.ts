import { timingSafeEqual } from 'node:crypto';
import { compileSignature, type Signable } from '../authenticators/compile-signature.js';
import type { PostbackVerification } from '../definition.js';
import { compileTemplate, type EnvLookup, type SecretLookup } from '../requesting/placeholders.js';

/** A partner's call as it came: its parameters, those of a form's body too, kept to the byte. */
export type PostbackCall = Signable;

/** What a call must show to be taken for the partner's. */
export interface Verification {
  /** Parameters and headers that only show who calls; they are no part of the record. */
  credential: { in: 'query' | 'header'; name: string } | undefined;
  /** Whether the call shows it. @throws SliceError where a secret is missing, by name */
  isShown: (call: PostbackCall, secrets: SecretLookup, env: EnvLookup) => boolean;
}

const NO_MOMENT = {};

/** Compiles the rule once. @throws SliceError where it was not checked */
export function compileVerification(verify: PostbackVerification): Verification {
  if (verify.type === 'none') return { credential: undefined, isShown: () => true };
  const credential = { in: verify.in, name: verify.name };
  if (verify.type === 'token') {
    const token = compileTemplate(verify.value, 'postback.verify.value', []);
    return {
      credential,
      isShown: (call, secret, env) =>
        isSame(shownIn(call, verify), token.fill({ env, secret, moment: NO_MOMENT })),
    };
  }
  const sign = compileSignature(verify, 'postback.verify');
  const fold = verify.encoding === undefined || verify.encoding.startsWith('hex');
  const caseless = (text: string | undefined): string | undefined => (fold ? text?.toLowerCase() : text);
  return {
    credential,
    isShown: (call, secret, env) => {
      const { signature } = sign(call, { env, secret, moment: NO_MOMENT });
      return isSame(caseless(shownIn(call, verify)), caseless(signature)!);
    },
  };
}

function shownIn(call: PostbackCall, place: { in: 'query' | 'header'; name: string }): string | undefined {
  if (place.in === 'header') return call.headers[place.name.toLowerCase()];
  return call.query.find(({ name }) => name === place.name)?.value;
}

/** Takes as long for a text that is nearly right. An empty secret is shown by nobody. */
function isSame(shown: string | undefined, expected: string): boolean {
  if (shown === undefined || expected === '') return false;
  const [a, b] = [Buffer.from(shown), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
