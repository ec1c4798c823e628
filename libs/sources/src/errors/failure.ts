import type { ErrorRule } from '../definition.js';
import type { FailureReason, SliceErrorCode } from './slice-error.js';

/** One try at a page that came to nothing. */
export interface Failure {
  /** What to do about it. */
  action: Exclude<ErrorRule['action'], 'empty'>;
  /** If nothing helps. */
  reason: FailureReason;
  code: SliceErrorCode;
  /** For people; holds no secret and nothing of a record. */
  message: string;
  status?: number;
  /** Of the answer, by lower-case name. */
  headers?: Readonly<Record<string, string>>;
  /** Of the rule that decided. */
  waitHeader?: string;
  /** How long to wait, where it is known without the headers. */
  waitMs?: number;
  cause?: unknown;
}

/** Carries a failure from where it is seen to where it is decided how to go on. */
export class PageFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}
