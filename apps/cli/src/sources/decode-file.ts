import { createReadStream } from 'node:fs';
import {
  compileDecoder,
  compileFilter,
  isJsonObject,
  type ClosableBody,
  type JsonObject,
  type JsonValue,
  type StreamDefinition,
} from '#libs/sources';

/** A body as the decoder of a stream reads it. */
export interface DecodedBody {
  /** Those that the selector gives on. */
  records: JsonObject[];
  /** How many there were before the filter. */
  read: number;
  /** The document without its records. */
  envelope: JsonValue;
}

/** @throws DecodeError where the body is not what the definition says */
export async function decodeBody(
  { decoder, record_selector: selector, primary_key: key }: StreamDefinition,
  body: ClosableBody,
  contentType?: string,
): Promise<DecodedBody> {
  const fits = selector?.filter ? compileFilter(selector.filter) : () => true;
  const records: JsonObject[] = [];
  let read = 0;
  const batches = compileDecoder(decoder, selector, key)(body, contentType);
  for (;;) {
    const next = await batches.next();
    if (next.done) return { records, read, envelope: next.value };
    read += next.value.length;
    records.push(...next.value.map(asObject).filter(fits));
  }
}

/** Decodes a saved answer. @throws DecodeError; what the file system answers */
export function decodeFile(stream: StreamDefinition, path: string): Promise<DecodedBody> {
  return decodeBody(stream, createReadStream(path));
}

/** A record that is no object stands in the member `value` of one, as the reader has it. */
function asObject(record: JsonValue): JsonObject {
  return isJsonObject(record) ? record : { value: record };
}
