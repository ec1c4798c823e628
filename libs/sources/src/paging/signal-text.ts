import { SliceError } from '../errors/slice-error.js';
import type { JsonValue } from '../json.js';

/**
 * A token or link that an answer names. Null, false, absent or empty: undefined.
 * @param where key of the definition that names the path
 * @throws SliceError where something else stands there
 */
export function signalText(value: JsonValue | undefined, where: string, path: string): string | undefined {
  if (value === undefined || value === null || value === '' || value === false) return undefined;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const type = Array.isArray(value)
    ? 'an array'
    : typeof value === 'object'
      ? 'an object'
      : `a ${typeof value}`;
  throw new SliceError('config_error', 'stop_signal', `${where}: at ${path} stands ${type}, not a text`);
}
