/** One parameter of a URL's query. */
export interface QueryParam {
  name: string;
  value: string;
  /** `name=value` as it stands in the URL. */
  encoded: string;
}

/** `form`: a space becomes `+`; `percent`: `%20`. */
export type QueryEncoding = 'form' | 'percent';

/**
 * Encodes a name or value of a query: `form` as forms are sent (application/x-www-form-urlencoded, WHATWG URL 5.2),
 * `percent` all but the unreserved characters (RFC 3986, 2.3).
 */
export function encodeQueryText(text: string, encoding: QueryEncoding): string {
  if (encoding === 'form') return new URLSearchParams([['', text]]).toString().slice(1);
  const strict = (c: string) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(wellFormed(text)).replace(/[!'()*]/g, strict);
}

/** The text, with U+FFFD in the place of halves of characters, which cannot be encoded. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** A parameter, encoded. */
export function queryParam(name: string, value: string, encoding: QueryEncoding): QueryParam {
  const encoded = `${encodeQueryText(name, encoding)}=${encodeQueryText(value, encoding)}`;
  return { name, value, encoded };
}

/** The parameters of a query that stands in a URL, each kept to the byte; `?` is not part of it. */
export function parseQuery(query: string): QueryParam[] {
  return query
    .split('&')
    .filter((piece) => piece !== '')
    .map((encoded) => {
      const [[name, value] = ['', '']] = new URLSearchParams(encoded);
      return { name, value, encoded };
    });
}

/** The parameters with these, which have one name, in the place of all of that name, else behind them. */
export function withParam(params: readonly QueryParam[], ...these: readonly QueryParam[]): QueryParam[] {
  const at = params.findIndex(({ name }) => name === these[0]?.name);
  const others = params.filter(({ name }) => name !== these[0]?.name);
  return at === -1 ? [...others, ...these] : others.toSpliced(at, 0, ...these);
}

/** The query as it stands in a URL, without `?`. */
export function queryText(params: readonly QueryParam[]): string {
  return params.map(({ encoded }) => encoded).join('&');
}
