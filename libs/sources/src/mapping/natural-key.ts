import { hashParts } from '#libs/events';
import type { JsonObject } from '../json.js';
import { compilePath } from '../path.js';
import { isValue, textOf } from './read-value.js';

/** Keys that are longer, or that no event could carry, are told by their hash. */
const MAX_LENGTH = 256;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const UNFIT = /[\p{Cc}\p{Cs}]/u;
const NEEDS_ESCAPE = /[\\|]/;

/**
 * What names a record: the values at these paths as text, joined by `|`, in which `|` and `\` stand behind a `\`, so that
 * two different keys never have one text. A number and its text are alike. Undefined where a value is missing.
 * @throws PathError
 */
export function compileNaturalKey(paths: readonly string[]): (record: JsonObject) => string | undefined {
  const reads = paths.map(compilePath);
  return (record) => {
    let key = '';
    for (let i = 0; i < reads.length; i++) {
      const value = reads[i]!(record);
      const text = isValue(value) ? textOf(value) : undefined;
      if (text === undefined) return undefined;
      if (i > 0) key += '|';
      key += NEEDS_ESCAPE.test(text) ? text.replace(/[\\|]/g, '\\$&') : text;
    }
    const fits = key.length <= MAX_LENGTH && (PRINTABLE_ASCII.test(key) || isShortName(key));
    return fits ? key : `sha256:${hashParts([key])}`;
  };
}

function isShortName(key: string): boolean {
  return !UNFIT.test(key) && Buffer.byteLength(key) <= MAX_LENGTH;
}
