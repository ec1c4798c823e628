import type { ExchangeRecord, HttpRequest } from '#libs/sources';
import { count } from '../print.js';

/** A request and what became of it, in one line; its body and headers below where `withHeaders`. */
export function exchangeText(number: number, exchange: ExchangeRecord, withHeaders = false): string {
  const { request, purpose, attempt = 1, status, totalMs, bytes, contentType, error } = exchange;
  const again = attempt > 1 ? ` (try ${attempt})` : '';
  const what = purpose === 'token' ? ' (for a token)' : again;
  const answer =
    status === undefined
      ? (error ?? 'no answer')
      : [`${status}`, `${count(Math.round(totalMs))} ms`, sizeText(bytes), contentType, error]
          .filter(Boolean)
          .join(' · ');
  const more = withHeaders ? requestDetails(request).map((line) => `   ${line}`) : [];
  return [`${number}. ${request.method} ${request.url}${what}`, ...more, `   → ${answer}`].join('\n');
}

/** Headers and body of a request, one line each. */
export function requestDetails({ headers, body }: HttpRequest): string[] {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return body === undefined ? lines : [...lines, '', ...body.split('\n')];
}

/** `1.2 kB`. */
function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
