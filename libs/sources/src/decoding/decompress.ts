import { Readable, pipeline, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { Compression } from '../definition.js';
import type { HttpResponse } from '../http.js';
import { DecodeError } from './decode-error.js';
import { looksLike } from './looks-like.js';

type Bytes = AsyncIterable<Uint8Array>;

/** What `Content-Encoding` can say (RFC 9110, 8.4.1), besides `identity`. */
const CODINGS = {
  gzip: (bytes: Bytes) => through(bytes, () => createGunzip(), 'gzip'),
  'x-gzip': (bytes: Bytes) => through(bytes, () => createGunzip(), 'gzip'),
  // "deflate" means zlib's format, but some servers send bare deflate.
  deflate: (bytes: Bytes) =>
    through(bytes, (head) => ((head[0]! & 0x0f) === 8 ? createInflate() : createInflateRaw()), 'deflate'),
  br: (bytes: Bytes) => through(bytes, () => createBrotliDecompress(), 'br'),
} satisfies Record<string, (bytes: Bytes) => Bytes>;

/**
 * Takes an answer's `Content-Encoding` off: gzip, deflate, br, or several in the order in which they were applied. An
 * empty body stays one. Reading it throws a DecodeError where the data is damaged or cut off.
 * @throws DecodeError for a coding that is not understood
 */
export function decodeContentEncoding(
  body: HttpResponse['body'],
  contentEncoding: string | undefined,
): HttpResponse['body'] {
  const names = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const codings = names.filter((name) => name !== '' && name !== 'identity').reverse();
  const unknown = codings.find((name) => !Object.hasOwn(CODINGS, name));
  if (unknown !== undefined) {
    const name = JSON.stringify(unknown.slice(0, 40));
    throw new DecodeError(`Content-Encoding ${name} is not understood: gzip, deflate and br are`);
  }
  if (codings.length === 0) return body;
  const bytes = codings.reduce<Bytes>((inner, name) => CODINGS[name as keyof typeof CODINGS](inner), body);
  return { [Symbol.asyncIterator]: () => bytes[Symbol.asyncIterator](), destroy: () => body.destroy() };
}

/** The body as its `compression` says: with `auto` gzip is recognised by its first two bytes. */
export async function* decompressed(
  bytes: Bytes,
  compression: Compression = 'auto',
): AsyncGenerator<Uint8Array> {
  if (compression === 'none') {
    yield* bytes;
    return;
  }
  const { head, whole } = await peek(bytes, 2);
  if (head[0] === 0x1f && head[1] === 0x8b) {
    yield* through(whole, () => createGunzip(), 'gzip');
  } else if (compression === 'gzip' && head.length > 0) {
    throw new DecodeError(`expected gzip data, but the body looks like ${looksLike(head)}`, { offset: 0 });
  } else {
    yield* whole;
  }
}

async function* through(
  bytes: Bytes,
  unpacking: (head: Uint8Array) => Transform,
  name: string,
): AsyncGenerator<Uint8Array> {
  const { head, whole } = await peek(bytes, 1);
  if (head.length === 0) return;
  let fault: { cause: unknown } | undefined;
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* whole;
    } catch (cause) {
      fault = { cause };
      throw cause;
    }
  }
  const unpack = unpacking(head);
  pipeline(Readable.from(watched()), unpack, () => {}); // its error comes out of the loop below
  let unpackedBytes = 0;
  try {
    for await (const chunk of unpack as AsyncIterable<Uint8Array>) {
      unpackedBytes += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (fault) throw fault.cause;
    if (!isCompressionError(error)) throw error;
    const offset = unpackedBytes;
    throw new DecodeError(`the ${name} data is damaged or cut off after ${offset} unpacked bytes`, {
      offset,
    });
  }
}

function isCompressionError(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    /^(Z_|ERR_|BROTLI_)/.test(String(error.code))
  );
}

/** The first bytes, fewer where the body is shorter, and the body from its beginning. Closes nothing by itself. */
async function peek(bytes: Bytes, count: number): Promise<{ head: Uint8Array; whole: Bytes }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let seenBytes = 0;
  let ended = false;
  while (seenBytes < count && !ended) {
    const next = await iterator.next();
    if (next.done) ended = true;
    else {
      seen.push(next.value);
      seenBytes += next.value.length;
    }
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield* seen;
    while (!ended) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  }
  return { head: Buffer.concat(seen).subarray(0, count), whole: whole() };
}
