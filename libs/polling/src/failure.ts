import { isTransient, type StreamFailure } from '#libs/database';
import { PublishError } from '#libs/event-log';
import { instantToMs } from '#libs/events';
import { SliceError } from '#libs/sources';

/** Why a slice failed, and who can mend it. */
export interface Failure {
  reason: SliceError['reason'];
  /** For the ledger and metrics. */
  code: string;
  /** For people; nothing of a record, no secret. */
  text: string;
  /** The partner does not want to be asked before (epoch milliseconds). */
  retryAtMs?: number;
}

/** The most that is kept of what an error says. */
const MAX_TEXT = 2_000;

/** Without NUL and halves of characters, as where a text was cut: PostgreSQL takes no JSON that has them. */
function storable(text: string): string {
  return Buffer.from(text).toString().replaceAll('\0', '');
}

/** What an error means. */
export function failureOf(error: unknown): Failure {
  if (error instanceof SliceError) {
    const { reason, code, message, retryAt } = error;
    const text = storable(message.slice(0, MAX_TEXT));
    return { reason, code, text, ...(retryAt && { retryAtMs: instantToMs(retryAt) }) };
  }
  if (error instanceof PublishError) {
    return { reason: 'transient_error', code: 'event_log', text: 'the event log did not take the records' };
  }
  if (isTransient(error)) {
    return { reason: 'transient_error', code: 'database', text: 'the database did not answer' };
  }
  const name = error instanceof Error ? error.name : typeof error;
  return {
    reason: 'system_error',
    code: 'unforeseen',
    text: `an unforeseen ${name}: the log has where it comes from`,
  };
}

/** First and longest wait by who can mend it: a definition has to be changed by somebody. */
const WAITS_MS = {
  transient_error: { first: 5_000, longest: 15 * 60_000 },
  system_error: { first: 30_000, longest: 30 * 60_000 },
  config_error: { first: 60_000, longest: 60 * 60_000 },
} satisfies Record<Failure['reason'], { first: number; longest: number }>;

/** A secret may be put back at any time, and nobody is asked to see whether it was. */
const SECRET_WAITS_MS = { first: 15_000, longest: 60_000 };

/** However far the partner puts it off. */
const LONGEST_PUT_OFF_MS = 24 * 60 * 60_000;

/**
 * How long to wait before the next attempt: twice as long after every failure, with up to a half of it left to chance, and
 * at least as long as the partner says.
 * @param failures in a row before this one
 * @param random from 0 to less than 1
 */
export function waitAfter(failure: Failure, failures: number, nowMs: number, random: number): StreamFailure {
  const { first, longest } = failure.code === 'secret' ? SECRET_WAITS_MS : WAITS_MS[failure.reason];
  const full = Math.min(longest, first * 2 ** Math.min(failures, 30));
  const putOff = Math.min((failure.retryAtMs ?? nowMs) - nowMs, LONGEST_PUT_OFF_MS);
  return {
    code: failure.code,
    text: failure.text,
    waitMs: Math.max(Math.round(full * (1 - random / 2)), putOff),
  };
}
