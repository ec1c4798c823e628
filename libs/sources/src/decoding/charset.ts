import { DecodeError, DecoderDefinitionError } from './decode-error.js';

/** What is known of a body's characters before it is read. */
export interface CharsetHints {
  /** Of the definition. */
  charset?: string;
  /** Header of the answer; its `charset` parameter is used. */
  contentType?: string;
  /** The encoding that an XML declaration names is used. */
  xml?: boolean;
}

/** So many bytes are looked at before the charset is chosen. */
export const HEAD_BYTES = 1024;

/** Characters that are cut off at the end of a chunk have at most so many bytes before the cut. */
const CUT_BYTES = 3;

/** @throws DecoderDefinitionError for a charset that the Encoding Standard does not know */
export function checkCharset(charset: string): void {
  if (!isKnown(charset)) {
    throw new DecoderDefinitionError(
      'decoder.charset',
      `must be a charset of encoding.spec.whatwg.org, which ${JSON.stringify(charset)} is not`,
    );
  }
}

/**
 * The text of a body. The charset is that of a byte-order mark (UTF-8 or UTF-16, which is left out), else the
 * definition's, else that of `Content-Type`, else of the XML declaration, else UTF-8.
 * @param sawHead is given the first bytes, up to 1,024, before any text comes out
 * @throws DecodeError at a byte that the charset does not have
 */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  hints: CharsetHints,
  sawHead: (head: Uint8Array) => void,
): AsyncGenerator<string> {
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  let decode: ReturnType<typeof strictDecoder> | undefined;
  for await (const chunk of bytes) {
    if (decode) {
      yield decode(chunk);
      continue;
    }
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < HEAD_BYTES) continue;
    const start = Buffer.concat(held.splice(0));
    decode = begin(start, hints, sawHead);
    yield decode(start);
  }
  if (!decode) {
    const whole = Buffer.concat(held);
    decode = begin(whole, hints, sawHead);
    yield decode(whole);
  }
  yield decode();
}

function begin(start: Uint8Array, hints: CharsetHints, sawHead: (head: Uint8Array) => void) {
  const head = start.subarray(0, HEAD_BYTES);
  sawHead(head);
  return strictDecoder(charsetOf(head, hints));
}

function charsetOf(head: Uint8Array, { charset, contentType, xml }: CharsetHints): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (charset !== undefined) return charset;
  const stated = /;\s*charset\s*=\s*"?([^\s";,]+)/i.exec(contentType ?? '')?.[1];
  const declared = xml
    ? /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(Buffer.from(head).toString('latin1'))?.[1]
    : undefined;
  const named = stated ?? declared ?? 'utf-8';
  if (isKnown(named)) return named;
  throw new DecodeError(`the answer's charset ${JSON.stringify(named.slice(0, 40))} is not known`);
}

function isKnown(charset: string): boolean {
  try {
    new TextDecoder(charset);
    return true;
  } catch {
    return false;
  }
}

/** Decodes chunk after chunk, and without one what was cut off at the end. */
function strictDecoder(charset: string): (chunk?: Uint8Array) => string {
  const decoder = new TextDecoder(charset, { fatal: true });
  let offset = 0;
  let tail: Uint8Array = new Uint8Array();
  return (chunk) => {
    try {
      const text = decoder.decode(chunk, { stream: chunk !== undefined });
      if (chunk) {
        offset += chunk.length;
        tail = Buffer.concat([tail, chunk.subarray(-CUT_BYTES)]).subarray(-CUT_BYTES);
      }
      return text;
    } catch {
      const at = chunk ? offset - tail.length + wrongByte(charset, Buffer.concat([tail, chunk])) : offset;
      throw new DecodeError(`byte ${at} is not ${decoder.encoding}`, { offset: at });
    }
  };
}

/**
 * Which byte does not fit. A character may be cut at the start of the bytes; a reading that starts within one fails
 * early, so the reading that comes farthest is the right one.
 */
function wrongByte(charset: string, bytes: Uint8Array): number {
  const readings = Array.from({ length: CUT_BYTES + 1 }, (_, start) => {
    const decoder = new TextDecoder(charset, { fatal: true });
    for (let at = start; at < bytes.length; at++) {
      try {
        decoder.decode(bytes.subarray(at, at + 1), { stream: true });
      } catch {
        return at;
      }
    }
    return 0;
  });
  return Math.max(...readings);
}
