import fc from 'fast-check';
import { createRequire } from 'node:module';
import type { PublishedRecord } from '../event-log.js';
import { crc32c } from './crc32c.js';
import { decodeProduce, encodeProduce } from './produce-request.js';
import { BATCH_OVERHEAD, recordSize, type PartitionBatch } from './record-batch.js';

/** What kafkajs makes of the same: its encoder of one record, its decoders of requests and answers. */
interface Encoder {
  buffer: Buffer;
  writeInt32(value: number): Encoder;
  writeInt16(value: number): Encoder;
  writeInt64(value: bigint): Encoder;
  writeString(value: string): Encoder;
}
const load = createRequire(import.meta.url);
const kafkajs = <T>(path: string): T => load(`kafkajs/src/protocol/${path}`) as T;
const recordOfKafkajs = kafkajs<(record: object) => Encoder>('recordBatch/record/v0');
const EncoderOfKafkajs = kafkajs<new () => Encoder>('encoder');
const answerOfKafkajs = kafkajs<{ decode(bytes: Buffer): Promise<object> }>('requests/produce/v7/response');

const AT = 1_763_719_200_123;
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', '\ud800', 'ü', '\u{1f600}', '\0'),
  // Where a length takes a byte more
  fc.constantFrom(31, 63, 64, 127, 128, 8_191, 8_192).map((length) => 'ä'.repeat(length)),
);
const value = fc.oneof(
  text,
  text.map((t) => new TextEncoder().encode(`..${t}..`).subarray(2, -2)),
  fc.uint8Array({ maxLength: 70 }),
  fc.constant(null),
);
const records = fc.array(fc.record({ key: text, value }), { minLength: 1, maxLength: 80 });

const bytesOf = (part: PublishedRecord['value']): Buffer | null =>
  part === null ? null : Buffer.from(part as string);

function batchOf(partition: number, all: readonly PublishedRecord[], indexes: number[]): PartitionBatch {
  const sizes = indexes.map((index, place) => recordSize(all[index]!, place));
  return { partition, indexes, sizeBytes: BATCH_OVERHEAD + sizes.reduce((sum, size) => sum + size, 0) };
}

/** The checksum bit by bit. Source: RFC 3720, appendix B.4 */
function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

it('writes every record as kafkajs does, behind the head of its batch', () => {
  fc.assert(
    fc.property(records, fc.string({ maxLength: 9 }), (all, topic) => {
      const odd = all.flatMap((_, i) => (i % 2 === 1 ? [i] : []));
      const batches = [batchOf(3, all, odd), batchOf(7, all, all.map((_, i) => i).reverse())].filter(
        ({ indexes }) => indexes.length > 0,
      );
      const body = encodeProduce(topic, batches, all, 5_000, AT);
      const topicBytes = Buffer.byteLength(topic);
      expect(body.subarray(0, 14 + topicBytes + 4)).toEqual(
        new EncoderOfKafkajs()
          .writeInt16(-1)
          .writeInt16(-1)
          .writeInt32(5_000)
          .writeInt32(1)
          .writeString(topic)
          .writeInt32(batches.length).buffer,
      );
      let at = 14 + topicBytes + 4;
      for (const { partition, indexes, sizeBytes } of batches) {
        expect([body.readInt32BE(at), body.readInt32BE(at + 4)]).toEqual([partition, sizeBytes]);
        const batch = body.subarray(at + 8, at + 8 + sizeBytes);
        at += 8 + sizeBytes;
        expect(batch.readBigInt64BE(0)).toBe(0n);
        expect(batch.readInt32BE(8)).toBe(sizeBytes - 12);
        expect(batch[16]).toBe(2);
        expect(batch.readUInt32BE(17)).toBe(slowCrc32c(batch.subarray(21)));
        expect(batch.subarray(21, BATCH_OVERHEAD)).toEqual(
          new EncoderOfKafkajs()
            .writeInt16(0)
            .writeInt32(indexes.length - 1)
            .writeInt64(BigInt(AT))
            .writeInt64(BigInt(AT))
            .writeInt64(-1n)
            .writeInt16(-1)
            .writeInt32(-1)
            .writeInt32(indexes.length).buffer,
        );
        const plain = indexes.map((index, offsetDelta) => {
          const { key, value } = all[index]!;
          return recordOfKafkajs({ offsetDelta, key: bytesOf(key), value: bytesOf(value) }).buffer;
        });
        expect(batch.toString('hex', BATCH_OVERHEAD)).toBe(Buffer.concat(plain).toString('hex'));
      }
      expect(at).toBe(body.length);
    }),
  );
});

it('makes the checksum of any part of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(30), fc.nat(30), (bytes, before, behind) => {
      const start = Math.min(before, bytes.length);
      const end = Math.max(start, bytes.length - behind);
      expect(crc32c(bytes, start, end)).toBe(slowCrc32c(bytes.subarray(start, end)));
    }),
  );
});

it('reads answers as kafkajs does', async () => {
  const partition = fc.record({
    partition: fc.nat(99),
    errorCode: fc.constant(0),
    baseOffset: fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }),
    logAppendTime: fc.bigInt({ min: -1n, max: 2n ** 62n }),
    logStartOffset: fc.bigInt({ min: -1n, max: 2n ** 62n }),
  });
  const topics = fc.array(fc.tuple(fc.string({ maxLength: 9 }), fc.array(partition, { maxLength: 9 })), {
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(topics, fc.nat(9_999), async (told, throttleMs) => {
      const answer = new EncoderOfKafkajs().writeInt32(told.length);
      for (const [topic, partitions] of told) {
        answer.writeString(topic).writeInt32(partitions.length);
        for (const p of partitions) {
          answer.writeInt32(p.partition).writeInt16(p.errorCode).writeInt64(p.baseOffset);
          answer.writeInt64(p.logAppendTime).writeInt64(p.logStartOffset);
        }
      }
      answer.writeInt32(throttleMs);
      const { topics: plain, clientSideThrottleTime } = (await answerOfKafkajs.decode(answer.buffer)) as {
        topics: { partitions: { partition: number; errorCode: number; baseOffset: string }[] }[];
        clientSideThrottleTime: number;
      };
      expect(decodeProduce(answer.buffer)).toEqual({
        answers: plain
          .flatMap(({ partitions }) => partitions)
          .map(({ partition, errorCode, baseOffset }) => ({
            partition,
            errorCode,
            baseOffset: BigInt(baseOffset),
          })),
        throttleMs: clientSideThrottleTime,
      });
    }),
  );
});
