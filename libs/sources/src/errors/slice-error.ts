import type { Instant } from '#libs/events';

/** Who can mend it: the definition's author (`config_error`), time (`transient_error`), or neither alone. */
export type FailureReason = 'config_error' | 'transient_error' | 'system_error';

/** What went wrong, finer than the reason; for metrics and the ledger. */
export type SliceErrorCode =
  | 'definition'
  | 'secret'
  | 'auth'
  | 'http_status'
  | 'rate_limited'
  | 'network'
  | 'timeout'
  | 'body_rule'
  | 'decode'
  | 'record_path'
  | 'page_repeated'
  | 'token_repeated'
  | 'max_pages'
  | 'next_link'
  | 'stop_signal'
  | 'signals_disagree'
  | 'total_mismatch';

/**
 * Why a slice could not be read to its end. Its message is for people: what the partner answered and which key of the
 * definition to look at; it never holds a secret or anything of a record. State has not moved: the slice is read
 * again, and records that were already given on are told twice, which changes nothing.
 */
export class SliceError extends Error {
  override name = 'SliceError';
  /** Status of the partner's answer, where it decided. */
  readonly status?: number;
  /** Before this instant (UTC) the partner does not want to be asked again. */
  readonly retryAt?: Instant;

  constructor(
    readonly reason: FailureReason,
    readonly code: SliceErrorCode,
    message: string,
    more: { status?: number; retryAt?: Instant; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    if (more.status !== undefined) this.status = more.status;
    if (more.retryAt !== undefined) this.retryAt = more.retryAt;
  }
}

/** The definition says what cannot be done; `where` is the key, as `requester.url`. */
export function definitionError(where: string, problem: string): SliceError {
  return new SliceError('config_error', 'definition', `${where}: ${problem}`);
}
