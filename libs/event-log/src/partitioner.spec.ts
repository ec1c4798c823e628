import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { partitionOf } from './partitioner.js';

const kafkajsPartitioner = kafkajs.Partitioners.DefaultPartitioner();

function byKafkajs(key: string, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [0],
    isr: [0],
  }));
  return kafkajsPartitioner({ topic: 't', partitionMetadata, message: { key, value: '' } });
}

it('agrees with the Java client, as kafkajs does', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.integer({ min: 1, max: 50 }),
      (key, count) => {
        expect(partitionOf(key, count)).toBe(byKafkajs(key, count));
      },
    ),
  );
});

// Values of Kafka's own UtilsTest.testMurmur2, as partitions: (hash & 0x7fffffff) % 1000.
it.each([
  ['21', (-973932308 & 0x7fffffff) % 1000],
  ['foobar', (-790332482 & 0x7fffffff) % 1000],
  ['a-little-bit-long-string', (-985981536 & 0x7fffffff) % 1000],
  ['a-little-bit-longer-string', (-1486304829 & 0x7fffffff) % 1000],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', (-58897971 & 0x7fffffff) % 1000],
  ['abc', 479470107 % 1000],
])('%s', (key, partition) => {
  expect(partitionOf(key, 1000)).toBe(partition);
});
