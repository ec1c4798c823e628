import { SliceError } from '#libs/sources';

/** What went wrong, as BigQuery names it (https://cloud.google.com/bigquery/docs/error-messages). */
export interface BigQueryFailure {
  /** HTTP status; undefined where there was no answer, and of a job that failed. */
  status?: number | undefined;
  reason?: string | undefined;
  message: string;
}

/** Reads what Google's client throws. */
export function failureIn(error: unknown): BigQueryFailure {
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  const { code, errors, message, response } = error as {
    code?: unknown;
    errors?: { reason?: string; message?: string }[];
    message?: string;
    response?: { status?: number };
  };
  const [first] = Array.isArray(errors) ? errors : [];
  const status = typeof code === 'number' ? code : response?.status;
  return { status, reason: first?.reason, message: first?.message ?? message ?? 'no message' };
}

/** What was done, and who may do it: for people who are refused. */
export interface Asked {
  what: string;
  /** Role that lets one do it, and where it is granted. */
  grant: string;
}

const LIMITS = [
  'rateLimitExceeded',
  'quotaExceeded',
  'jobRateLimitExceeded',
  'userRateLimitExceeded',
  'tableUnavailable',
  'concurrentQuotaExceeded',
];
const REFUSED = ['accessDenied', 'billingNotEnabled', 'authError', 'required', 'forbidden', 'blocked'];
/** Google's own words; they name projects, tables and accounts, never rows. */
const MAX_MESSAGE = 500;

/** Who can mend it, and how. */
export function sliceErrorOf(
  { status, reason, message }: BigQueryFailure,
  { what, grant }: Asked,
): SliceError {
  const said = message.replace(/\s+/g, ' ').slice(0, MAX_MESSAGE);
  const more = status === undefined ? {} : { status };
  if (reason !== undefined && LIMITS.includes(reason)) {
    return new SliceError(
      'transient_error',
      'rate_limited',
      `BigQuery's quota is used up (${reason}): ${said}`,
      more,
    );
  }
  if (reason === 'bytesBilledLimitExceeded') {
    const text = `export.max_bytes_billed: the query of ${what} would bill more than that: ${said}`;
    return new SliceError('config_error', 'definition', text, more);
  }
  if (status === 401 || status === 403 || (reason !== undefined && REFUSED.includes(reason))) {
    return new SliceError(
      'config_error',
      'auth',
      `BigQuery refuses ${what}: grant ${grant}; it says: ${said}`,
      more,
    );
  }
  if (status === 404 || reason === 'notFound') {
    return new SliceError(
      'config_error',
      'definition',
      `BigQuery does not find ${what}, or the account may not see it: grant ${grant}; it says: ${said}`,
      more,
    );
  }
  if (status === 400 || reason === 'invalid' || reason === 'invalidQuery') {
    return new SliceError('system_error', 'http_status', `BigQuery does not take ${what}: ${said}`, more);
  }
  if (status === undefined && reason === undefined) return withoutAnswer(message, what);
  return new SliceError(
    'transient_error',
    'http_status',
    `BigQuery failed at ${what} (${reason ?? status}): ${said}`,
    more,
  );
}

/** No credentials, or no network: Google's libraries tell neither by a code of their own. */
function withoutAnswer(message: string, what: string): SliceError {
  if (
    /default credentials|invalid_grant|client_email|private key|DECODER|PEM|invalid_client/i.test(message)
  ) {
    const text = `export.credentials: no access with these: ${message.slice(0, MAX_MESSAGE)}`;
    return new SliceError('config_error', 'auth', text);
  }
  return new SliceError('transient_error', 'network', `BigQuery did not answer ${what}`);
}
