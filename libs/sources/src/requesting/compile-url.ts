import { definitionError } from '../errors/slice-error.js';
import { compileTemplate, type PlaceholderValues, type Template } from './placeholders.js';
import { encodeQueryText, parseQuery, type QueryEncoding, type QueryParam } from './query.js';

/** An address and the parameters that stand in the URL itself. */
export interface FilledUrl {
  /** Scheme, host and path. */
  address: string;
  query: QueryParam[];
}

const ORIGIN_AND_MORE = /^https?:\/\/[^/?#]+\//i;

/**
 * Reads a URL with placeholders. In its path a value becomes part of one segment, percent-encoded; in its query it is
 * encoded as a parameter, and a parameter that is empty because of its placeholder is left out. Before the path only
 * the operator's own values (`env.`, `secret.`) may stand, and stand as they are.
 * @throws SliceError for what can be no URL
 */
export function compileUrl(
  url: string,
  encoding: QueryEncoding,
  where: string,
  allowed: readonly string[],
): (values: PlaceholderValues) => FilledUrl {
  const mark = url.indexOf('?');
  const address = compileTemplate(mark === -1 ? url : url.slice(0, mark), where, allowed);
  const own = (mark === -1 ? '' : url.slice(mark + 1).replace(/#.*$/s, ''))
    .split('&')
    .filter((piece) => piece !== '')
    .map((piece) => compileTemplate(piece, where, allowed));
  return (values) => ({
    address: checkedAddress(fillAddress(address, values, where), where),
    query: own.flatMap((param) => filledParam(param, values, encoding)),
  });
}

function fillAddress(address: Template, values: PlaceholderValues, where: string): string {
  return address.fill(values, (value, before, name) => {
    if (ORIGIN_AND_MORE.test(before)) {
      // A URL parser takes `..` for the folder above, percent-encoded too.
      if (value === '.' || value === '..') throw definitionError(where, `\${${name}} cannot be ${value}`);
      return encodeQueryText(value, 'percent');
    }
    if (name.startsWith('env.') || name.startsWith('secret.')) return value;
    throw definitionError(where, `\${${name}} cannot stand before the path`);
  });
}

function checkedAddress(address: string, where: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw definitionError(where, 'is no http or https URL');
  if (url.username || url.password) {
    throw definitionError(where, 'must hold no password; use an authenticator of type basic');
  }
  if (url.search) throw definitionError(where, 'a placeholder before the query holds a query itself');
  return url.origin + url.pathname;
}

function filledParam(param: Template, values: PlaceholderValues, encoding: QueryEncoding): QueryParam[] {
  const encoded = param.fill(values, (value) => encodeQueryText(value, encoding));
  const params = parseQuery(encoded);
  return param.names.length > 0 ? params.filter(({ value }) => value !== '') : params;
}
