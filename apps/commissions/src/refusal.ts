import { types } from 'node:util';
import { isDataError, isTransient } from '#libs/database';

/** SQLSTATE class of limits that a row may exceed: a key that no index holds. */
const TOO_LARGE = /^54...$/;

/**
 * Why what was reckoned together cannot be, where that may lie with one of those who were: never with a value.
 * @returns undefined: it lies with the database or with its tables, and would be the same of everybody
 */
export function refusalOf(error: unknown): string | undefined {
  if (!types.isNativeError(error)) return undefined;
  const { code, column } = error as { code?: unknown; column?: unknown };
  if (isDataError(error) || (typeof code === 'string' && TOO_LARGE.test(code))) {
    const where = typeof column === 'string' ? ` in column ${column}` : '';
    return `PostgreSQL refuses it with SQLSTATE ${String(code)}${where}`;
  }
  return code === undefined && !isTransient(error) ? `working it out ends in ${error.name}` : undefined;
}
