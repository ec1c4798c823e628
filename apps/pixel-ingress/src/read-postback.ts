import type { FastifyRequest } from 'fastify';
import { parseQuery, type JsonObject, type PostbackCall } from '#libs/sources';
import { readBody } from './parse-body.js';
import { queryOf } from './parse-query.js';
import { Refusal } from './refusal.js';
import type { Postback } from './postbacks.js';

/** A partner's call, and the members of the JSON that it brought. */
export interface ReadPostback {
  call: PostbackCall;
  json: JsonObject | undefined;
}

/**
 * The call with the parameters of its query and of a form's body, each to the byte.
 * @throws Refusal 400, 415, 422
 */
export function readPostback(request: FastifyRequest): ReadPostback {
  const { method, url, headers } = request.raw;
  const query = parseQuery(queryOf(url!));
  const body = method === 'POST' ? readBody(request) : undefined;
  const call: PostbackCall = {
    method: method === 'POST' ? 'POST' : 'GET',
    address: `https://${headers.host ?? ''}${url!.split('?')[0]}`,
    query: body?.kind === 'form' ? [...query, ...parseQuery(body.text)] : query,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...(body && { body: body.text }),
  };
  if (body?.kind !== 'json') return { call, json: undefined };
  const { value } = body;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { call, json: value as JsonObject };
  }
  throw new Refusal(422, 'invalid', {
    errors: [{ field: '', code: 'invalid_type', message: 'must be an object' }],
  });
}

/**
 * What the call says, as a record: every parameter but the one that only shows who calls. One that came more than once
 * is an array, which its mapping refuses, so that none is lost.
 */
export function recordOf({ call, json }: ReadPostback, credential: Postback['credential']): JsonObject {
  const record: JsonObject = {};
  for (const { name, value } of call.query) add(record, name, value);
  for (const [name, value] of Object.entries(json ?? {})) add(record, name, value);
  if (credential?.in === 'query') delete record[credential.name];
  return record;
}

function add(record: JsonObject, name: string, value: JsonObject[string]): void {
  const before = Object.hasOwn(record, name) ? record[name]! : undefined;
  const all = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  // A member of this name would be the object's prototype
  Object.defineProperty(record, name, { value: all, enumerable: true, configurable: true, writable: true });
}
