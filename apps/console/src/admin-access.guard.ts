import { createHash, timingSafeEqual } from 'node:crypto';
import {
  ForbiddenException,
  Inject,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { ConsoleSettings, LOOPBACK } from './console-settings.js';

/** The part of a request that says who asks. */
interface AskedBy {
  headers: { authorization?: string; host?: string };
}

/** What of an answer the guard touches: where the token is missing, it says which kind is wanted. */
interface Answer {
  header(name: string, value: string): unknown;
}

/**
 * Lets in whoever shows ADMIN_TOKEN. Without a token the console listens on loopback alone; then the request
 * must also be addressed to loopback, so that no web page reaches it by a name of its own (DNS rebinding).
 */
@Injectable()
export class AdminAccessGuard implements CanActivate {
  constructor(@Inject(ConsoleSettings) private readonly settings: ConsoleSettings) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<AskedBy>();
    const token = this.settings.ADMIN_TOKEN;
    if (token === undefined) {
      if (!isLoopbackHost(headers.host)) {
        throw new ForbiddenException('without ADMIN_TOKEN the console answers to loopback addresses only');
      }
      return true;
    }
    if (!showsToken(headers.authorization, token)) {
      context.switchToHttp().getResponse<Answer>().header('www-authenticate', 'Bearer');
      throw new UnauthorizedException('ADMIN_TOKEN is asked for, as a bearer token');
    }
    return true;
  }
}

/** Whether a Host header names loopback, with or without a port. */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK.test(host.replace(/:\d+$/, ''));
}

/** Whether an Authorization header carries the token; takes equally long whatever is wrong with it. */
export function showsToken(authorization: string | undefined, token: string): boolean {
  const shown = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(shown), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
