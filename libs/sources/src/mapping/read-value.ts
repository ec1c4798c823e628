import type { JsonObject, JsonValue } from '../json.js';
import { compilePath, parsePath } from '../path.js';

/**
 * Reads a value for an event.
 * @param element what `for_each` is at; the record itself where there is no `for_each`
 */
export type Read = (record: JsonObject, element: JsonValue) => JsonValue | undefined;

/** Reads a path: with `$` in front from the whole record, else from the element. @throws PathError */
export function compileRead(path: string): Read {
  const read = compilePath(path);
  return path.startsWith('$') ? (record) => read(record) : (_record, element) => read(element);
}

/** Whether there is a value: neither absent, null nor the empty text. */
export function isValue(value: JsonValue | undefined): value is Exclude<JsonValue, null> {
  return value !== undefined && value !== null && value !== '';
}

/** The text of a value that is neither list nor object; a number in plain digits. */
export function textOf(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return plainNumber(value);
  return typeof value === 'boolean' ? String(value) : undefined;
}

/** A number without exponent: JavaScript writes one below 10^-6. What has one above has lost digits, and keeps it. */
function plainNumber(value: number): string {
  const text = String(value);
  const at = text.indexOf('e-');
  if (at === -1) return text;
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d)(?:\.(\d+))?/.exec(text) ?? [];
  return `${sign}0.${'0'.repeat(Number(text.slice(at + 2)) - 1)}${whole}${fraction}`;
}

/** JSON pointer (RFC 6901) of a path, from what the path begins at. */
export function pointerOf(path: string): string {
  return parsePath(path)
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
