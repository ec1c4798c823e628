import { instantFromMs } from '#libs/events';
import type { Failure } from './failure.js';
import { SliceError } from './slice-error.js';
import { statedWaitMs } from './stated-wait.js';

/** What has been done for this page so far. */
export interface Tries {
  /** Retries after a wait. */
  retries: number;
  maxRetries: number;
  /** Whether a new token was asked for. */
  refreshed: boolean;
  /** Whether records of this page were given on. */
  given: boolean;
}

/** How to go on after a failure. */
export type GoOn =
  { then: 'wait'; ms: number } | { then: 'refresh_token' } | { then: 'fail'; error: SliceError };

/** A partner that wants to be left alone for longer is asked again with a later poll. */
export const LONGEST_WAIT_MS = 300_000;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;
const SPREAD_MS = 1_000;

/**
 * Decides how to go on. Waits what the partner states and up to a second more, so that replicas do not come back all at
 * once; else exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"). A page
 * of which records were given on is not tried again in place: the slice fails as transient and is read again whole,
 * so that its line in the ledger counts every record once.
 * @param random from 0 to below 1
 */
export function afterFailure(failure: Failure, tries: Tries, nowMs: number, random: number): GoOn {
  const { action, status } = failure;
  const fail = (reason: SliceError['reason'], note: string, retryAtMs?: number): GoOn => ({
    then: 'fail',
    error: new SliceError(reason, failure.code, failure.message + note, {
      ...(status === undefined ? {} : { status }),
      ...(retryAtMs === undefined ? {} : { retryAt: instantFromMs(retryAtMs) }),
      ...(failure.cause === undefined ? {} : { cause: failure.cause }),
    }),
  });

  if (action === 'fail') return fail(failure.reason, '');
  if (tries.given) {
    return fail('transient_error', '; records of the page were given on, so the slice is read again');
  }
  if (action === 'refresh_token_then_retry') {
    return tries.refreshed
      ? fail('config_error', '; a new token was refused too: check authenticator and the secrets it names')
      : { then: 'refresh_token' };
  }
  const statedMs =
    action === 'rate_limited'
      ? (failure.waitMs ?? statedWaitMs(failure.headers ?? {}, nowMs, failure.waitHeader))
      : undefined;
  if (statedMs !== undefined && statedMs > LONGEST_WAIT_MS) {
    const retryAtMs = Math.min(nowMs + statedMs, nowMs + 366 * 86_400_000);
    return fail('transient_error', `; it asks to wait until ${new Date(retryAtMs).toISOString()}`, retryAtMs);
  }
  if (tries.retries >= tries.maxRetries) {
    const note = tries.retries === 0 ? '' : `; tried ${tries.retries + 1} times`;
    return fail(failure.reason, note, statedMs === undefined ? undefined : nowMs + statedMs);
  }
  if (statedMs !== undefined) return { then: 'wait', ms: statedMs + random * SPREAD_MS };
  const ceilingMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** tries.retries);
  return { then: 'wait', ms: random * ceilingMs };
}
