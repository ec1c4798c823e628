import { types } from 'node:util';

/** SQLSTATE classes and codes (https://www.postgresql.org/docs/current/errcodes-appendix.html) of faults that
 * pass: lost connections, a server that starts or stops, lack of resources, deadlock and serialization, a process
 * that stood still for too long. */
const TRANSIENT_STATE = /^(08...|53...|57P0[1-5]|40001|40P01|55P03|25006|25P03)$/;
const TRANSIENT_CODE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);
/** What pg and its pool say in words alone, without a code: a connection that is gone, or that none could be had in
 * time, be it that the server is slow or that all of the pool's are in use. */
const CONNECTION_LOST =
  /connection terminated|connection error|client was closed|timeout expired|connection timeout|timeout exceeded when trying to connect/i;

/** Whether the same statement may succeed later without anybody mending anything. */
export function isTransient(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && (TRANSIENT_STATE.test(code) || TRANSIENT_CODE.has(code))) return true;
  return CONNECTION_LOST.test(error.message);
}

/** Whether the database refuses the data itself (SQLSTATE classes 22 and 23, and a text it cannot hold). */
export function isDataError(error: unknown): boolean {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && /^(22|23)...$/.test(code);
}
