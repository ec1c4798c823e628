import { instantFromMs, type Instant } from '#libs/events';
import { isJsonObject, type JsonObject, type JsonValue } from '#libs/sources';

/** Texts by which GA4 says that there is no value. */
const SENTINELS: ReadonlySet<string> = new Set(['', '(not set)', '<Other>', '(data deleted)']);

type Given = JsonValue | undefined;

/** A text, or a number's digits; undefined where there is none, or one of GA4's words for none. */
export function textOf(value: Given): string | undefined {
  if (typeof value === 'string') return SENTINELS.has(value) ? undefined : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/** What careless tags send for an id that they do not have: all who have none would be one. */
const NO_ID: ReadonlySet<string> = new Set(['null', 'undefined', 'NaN', '(none)', '[object Object]']);

/** An id, in the one form of Unicode in which ids are compared; undefined where there is none. */
export function idOf(value: Given): string | undefined {
  const text = textOf(value);
  return text === undefined || NO_ID.has(text) ? undefined : text.normalize('NFC');
}

const INT64 = /^-?\d{1,19}$/;

/** The digits of an INT64; undefined where there is none, also where a number may have been rounded. */
export function int64Of(value: Given): string | undefined {
  if (typeof value === 'string') return INT64.test(value) ? value : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}

/** The instant of an INT64 of microseconds since 1970; undefined where it is none up to the year 9999. */
export function instantOfMicros(value: Given): Instant | undefined {
  const digits = int64Of(value);
  if (digits === undefined || digits.startsWith('-') || digits.length < 4) return undefined;
  const ms = Number(digits.slice(0, -3));
  if (ms > 253_402_300_799_999) return undefined;
  return `${instantFromMs(ms).slice(0, 23)}${digits.slice(-3)}Z`;
}

/** The members of a nested column; undefined where it is null, `"null"` or something else. */
export function structOf(value: Given): JsonObject | undefined {
  const read = parsed(value);
  return isJsonObject(read) ? read : undefined;
}

/** The elements of a repeated column; undefined where it is no list. Null is none: BigQuery has no null lists. */
export function listOf(value: Given): readonly JsonValue[] | undefined {
  const read = parsed(value);
  if (read === undefined || read === null) return NONE;
  return Array.isArray(read) ? read : undefined;
}

const NONE: readonly JsonValue[] = [];

/** Nested columns come as JSON text from readers that know no nesting. */
function parsed(value: Given): Given {
  if (typeof value !== 'string') return value;
  if (value === '') return undefined;
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    return value;
  }
}
