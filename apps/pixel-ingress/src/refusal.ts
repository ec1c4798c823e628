import type { FieldError } from './field-error.js';

/** A call that is refused as a whole, with what its reply says. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly status: 400 | 401 | 413 | 415 | 421 | 422 | 503,
    /** Label of the metric. */
    readonly outcome: string,
    readonly body: { errors: FieldError[] } | { error: string },
  ) {
    super(outcome);
  }
}

export const misdirected = (): Refusal =>
  new Refusal(421, 'misdirected', { error: 'no brand takes this host' });

export const tooMany = (limit: number): Refusal =>
  new Refusal(413, 'too_large', { error: `at most ${limit} items in one call` });

export const notAnArray = (): Refusal =>
  new Refusal(422, 'invalid', {
    errors: [{ field: '', code: 'invalid_type', message: 'must be an array' }],
  });

/** A postback that does not show whose it is. */
export const notShown = (): Refusal =>
  new Refusal(401, 'unauthorized', { error: 'the call does not show what this source asks for' });

/** A postback whose secret we do not have: the partner is to call again. */
export const notSetUp = (): Refusal => new Refusal(503, 'not_set_up', { error: 'this source is not set up' });
