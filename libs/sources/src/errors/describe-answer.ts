import { compilePath } from '../path.js';
import type { JsonValue } from '../json.js';

/** What of an answer may be told. */
export interface ToldAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Of an error; absent where the body is no JSON or was not read. */
  document?: JsonValue | undefined;
}

/** Where partners say what went wrong, most telling first. */
const USUAL_PLACES = [
  'error.code',
  'error.type',
  'error.message',
  'error',
  'error_code',
  'error_description',
  'code',
  'message',
  'errors[0].code',
  'errors[0].message',
  'detail',
  'title',
].map((path) => ({ path, read: compilePath(path) }));

const LONGEST = 120;
const MOST = 3;
/** An address or a long number may be a player's. */
const MAY_BE_PERSONAL = /@|\d{7}/;

/**
 * An answer in a few words, for messages: status, media type, and the short texts with which a partner usually names
 * an error. Longer texts, and those that may hold somebody's data, are left out.
 */
export function describeAnswer({ status, headers, document }: ToldAnswer): string {
  const type = headers['content-type']?.split(';')[0]?.trim();
  const said = USUAL_PLACES.flatMap(({ path, read }) => {
    const text = shortText(read(document));
    return text === undefined ? [] : [`${path}: ${text}`];
  });
  return [`${status}${type ? ` (${type})` : ''}`, ...said.slice(0, MOST)].join('; ');
}

/** The value, if it is short and can be told. */
export function shortText(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value);
  return text === '' || text.length > LONGEST || MAY_BE_PERSONAL.test(text)
    ? undefined
    : JSON.stringify(value);
}
