/**
 * Reads a parameter of a URL, or of a text that is a query itself: of its query, else of the query of a route behind `#`.
 * The name is matched whole and without case, the value percent-decoded; `+` stays `+`, since ids of advertising networks
 * have it. A parameter that is there without a value has none.
 */
export function compileUrlParam(name: string): (url: string) => string | undefined {
  const wanted = name.toLowerCase();
  return (url) => {
    const hash = url.indexOf('#');
    const before = hash === -1 ? url : url.slice(0, hash);
    const query = before.indexOf('?');
    const isQuery = query === -1 && !before.includes('/') && before.includes('=');
    const found = query === -1 && !isQuery ? undefined : paramOf(before, query + 1, wanted);
    if (found !== undefined || hash === -1) return found;
    const routed = url.indexOf('?', hash);
    return paramOf(url, routed === -1 ? hash + 1 : routed + 1, wanted);
  };
}

function paramOf(text: string, from: number, wanted: string): string | undefined {
  let start = from;
  while (start <= text.length) {
    const next = text.indexOf('&', start);
    const end = next === -1 ? text.length : next;
    const equals = text.indexOf('=', start);
    if (equals !== -1 && equals < end - 1 && decoded(text.slice(start, equals)).toLowerCase() === wanted) {
      return decoded(text.slice(equals + 1, end));
    }
    start = end + 1;
  }
  return undefined;
}

/** The text as it is where it is no percent-encoding. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
