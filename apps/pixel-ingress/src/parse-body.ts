import type { FastifyRequest } from 'fastify';
import { paramsOf, type KnownName, type Params } from './params.js';
import { parseQuery } from './parse-query.js';
import { JsonError, RepeatedKeyError, readJson } from './read-json.js';
import { Refusal } from './refusal.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A POST's body before its parameters are known: JSON or a form. */
export type Body = { kind: 'json'; text: string; value: unknown } | { kind: 'form'; text: string };

/** The parameters that a POST's body carries. @throws Refusal 400, 415, 422 */
export function bodyParams(request: FastifyRequest, knownName: KnownName): Params {
  const body = readBody(request);
  if (body.kind === 'form') return parseQuery(body.text, knownName);
  const { value } = body;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return paramsOf(value as Record<string, unknown>, knownName);
  }
  throw new Refusal(422, 'invalid', {
    errors: [{ field: '', code: 'invalid_type', message: 'must be an object' }],
  });
}

/** The JSON that a POST's body is. @throws Refusal 400, 415, 422 */
export function bodyJson(request: FastifyRequest): unknown {
  const body = readBody(request);
  if (body.kind === 'json') return body.value;
  throw new Refusal(415, 'unsupported_type', { error: 'the body must be JSON' });
}

/**
 * A beacon (`navigator.sendBeacon`) of a string comes as text/plain, which spares a page the preflight; one
 * without data has neither body nor type.
 */
export function readBody(request: FastifyRequest): Body {
  const bytes = request.body as Buffer | undefined;
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  if (request.headers['content-encoding'] !== undefined) {
    throw new Refusal(415, 'unsupported_type', { error: 'the body must not be compressed' });
  }
  if (bytes === undefined || bytes.length === 0) return { kind: 'form', text: '' };
  const text = decode(bytes);
  if (type === 'application/json' || type.endsWith('+json')) return { kind: 'json', text, value: json(text) };
  if (type === 'application/x-www-form-urlencoded') return { kind: 'form', text };
  if (type === 'text/plain' || type === '') {
    return /^\s*[[{]/.test(text) ? { kind: 'json', text, value: json(text) } : { kind: 'form', text };
  }
  throw new Refusal(415, 'unsupported_type', { error: 'the body must be JSON or a form' });
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Refusal(400, 'malformed', { error: 'the body is not UTF-8' });
  }
}

function json(text: string): unknown {
  try {
    return readJson(text);
  } catch (e) {
    if (e instanceof RepeatedKeyError) {
      throw new Refusal(422, 'invalid', {
        errors: [{ field: e.key.slice(0, 64), code: 'repeated', message: 'must be given once' }],
      });
    }
    if (e instanceof JsonError) throw new Refusal(400, 'malformed', { error: e.message });
    throw e;
  }
}
