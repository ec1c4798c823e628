import { createHash } from 'node:crypto';
import type { SignatureDefinition, SignaturePart } from '../definition.js';
import { definitionError } from '../errors/slice-error.js';
import {
  SIGNING_PLACEHOLDERS,
  compileTemplate,
  type PlaceholderValues,
  type Template,
} from '../requesting/placeholders.js';
import type { QueryParam } from '../requesting/query.js';
import { urlOf, type RequestDraft } from '../requesting/request-draft.js';
import { digestOf, needsKey } from './digest.js';

/** What of a definition makes a signature; that of a postback's verification too. */
export type Signing = Pick<
  SignatureDefinition,
  'algorithm' | 'key' | 'parts' | 'join' | 'encoding' | 'in' | 'name'
>;

/** What is signed of a request. */
export type Signable = Pick<RequestDraft, 'method' | 'address' | 'query' | 'headers' | 'body'>;

/** A text and its signature. */
export interface Signed {
  text: string;
  signature: string;
}

type PartText = (request: Signable, values: PlaceholderValues) => string;

/**
 * Reads how a signature is made. The signature's own query parameter is never part of what is signed.
 * @throws SliceError for a key that is missing or that the algorithm does not use
 */
export function compileSignature(
  signing: Signing,
  where = 'authenticator',
): (request: Signable, values: PlaceholderValues) => Signed {
  const { algorithm, join = '', encoding = 'hex' } = signing;
  if (needsKey(algorithm) !== (signing.key !== undefined)) {
    throw definitionError(
      `${where}.key`,
      needsKey(algorithm)
        ? `${algorithm} needs a key`
        : `${algorithm} has no key; put the secret among the parts`,
    );
  }
  const key = compileTemplate(signing.key ?? '', `${where}.key`, []);
  const parts = signing.parts.map((part, i) =>
    compilePart(part, `${where}.parts[${i}]`, (name) => signing.in === 'query' && name === signing.name),
  );
  return (request, values) => {
    const text = parts.map((part) => part(request, values)).join(join);
    return { text, signature: digestOf(algorithm, text, key.fill(values), encoding) };
  };
}

function compilePart(part: SignaturePart, where: string, isOwn: (name: string) => boolean): PartText {
  if ('text' in part) {
    const text: Template = compileTemplate(part.text, `${where}.text`, SIGNING_PLACEHOLDERS);
    return (_, values) => text.fill(values);
  }
  if (part.part === 'params') return paramsPart(part, isOwn);
  if (part.part === 'header') {
    const name = part.name.toLowerCase();
    return ({ headers }) => headers[name] ?? '';
  }
  const read = WHOLE_PARTS[part.part];
  return (request) => read({ ...request, query: request.query.filter(({ name }) => !isOwn(name)) });
}

const WHOLE_PARTS = {
  method: ({ method }) => method,
  url: (request) => urlOf(request),
  path: ({ address }) => new URL(address).pathname,
  query: (request) => urlOf(request).slice(request.address.length + 1),
  body: ({ body = '' }) => body,
  body_sha256: ({ body = '' }) => createHash('sha256').update(body).digest('hex'),
} satisfies Record<Exclude<WholePart, 'params' | 'header'>, (request: Signable) => string>;

type WholePart = Extract<SignaturePart, { part: string }>['part'];

function paramsPart(
  { names, pair = 'name_value', join, encoded = true }: Extract<SignaturePart, { part: 'params' }>,
  isOwn: (name: string) => boolean,
): PartText {
  const between = join ?? (pair === 'name_value' ? '&' : '');
  const write = (param: QueryParam) => {
    const mark = param.encoded.indexOf('=');
    const name = encoded && mark !== -1 ? param.encoded.slice(0, mark) : param.name;
    const value = encoded && mark !== -1 ? param.encoded.slice(mark + 1) : param.value;
    if (pair === 'value') return value;
    return pair === 'name_value' ? `${name}=${value}` : name + value;
  };
  return ({ query }) => {
    const chosen = names
      ? names.flatMap((name) => query.filter((param) => param.name === name))
      : query.filter(({ name }) => !isOwn(name)).sort((a, b) => compareText(a.name, b.name));
    return chosen.map(write).join(between);
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
