import type { ServerResponse } from 'node:http';
import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { PLATFORM } from '#libs/nest';
import { type Platform } from '#libs/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Intake, type Endpoint } from './intake.js';
import { UnavailableError } from './micro-batches.js';
import { Refusal } from './refusal.js';
import { RETRY_AFTER_SECONDS, sendEmpty, sendJson } from './replies.js';

/** Every path that there is, with its methods; HEAD and OPTIONS are answered for all of them. */
const PATHS: readonly { path: RegExp; endpoint: Endpoint; methods: readonly string[] }[] = [
  { path: /^\/convert$/, endpoint: 'convert_batch', methods: ['POST', 'OPTIONS'] },
  { path: /^\/convert\/[^/]+$/, endpoint: 'convert', methods: ['GET', 'HEAD', 'POST', 'OPTIONS'] },
  { path: /^\/postback\/[^/]+$/, endpoint: 'postback', methods: ['GET', 'HEAD', 'POST', 'OPTIONS'] },
  { path: /^\/clicks$/, endpoint: 'clicks', methods: ['POST', 'OPTIONS'] },
  { path: /^\/click\/[^/]+$/, endpoint: 'click', methods: ['GET', 'HEAD', 'OPTIONS'] },
];

/** Answers whatever no handler has answered: refusals, a log that is away, other methods and paths, bugs. */
@Catch()
export class RefusalsFilter implements ExceptionFilter {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(Intake) private readonly intake: Intake,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>().raw;
    const reply = http.getResponse<FastifyReply>();
    if (!reply.sent) reply.hijack();
    const route = PATHS.find(({ path }) => path.test(request.url!.split('?')[0]!));
    const outcome = this.answer(error, reply.raw, request.method!, route?.methods);
    this.intake.count(route?.endpoint ?? 'other', outcome);
  }

  /** @returns the outcome's label */
  private answer(
    error: unknown,
    response: ServerResponse,
    method: string,
    methods: readonly string[] | undefined,
  ): string {
    if (error instanceof UnavailableError) {
      sendEmpty(response, 503, ['Retry-After', RETRY_AFTER_SECONDS]);
      return error.reason;
    }
    if (error instanceof Refusal) {
      const headers = error.status === 503 ? ['Retry-After', RETRY_AFTER_SECONDS] : [];
      sendJson(response, error.status, error.body, headers);
      return error.outcome;
    }
    const status = error instanceof HttpException ? error.getStatus() : 500;
    if (
      status === 404 &&
      methods &&
      (!methods.includes(method) || method === 'HEAD' || method === 'OPTIONS')
    ) {
      return otherMethod(response, method, methods);
    }
    if (status < 500) {
      // An answer before the body is read, as 413, ends the connection: the rest of it would come as a request
      sendEmpty(response, status, status === 413 ? ['Connection', 'close'] : []);
      return status === 404 ? 'not_found' : status === 413 ? 'too_large' : 'malformed';
    }
    this.platform.logger.error(describe(error), 'a request failed by a bug');
    if (response.headersSent) response.destroy();
    else sendEmpty(response, 500);
    return 'failed';
  }
}

/** HEAD never converts: it says that the path is there. OPTIONS is a page's preflight, as a rule. */
function otherMethod(response: ServerResponse, method: string, methods: readonly string[]): string {
  const allow = methods.join(', ');
  if (!methods.includes(method)) {
    sendEmpty(response, 405, ['Allow', allow]);
    return 'method_not_allowed';
  }
  if (method === 'HEAD') {
    sendEmpty(response, 204);
    return 'head';
  }
  sendEmpty(response, 204, [
    ...['Allow', allow, 'Access-Control-Allow-Methods', allow, 'Access-Control-Allow-Headers', '*'],
    ...['Access-Control-Max-Age', '86400'],
  ]);
  return 'preflight';
}

/** Where the bug is, without its message, which may hold what a caller sent. */
function describe(error: unknown): { error: string; at: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, at: [] };
  const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, at: at.slice(0, 8).map((line) => line.trim()) };
}
