import type { Decode, JsonValue } from '#libs/sources';

/** What a decoder has made of a whole body. */
export interface Decoded {
  batches: JsonValue[][];
  records: JsonValue[];
  envelope: JsonValue;
}

/** Reads a body to its end. */
export async function decoded(
  decode: Decode,
  body: string | Uint8Array | AsyncIterable<Uint8Array>,
  contentType?: string,
): Promise<Decoded> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const batches: JsonValue[][] = [];
  const reading = decode(bytes instanceof Uint8Array ? once(bytes) : bytes, contentType);
  for (;;) {
    const next = await reading.next();
    if (next.done) return { batches, records: batches.flat(), envelope: next.value };
    batches.push(next.value);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
