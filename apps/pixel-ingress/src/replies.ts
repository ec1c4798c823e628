import type { ServerResponse } from 'node:http';
import type { FieldError } from './field-error.js';

/** Of every reply. The pixels are called from any page, without credentials. */
const EVERY_REPLY = [
  'Cache-Control',
  'no-store',
  'Referrer-Policy',
  'no-referrer',
  'Access-Control-Allow-Origin',
  '*',
  'Access-Control-Expose-Headers',
  'X-Receipt-Id, Retry-After',
  'Cross-Origin-Resource-Policy',
  'cross-origin',
];

/** One transparent pixel (GIF89a). */
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** Seconds after which a caller that was turned away may come again. */
export const RETRY_AFTER_SECONDS = '1';

/** Set when the server takes leave: replies then end their connection. */
const leaving = new WeakSet<object>();

/** From now on the replies of this server end their connections. */
export function endConnectionsOf(server: object): void {
  leaving.add(server);
}

/** Sends a reply without a body. @param headers names and values in turn */
export function sendEmpty(response: ServerResponse, status: number, headers: readonly string[] = []): void {
  if (status !== 204) headers = [...headers, 'Content-Length', '0'];
  response.writeHead(status, allHeaders(response, headers)).end();
}

/** 202: the log has the event. */
export function sendAccepted(response: ServerResponse, receiptId: string): void {
  response.writeHead(202, allHeaders(response, ['X-Receipt-Id', receiptId, 'Content-Length', '0'])).end();
}

/** A pixel that can be seen to have loaded: an empty body fires `onerror` in an `<img>`. */
export function sendGif(response: ServerResponse, receiptId: string): void {
  const length = String(GIF.length);
  const headers = ['X-Receipt-Id', receiptId, 'Content-Type', 'image/gif', 'Content-Length', length];
  response.writeHead(200, allHeaders(response, headers)).end(GIF);
}

/** Sends a JSON body. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: readonly string[] = [],
): void {
  const text = Buffer.from(JSON.stringify(body));
  const own = ['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(text.length)];
  const safe = ['X-Content-Type-Options', 'nosniff', ...headers];
  response.writeHead(status, allHeaders(response, [...own, ...safe])).end(text);
}

/** A text that the caller waits for. */
export function sendText(
  response: ServerResponse,
  status: number,
  body: string,
  contentType: string,
  receiptId: string,
): void {
  const length = String(Buffer.byteLength(body));
  const own = ['X-Receipt-Id', receiptId, 'Content-Type', contentType, 'Content-Length', length];
  response.writeHead(status, allHeaders(response, own)).end(body);
}

/** 422: every field that is wrong. */
export function sendFieldErrors(response: ServerResponse, errors: readonly FieldError[]): void {
  sendJson(response, 422, { errors });
}

/** 302 to a stored link. */
export function sendRedirect(response: ServerResponse, location: string, receiptId: string): void {
  sendEmpty(response, 302, ['Location', location, 'X-Receipt-Id', receiptId]);
}

function allHeaders(response: ServerResponse, own: readonly string[]): string[] {
  const server = (response.socket as { server?: object } | null)?.server;
  return server && leaving.has(server)
    ? [...EVERY_REPLY, ...own, 'Connection', 'close']
    : [...EVERY_REPLY, ...own];
}

/** The reply to bytes that are no request, before there is a `ServerResponse`. */
export function rawReply(status: number, reason: string): string {
  return `HTTP/1.1 ${status} ${reason}\r\nContent-Length: 0\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n`;
}
