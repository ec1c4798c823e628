import { Duration } from 'luxon';
import type { QueryValue, RequesterDefinition } from '../definition.js';
import { definitionError } from '../errors/slice-error.js';
import { compileBody } from './compile-body.js';
import { compileUrl } from './compile-url.js';
import { WHOLE, type PageAddress } from './page-param.js';
import { compileTemplate, type PlaceholderValues, type Template } from './placeholders.js';
import { parseQuery, queryParam, withParam, type QueryParam } from './query.js';
import type { RequestDraft } from './request-draft.js';

/** Makes the request for a page. @throws SliceError where a value is missing or makes no request */
export type DraftRequest = (values: PlaceholderValues, page?: PageAddress) => RequestDraft;

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Reads how a request is made. Parameters of `query` replace those of the same name in the URL, the paginator's replace
 * both; one that is empty because of its placeholder is left out, as are headers.
 * @param where key of the definition, for messages
 * @throws SliceError for what can make no request
 */
export function compileRequester(
  definition: RequesterDefinition,
  where: string,
  allowed: readonly string[],
): DraftRequest {
  const queryEncoding = definition.query_encoding ?? 'form';
  const url = compileUrl(definition.url, queryEncoding, `${where}.url`, allowed);
  const compileText = (text: QueryValue, key: string) =>
    compileTemplate(String(text), `${where}.${key}`, allowed);
  const query = Object.entries(definition.query ?? {}).map(([name, given]) => ({
    name,
    texts: Array.isArray(given)
      ? given.map((text, i) => compileText(text, `query.${name}[${i}]`))
      : [compileText(given, `query.${name}`)],
  }));
  const headers = Object.entries(definition.headers ?? {}).map(([name, text]) => ({
    name,
    text: compileText(text, `headers.${name}`),
  }));
  const fillBody = definition.body && compileBody(definition.body, `${where}.body`, allowed);
  const method = definition.method ?? 'GET';
  if (fillBody && method === 'GET') throw definitionError(`${where}.body`, 'a GET has no body');

  return (values, page = WHOLE) => {
    const filled = (text: Template): string[] => {
      const value = text.fill(values);
      return value === '' && text.names.length > 0 ? [] : [value];
    };
    const ofPage = page.in === 'query' ? page.params : [];
    const { address, query: own } = page.url === undefined ? url(values) : splitUrl(page.url);
    const ofStream = page.url === undefined ? query : [];
    const told = [
      ...ofStream.map(({ name, texts }) => ({ name, texts: texts.flatMap(filled) })),
      ...ofPage.map(({ name, value }) => ({ name, texts: [String(value)] })),
    ];
    const params = told.reduce<QueryParam[]>(
      (all, { name, texts }) => withParam(all, ...texts.map((text) => queryParam(name, text, queryEncoding))),
      own,
    );
    const body = bodyOf(values, page);
    return {
      method,
      address,
      query: params,
      queryEncoding,
      headers: {
        ...(body ? { 'content-type': body.contentType } : {}),
        ...Object.fromEntries(
          headers.flatMap(({ name, text }) =>
            filled(text).map((value) => [name.toLowerCase(), headerValue(value, `${where}.headers.${name}`)]),
          ),
        ),
      },
      ...(body ? { body: body.body } : {}),
    };
  };

  function bodyOf(values: PlaceholderValues, page: PageAddress) {
    const params = page.in === 'body' ? page.params : [];
    if (fillBody) return fillBody(values, params);
    if (params.length > 0) throw definitionError('paginator.in', `is body, but ${where}.body is missing`);
    return undefined;
  }
}

/** The value, if it can stand in a header (RFC 9110, 5.5). @throws SliceError */
export function headerValue(value: string, where: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  throw definitionError(where, 'has a character that cannot stand in a header, as a line break');
}

/** Milliseconds of a requester's `timeout`. @throws SliceError */
export function timeoutOf({ timeout }: RequesterDefinition, where: string): number {
  return timeout === undefined ? DEFAULT_TIMEOUT_MS : durationMs(timeout, `${where}.timeout`);
}

/** Milliseconds of an ISO 8601 duration that is longer than nothing. @throws SliceError */
export function durationMs(text: string, where: string): number {
  const ms = Duration.fromISO(text).toMillis();
  if (!(ms > 0)) throw definitionError(where, 'is no duration, as PT30S');
  return ms;
}

function splitUrl(url: string): { address: string; query: QueryParam[] } {
  const { origin, pathname, search } = new URL(url);
  return { address: origin + pathname, query: parseQuery(search.slice(1)) };
}
