import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import avro from 'avsc';
import { GA4_COLUMNS, type Ga4Column, type TypedValue } from './ga4-columns.js';
import { snappyLiteral } from './snappy-literal.js';

type AvroCodec = 'null' | 'deflate' | 'snappy' | 'zstandard';

/** Longs that are BigInts, as those of the reader. */
const longType = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => Number(a - b),
});

/** Rows as an Avro file of the schema that BigQuery gives an export: nullable members are unions, lists arrays. */
export function writeAvro(
  rows: readonly Record<string, TypedValue>[],
  codec: AvroCodec = 'deflate',
): Promise<Buffer> {
  const type = avro.Type.forSchema(recordOf('Root', GA4_COLUMNS), {
    typeHook: (schema) => ((schema as unknown) === 'long' ? longType : undefined),
    wrapUnions: false,
  });
  const encoder = new avro.streams.BlockEncoder(type, {
    blockSize: 4_096,
    codec,
    codecs: {
      ...avro.streams.BlockEncoder.defaultCodecs(),
      zstandard: (block, done) => done(null, block),
      snappy: (block, done) => {
        const checksum = Buffer.alloc(4);
        checksum.writeUInt32BE(crc32(block));
        done(null, Buffer.concat([snappyLiteral(block), checksum]));
      },
    },
  });
  for (const row of rows) encoder.write(row);
  encoder.end();
  return buffer(encoder);
}

const TYPES = { int64: 'long', double: 'double', string: 'string', boolean: 'boolean' } as const;
let records = 0;

function recordOf(name: string, columns: readonly Ga4Column[]): avro.Schema {
  return { type: 'record', name: `${name}_${++records}`, fields: columns.map(fieldOf) };
}

function fieldOf({ name, type, repeated }: Ga4Column): { name: string; type: avro.Schema } {
  const inner = typeof type === 'string' ? TYPES[type] : recordOf(name, type);
  return { name, type: repeated ? { type: 'array', items: inner } : (['null', inner] as avro.Schema) };
}
