import { decodeContentEncoding } from '../decoding/decompress.js';
import type { JsonValue } from '../json.js';
import type { ArrivingAnswer } from './arriving-answer.js';

/** What is longer is no message of an error and no token. */
const MOST_BYTES = 1024 * 1024;

/** The body of a short answer as a text (UTF-8), without a byte order mark, cut after 1 MiB. @throws what reading the body throws */
export async function readSmallBody({ body, headers }: ArrivingAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of decodeContentEncoding(body, headers['content-encoding'])) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, MOST_BYTES));
}

/** The document of a short answer; null where it is no JSON. @throws what reading the body throws */
export async function readSmallDocument(answer: ArrivingAnswer): Promise<JsonValue> {
  const text = await readSmallBody(answer);
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}
