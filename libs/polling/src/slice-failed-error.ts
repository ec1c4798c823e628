import type { SourceWindow } from '#libs/database';
import { failureOf, type Failure } from './failure.js';

/** A slice was not read to its end. */
export class SliceFailedError extends Error {
  override readonly name = 'SliceFailedError';
  constructor(
    /** Its line of the ledger. */
    readonly window: SourceWindow,
    readonly failure: Failure,
    cause: unknown,
  ) {
    super(failure.text, { cause });
  }
}

/** The line of the ledger, where there is one, and why. */
export function asSliceFailure(error: unknown): { window?: SourceWindow; failure: Failure; cause: unknown } {
  if (!(error instanceof SliceFailedError)) return { failure: failureOf(error), cause: error };
  const { window, failure, cause } = error;
  return { window, failure, cause };
}
