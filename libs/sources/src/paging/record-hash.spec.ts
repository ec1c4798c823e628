import fc from 'fast-check';
import type { JsonValue } from '../json.js';
import { hashRecord } from './record-hash.js';

describe('the hash of a record', () => {
  it('is the same of the same JSON, and another of any other', () => {
    const value = fc.jsonValue().map((json) => JSON.parse(JSON.stringify(json)) as JsonValue);
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(hashRecord(structuredClone(a))).toBe(hashRecord(a));
        expect(hashRecord(a) === hashRecord(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it.each<[JsonValue, JsonValue]>([
    [1, '1'],
    [null, 'null'],
    [{ a: 'bc' }, { ab: 'c' }],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [
      [1, [2]],
      [[1], 2],
    ],
    [{ a: { b: 1 } }, { a: {}, b: 1 }],
    [['ab'], ['a', 'b']],
    [{}, []],
  ])('tells %j from %j', (a, b) => {
    expect(hashRecord(a)).not.toBe(hashRecord(b));
  });

  it('is shared by no two of many records that differ in a digit', () => {
    const hashes = Array.from({ length: 50_000 }, (_, id) =>
      hashRecord({ id, amount: '1.5', currency: 'EUR' }),
    );
    expect(new Set(hashes).size).toBe(50_000);
    expect(hashes.every(Number.isSafeInteger)).toBe(true);
  });
});
