import type { DecoderDefinition, RecordSelectorDefinition } from '../definition.js';
import type { JsonValue } from '../json.js';
import { parsePath, parseRecordPath } from '../path.js';
import { checkCharset, decodeText } from './charset.js';
import { csvRecords } from './csv.js';
import { DecodeError, DecoderDefinitionError } from './decode-error.js';
import { decompressed } from './decompress.js';
import { jsonRecords } from './json.js';
import { jsonlRecords } from './jsonl.js';
import { looksLike, type BodyKind } from './looks-like.js';
import type { Steps } from './take-records.js';
import { xmlRecords } from './xml.js';

/** A body that is closed by `destroy`, if it has one, else by its iterator's `return`. */
export type ClosableBody = AsyncIterable<Uint8Array> & { destroy?(): void };

/**
 * Reads a body whose `Content-Encoding` is off already. Yields the raw records in batches of up to 1,000, as they
 * were written and not filtered; a record need not be an object. Returns the envelope: the document without its
 * records (of CSV and JSON lines the empty object), in which paging looks for its paths. Whoever stops early closes
 * the body, and so does an error.
 * @param contentType header of the answer, for its charset
 * @throws DecodeError; whatever reading the body throws
 */
export type Decode = (body: ClosableBody, contentType?: string) => AsyncGenerator<JsonValue[], JsonValue>;

/** Records of one format's text, which comes in chunks of any size. */
export type DecodeRecords = (text: AsyncIterable<string>) => AsyncGenerator<JsonValue[], JsonValue>;

interface Format {
  name: string;
  /** What a body of this format can look like at its start. */
  looks: readonly BodyKind[];
}

const FORMATS = {
  json: { name: 'JSON', looks: ['a JSON document', 'text'] },
  jsonl: { name: 'JSON lines', looks: ['a JSON document', 'text'] },
  csv: { name: 'CSV', looks: ['text', 'a JSON document'] },
  xml: { name: 'XML', looks: ['an XML document'] },
} satisfies Record<DecoderDefinition['type'], Format>;

/**
 * @param primaryKey paths of what names a record: CSV whose first line names no such columns is not what was asked for
 * @throws DecoderDefinitionError for a charset, dialect or path that no body could be read with
 * @throws PathError for a path that is none
 */
export function compileDecoder(
  decoder: DecoderDefinition,
  selector: RecordSelectorDefinition = {},
  primaryKey: readonly string[] = [],
): Decode {
  if (decoder.charset !== undefined) checkCharset(decoder.charset);
  const key = primaryKey.map((path) => String(parsePath(path)[0]));
  const decodeRecords = compileFormat(decoder, parseRecordPath(selector.path ?? ''), key);
  const xml = decoder.type === 'xml';
  return async function* (body, contentType) {
    const iterator = body[Symbol.asyncIterator]();
    const bytes = { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
    let head: Uint8Array | undefined;
    let ended = false;
    try {
      const hints = { charset: decoder.charset, contentType, xml };
      const text = decodeText(decompressed(bytes, decoder.compression), hints, (first) => {
        head = first;
      });
      const envelope = yield* decodeRecords(text);
      ended = true;
      return envelope;
    } catch (error) {
      throw error instanceof DecodeError ? explained(error, FORMATS[decoder.type], head) : error;
    } finally {
      if (!ended) await close(body, iterator);
    }
  };
}

function compileFormat(decoder: DecoderDefinition, steps: Steps, key: readonly string[]): DecodeRecords {
  switch (decoder.type) {
    case 'json':
      return jsonRecords(steps);
    case 'xml':
      return xmlRecords(steps);
    case 'jsonl':
    case 'csv':
      if (steps.length > 0) {
        throw new DecoderDefinitionError(
          'record_selector.path',
          `must be left out: every line of ${decoder.type} is a record`,
        );
      }
      return decoder.type === 'csv' ? csvRecords(decoder, key) : jsonlRecords();
  }
}

async function close(body: ClosableBody, iterator: AsyncIterator<Uint8Array>): Promise<void> {
  if (body.destroy) body.destroy();
  else await iterator.return?.();
}

function explained(error: DecodeError, format: Format, head: Uint8Array | undefined): DecodeError {
  const kind = head && looksLike(head);
  const but = kind && !format.looks.includes(kind) ? `; it looks like ${kind}` : '';
  const { offset, line, envelope } = error;
  return new DecodeError(`the body cannot be read as ${format.name}: ${error.message}${but}`, {
    offset,
    line,
    envelope,
  });
}
