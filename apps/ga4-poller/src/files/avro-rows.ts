import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, inflateRaw } from 'node:zlib';
import avro from 'avsc';
import { snappyUncompress } from 'hyparquet';
import { SliceError, type JsonObject } from '#libs/sources';
import { openBytes, type RowFile } from './open-bytes.js';
import { plainValue } from './plain-value.js';
import { unreadable } from './shard-file-error.js';

const BATCH_ROWS = 1_000;
const SYNC_BYTES = 16;

/** An Avro long as a BigInt: microseconds and ids of GA4 would lose digits as numbers. */
const longType = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

/** Codecs of BigQuery's exports, by the names that Avro gives them. */
const CODECS = {
  null: (block: Buffer, done: Done) => done(null, block),
  deflate: (block: Buffer, done: Done) => inflateRaw(block, done),
  snappy: (block: Buffer, done: Done) => {
    try {
      done(null, unsnapped(block));
    } catch (error) {
      done(error as Error);
    }
  },
};
type Done = (error: Error | null, block?: Buffer) => void;

/**
 * Rows of an Avro object container file, in batches of up to 1,000; a block is held at a time.
 * @throws SliceError where it is none, is damaged, ends too early, or has another codec than null, deflate, snappy
 */
export async function* avroRows(file: RowFile, signal: AbortSignal): AsyncGenerator<JsonObject[]> {
  const decoder = new avro.streams.BlockDecoder({
    codecs: CODECS,
    parseHook: (schema) =>
      avro.Type.forSchema(schema, {
        typeHook: (type) => ((type as unknown) === 'long' || isLong(type) ? longType : undefined),
      }),
  });
  let sync: Buffer | undefined;
  let tail: Buffer = Buffer.alloc(0);
  decoder.on('metadata', (_type: unknown, _codec: unknown, header: { sync: Buffer }) => (sync = header.sync));
  const rest = new AbortController();
  const ends = AbortSignal.any([signal, rest.signal]);
  async function* bytes(): AsyncGenerator<Buffer> {
    for await (const chunk of openBytes(file, ends)) {
      tail = Buffer.concat([tail, chunk.subarray(-SYNC_BYTES)]).subarray(-SYNC_BYTES);
      yield chunk;
    }
    if (!sync) throw unreadable(file.name, 'it is no Avro file, or ends too early');
    if (!tail.equals(sync)) throw unreadable(file.name, 'it ends too early');
  }
  const fed = pipeline(Readable.from(bytes(), { objectMode: false }), decoder, { signal: ends });
  const failed = fed.then(
    () => undefined,
    (error: unknown) => error,
  );
  try {
    let rows: JsonObject[] = [];
    for await (const row of decoder as AsyncIterable<unknown>) {
      rows.push(plainValue(row) as JsonObject);
      if (rows.length < BATCH_ROWS) continue;
      yield rows;
      rows = [];
    }
    if (rows.length > 0) yield rows;
    await fed;
  } catch (error) {
    signal.throwIfAborted();
    decoder.destroy();
    throw explained(file, (await failed) ?? error);
  } finally {
    rest.abort();
    decoder.destroy();
    await failed;
  }
}

function isLong(schema: unknown): boolean {
  return typeof schema === 'object' && (schema as { type?: unknown }).type === 'long';
}

/** Snappy's own block format, and behind it the checksum of what was packed (Avro 1.11, required codecs). */
function unsnapped(block: Buffer): Buffer {
  let length = 0;
  for (let at = 0, shift = 0; ; at++, shift += 7) {
    const byte = block[at];
    if (byte === undefined || shift > 28) throw new Error('the block has no length');
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  const packed = block.subarray(0, -4);
  const unpacked = Buffer.alloc(length);
  snappyUncompress(packed, unpacked);
  if (crc32(unpacked) !== block.readUInt32BE(packed.length)) throw new Error('its checksum does not fit');
  return unpacked;
}

function explained({ name }: RowFile, error: unknown): unknown {
  if (error instanceof SliceError || !(error instanceof Error)) return error;
  const codec = /^unknown codec: (.{1,40})/.exec(error.message)?.[1];
  if (codec !== undefined) {
    return unreadable(name, `its codec ${codec} is not understood; null, deflate and snappy are`, error);
  }
  if ('code' in error) return error; // of the file, or the stream
  return unreadable(name, `it cannot be read as Avro: ${error.message}`, error);
}
