import { ConnectionError } from './connection-error.js';

/** Why a subscription cannot be pulled. */
export interface PullFailure {
  /** Name of the gRPC status, in small letters; `secret`, `definition`: there is no client; `connection`: anything else. */
  code: string;
  /** For people: what it says, and what to do. */
  text: string;
}

/** Names of gRPC's status codes (grpc.io/docs/guides/status-codes), by number. */
const CODES = [
  'ok',
  'cancelled',
  'unknown',
  'invalid_argument',
  'deadline_exceeded',
  'not_found',
  'already_exists',
  'permission_denied',
  'resource_exhausted',
  'failed_precondition',
  'aborted',
  'out_of_range',
  'unimplemented',
  'internal',
  'unavailable',
  'data_loss',
  'unauthenticated',
] as const;

const ADVICE: Partial<Record<(typeof CODES)[number], string>> = {
  not_found: 'create the subscription, or mend `subscription` and `project` in the definition',
  permission_denied: 'grant roles/pubsub.subscriber on the subscription to the account of the credentials',
  unauthenticated: 'look at the credentials: the key may be revoked, or none was found',
  failed_precondition:
    'the subscription may be detached, or push to an endpoint: it must be a pull subscription',
  unavailable: 'Pub/Sub cannot be reached',
};

const MAX_TEXT = 500;

/** What an error of Pub/Sub's client means, or why there is none. */
export function pullFailureOf(error: unknown): PullFailure {
  if (error instanceof ConnectionError) return { code: error.code, text: error.message };
  const { code, details, message } = (error ?? {}) as {
    code?: unknown;
    details?: unknown;
    message?: unknown;
  };
  const name = typeof code === 'number' ? (CODES[code] ?? 'unknown') : 'connection';
  const said = [details, message].find((text) => typeof text === 'string' && text !== '') as
    string | undefined;
  const advice = ADVICE[name as (typeof CODES)[number]];
  const text = (said ?? 'it says nothing more').slice(0, MAX_TEXT);
  return { code: name, text: advice === undefined ? text : `${text}; ${advice}` };
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * How long to wait before the next attempt: twice as long after every failure, up to a half of it left to chance.
 * @param failures in a row before this one
 * @param random from 0 to less than 1
 */
export function waitAfter(failures: number, random: number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 20));
  return Math.round(full * (1 - random / 2));
}
