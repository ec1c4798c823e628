/** Parameters of a URL by their names in lower case, still percent-encoded. */
export type UrlParams = ReadonlyMap<string, string>;

const NONE: UrlParams = new Map();

/**
 * The parameters of a URL's query, and behind them those of the query of a route behind `#`, where the query does not
 * say them. Names are whole and without case; of a name that is there twice the first with a value counts.
 */
export function paramsOfUrl(url: string | undefined): UrlParams {
  if (url === undefined || !url.includes('=')) return NONE;
  const params = new Map<string, string>();
  const hash = url.indexOf('#');
  const query = url.indexOf('?');
  const end = hash === -1 ? url.length : hash;
  if (query !== -1 && query < end) addPairs(params, url, query + 1, end);
  if (hash !== -1) {
    const routed = url.indexOf('?', hash);
    addPairs(params, url, (routed === -1 ? hash : routed) + 1, url.length);
  }
  return params;
}

function addPairs(params: Map<string, string>, url: string, from: number, to: number): void {
  let start = from;
  while (start < to) {
    const next = url.indexOf('&', start);
    const end = next === -1 || next > to ? to : next;
    const equals = url.indexOf('=', start);
    if (equals !== -1 && equals < end - 1) {
      const name = decoded(url.slice(start, equals)).toLowerCase();
      if (!params.has(name)) params.set(name, url.slice(equals + 1, end));
    }
    start = end + 1;
  }
}

/** Percent-decoded; the text as it is where it is no percent-encoding. `+` stays `+`: ids of networks have it. */
export function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The same of a form's value, in which `+` is a space, as in `utm_campaign=summer+sale`. */
export function decodedForm(text: string): string {
  return decoded(text.includes('+') ? text.replaceAll('+', ' ') : text);
}
