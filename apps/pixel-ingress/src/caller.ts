import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import type { ClientFields } from '#libs/events';

type Headers = IncomingMessage['headers'];

/** Longest kept metadata of a browser's call, characters. */
const MAX_USER_AGENT = 512;
const MAX_REFERRER = 2_048;
const MAX_LANGUAGE = 128;

/**
 * Whether a browser made the call. Only browsers send Sec-Fetch-Site and Origin (a page cannot forge them);
 * older ones are known by a User-Agent that begins with `Mozilla/`. Sec-Fetch-Mode shows nothing: a server's
 * `fetch` of Node sends it too.
 */
export function isBrowser(headers: Headers): boolean {
  return (
    headers['sec-fetch-site'] !== undefined ||
    headers.origin !== undefined ||
    headers['user-agent']?.startsWith('Mozilla/') === true
  );
}

/**
 * Whether the browser loads ahead of a visit that may never come: `Sec-Purpose: prefetch`
 * (https://fetch.spec.whatwg.org/#sec-purpose-header), and what browsers sent before it was a standard.
 */
export function isPrefetch(headers: Headers): boolean {
  const purpose = headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-purpose'] ?? headers['x-moz'];
  return purpose !== undefined && /\b(prefetch|prerender|preview)\b/i.test(String(purpose));
}

/** What is recorded of a browser's call. @param trustedHops proxies of our own that add to X-Forwarded-For */
export function clientOf(request: IncomingMessage, trustedHops: number): ClientFields {
  const { headers } = request;
  const forwarded = headers['x-forwarded-for'];
  return {
    ip: truncateAddress(
      callerAddress(request.socket.remoteAddress ?? '', String(forwarded ?? ''), trustedHops),
    ),
    user_agent: headers['user-agent']?.slice(0, MAX_USER_AGENT) || undefined,
    referrer: headers.referer?.slice(0, MAX_REFERRER) || undefined,
    language: headers['accept-language']?.slice(0, MAX_LANGUAGE) || undefined,
  };
}

/** The address that the outermost trusted proxy saw: what stands further left, a caller may have made up. */
export function callerAddress(remote: string, forwardedFor: string, trustedHops: number): string {
  if (trustedHops === 0) return remote;
  const chain = [...forwardedFor.split(',').map((a) => a.trim()), remote].filter((a) => a !== '');
  return chain[Math.max(0, chain.length - 1 - trustedHops)] ?? '';
}

/**
 * The address without what tells one household from the next: /24 of IPv4, /48 of IPv6.
 * @returns undefined where it is no address
 */
export function truncateAddress(given: string): string | undefined {
  const address = given
    .replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/%.*$/, '');
  if (isIPv4(address)) return address.replace(/\d+$/, '0');
  if (!isIPv6(address)) return undefined;
  const [head = ''] = address.toLowerCase().split('::');
  const groups = head.split(':').filter((g) => g !== '');
  const kept = [0, 1, 2].map((i) => groups[i]?.replace(/^0+(?=.)/, '') ?? '0');
  return `${kept.join(':')}::`;
}
