import type { KafkaMessage } from 'kafkajs';
import { chunksOf } from './batch-chunks.js';

function messages(...sizes: number[]): KafkaMessage[] {
  return sizes.map((size, i) => ({
    key: null,
    value: Buffer.alloc(size),
    timestamp: '0',
    attributes: 0,
    offset: String(i),
    headers: {},
  }));
}

it.each([
  ['nothing', [], { maxRecords: 2, maxBytes: 100 }, []],
  ['by count', [1, 1, 1, 1, 1], { maxRecords: 2, maxBytes: 100 }, [2, 2, 1]],
  ['by bytes', [40, 40, 40], { maxRecords: 9, maxBytes: 100 }, [2, 1]],
  ['a larger one alone', [1, 500, 1], { maxRecords: 9, maxBytes: 100 }, [1, 1, 1]],
  ['exactly at the bounds', [50, 50], { maxRecords: 2, maxBytes: 100 }, [2]],
])('cuts %s', (_name, sizes, bounds, expected) => {
  const input = messages(...sizes);
  const chunks = [...chunksOf(input, bounds)];
  expect(chunks.map((chunk) => chunk.length)).toEqual(expected);
  expect(chunks.flat()).toEqual(input);
});
