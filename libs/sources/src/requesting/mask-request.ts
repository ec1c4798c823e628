import type { HttpRequest } from '../http.js';
import { encodeQueryText, wellFormed } from './query.js';

const MASK = '***';

/**
 * A request as it may be shown: every secret, token and signature is masked wherever it stands, in the URL, a header or
 * the body, and however it was encoded.
 * @param sensitive the values themselves, and what was made of them (as the text of basic authentication)
 */
export function maskRequest(request: HttpRequest, sensitive: Iterable<string>): HttpRequest {
  const mask = masker(sensitive);
  const { method, url, headers, body } = request;
  return {
    method,
    url: mask(url),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, mask(value)])),
    ...(body === undefined ? {} : { body: mask(body) }),
  };
}

/** A function that masks these values in a text, in every encoding that a request uses. */
export function masker(sensitive: Iterable<string>): (text: string) => string {
  const forms = [...new Set([...sensitive].filter((value) => value !== '').flatMap(encodings))].sort(
    (a, b) => b.length - a.length,
  );
  if (forms.length === 0) return (text) => text;
  const pattern = new RegExp(
    forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
    'g',
  );
  return (text) => text.replace(pattern, MASK);
}

function encodings(value: string): string[] {
  const quoted = JSON.stringify(value).slice(1, -1);
  return [
    value,
    encodeQueryText(value, 'form'),
    encodeQueryText(value, 'percent'),
    encodeURIComponent(wellFormed(value)),
    encodeURI(wellFormed(value)),
    quoted,
    JSON.stringify(quoted).slice(1, -1),
    Buffer.from(value).toString('base64'),
    Buffer.from(value).toString('base64url'),
  ];
}
