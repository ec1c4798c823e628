import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { rawReply, sendEmpty } from './replies.js';

/** Largest body of one call, bytes; larger is 413. */
export const MAX_BODY_BYTES = 64 * 1024;

/** Largest body of `POST /convert` and `POST /clicks`, bytes: 1,000 items of 2 KiB. */
export const MAX_BATCH_BODY_BYTES = 2 * 1024 * 1024;

/** Largest head of a request (target and headers), bytes; larger is 431. */
const MAX_HEAD_BYTES = 16 * 1024;

/** How long a call may take to come, head and body together; later is 408. */
export const REQUEST_TIMEOUT_MS = 15_000;

const NO_QUERY = {};
const BATCH_PATHS = new Set(['/convert', '/clicks']);

/** Fastify as the pixels need it: bounded in bytes and time, silent, bodies as bytes. */
export function createAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    // With a limit of its own a path's parameter would be refused before a handler could say what is wrong
    // The handlers read the query themselves, by known names; without this the router would too.
    routerOptions: { maxParamLength: MAX_HEAD_BYTES, querystringParser: () => NO_QUERY },
    exposeHeadRoutes: false,
    bodyLimit: MAX_BODY_BYTES,
    // Longer than the idle time of common load balancers (60 s), so that they close first
    keepAliveTimeout: 65_000,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
    http: {
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: 10_000,
      // How often Node looks for late requests: by default every 30 s, which would make 10 s up to 40
      connectionsCheckingInterval: 1_000,
    },
    frameworkErrors: (_error: unknown, _request: unknown, reply: FastifyReply) => {
      reply.hijack();
      sendEmpty(reply.raw, 400); // a path that cannot be decoded
    },
    clientErrorHandler: refuseBytes,
  });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  fastify.addHook('onRoute', (route) => {
    if (BATCH_PATHS.has(route.url)) route.bodyLimit = MAX_BATCH_BODY_BYTES;
  });
  return adapter;
}

function refuseBytes(error: { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  if (error.code === 'HPE_HEADER_OVERFLOW') socket.end(rawReply(431, 'Request Header Fields Too Large'));
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') socket.end(rawReply(408, 'Request Timeout'));
  else socket.end(rawReply(400, 'Bad Request'));
}
