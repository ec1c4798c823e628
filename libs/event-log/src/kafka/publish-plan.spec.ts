import fc from 'fast-check';
import { RecordTooLargeError } from '../errors.js';
import { crc32c } from './crc32c.js';
import { partitionOf } from '../partitioner.js';
import { decodeProduce, encodeProduce } from './produce-request.js';
import { PublishPlan } from './publish-plan.js';
import { BATCH_OVERHEAD, recordSize } from './record-batch.js';

const record = (key: string, valueBytes: number) => ({ key, value: 'v'.repeat(valueBytes) });

it('checksums as RFC 3720 says', () => {
  expect(crc32c(Buffer.from('123456789'), 0, 9)).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32), 0, 32)).toBe(0x8a9136aa);
  expect(crc32c(Buffer.from('..123456789..'), 2, 11)).toBe(0xe3069283);
});

it('gives every record its place, in the order given, whatever is confirmed first', () => {
  const text = fc.string({ unit: 'binary' });
  const records = fc.array(fc.record({ key: text, value: fc.option(text) }), { maxLength: 60 });
  fc.assert(
    fc.property(
      records,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 600, max: 2_000 }),
      (given, count, limit) => {
        const plan = PublishPlan.of('t', given, count, limit);
        const ends = new Map<number, number>();
        for (let due = plan.due(); due.length > 0; due = plan.due()) {
          // One partition of the round is confirmed, the others come again.
          const batch = due[due.length >> 1]!;
          const bytes = encodeProduce('t', [batch], given, 1_000, 1_700_000_000_000);
          expect(batch.sizeBytes).toBeLessThanOrEqual(limit);
          expect(bytes.length).toBe(27 + batch.sizeBytes);
          const base = ends.get(batch.partition) ?? 0;
          ends.set(batch.partition, base + batch.indexes.length);
          plan.confirm(batch, BigInt(base));
        }
        const next = new Map<number, bigint>();
        for (const [index, { partition, offset }] of plan.stored().entries()) {
          expect(partition).toBe(partitionOf(given[index]!.key, count));
          expect(offset).toBe(next.get(partition) ?? 0n);
          next.set(partition, offset + 1n);
        }
      },
    ),
  );
});

it('cuts what a partition gets into batches that the topic takes', () => {
  const records = Array.from({ length: 10 }, () => record('same', 300));
  const [batch] = PublishPlan.of('t', records, 3, 900).due();
  expect(batch?.indexes).toEqual([0, 1]);
});

it('names the first record that is too large, and takes one that just fits', () => {
  const limit = BATCH_OVERHEAD + recordSize(record('k', 500), 0);
  expect(PublishPlan.of('t', [record('k', 500)], 1, limit).due()).toHaveLength(1);
  const tooLarge = [record('k', 1), record('k', 501), record('k', 502)];
  expect(() => PublishPlan.of('t', tooLarge, 1, limit)).toThrow(
    new RecordTooLargeError('t', 1, limit + 1, limit),
  );
});

it('does not call a call stored while a batch is unconfirmed', () => {
  const plan = PublishPlan.of('t', [record('a', 1)], 1, 1_000);
  expect(() => plan.stored()).toThrow('unconfirmed');
});

it('reads what a broker answers', () => {
  const bytes = Buffer.alloc(4 + 3 + 4 + 2 * 30 + 4);
  bytes.writeInt32BE(1, 0); // topics
  bytes.writeInt16BE(1, 4);
  bytes.write('t', 6);
  bytes.writeInt32BE(2, 7); // partitions
  bytes.writeInt32BE(4, 11);
  bytes.writeBigInt64BE(7n, 17);
  bytes.writeInt32BE(5, 41);
  bytes.writeInt16BE(19, 45);
  bytes.writeBigInt64BE(-1n, 47);
  bytes.writeInt32BE(250, 71);
  expect(decodeProduce(bytes)).toEqual({
    answers: [
      { partition: 4, errorCode: 0, baseOffset: 7n },
      { partition: 5, errorCode: 19, baseOffset: -1n },
    ],
    throttleMs: 250,
  });
});
