import fc from 'fast-check';
import { hashParts } from '#libs/events';
import { ContentHash } from './content-hash.js';

const hashOf = (records: readonly string[]): string => {
  const hash = new ContentHash();
  for (const record of records) hash.add(hashParts([record]));
  return String(hash);
};
const records = fc.array(fc.string({ maxLength: 3 }), { maxLength: 20 });

describe('the hash of a content', () => {
  it('does not depend on the order', () => {
    fc.assert(
      fc.property(
        records.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => expect(hashOf(shuffled)).toBe(hashOf(list)),
      ),
    );
  });

  it('is the sum of the hashes as whole numbers of 256 bits', () => {
    const ids = ['f'.repeat(64), 'f'.repeat(64), `${'0'.repeat(56)}ffffffff`, hashParts(['a'])];
    const hash = new ContentHash();
    for (const id of ids) hash.add(id);
    const sum = ids.reduce((all, id) => all + BigInt(`0x${id}`), 0n) % (1n << 256n);
    expect(String(hash)).toBe(`${sum.toString(16).padStart(64, '0')}-4`);
  });

  it('tells different contents apart, also where one has a record twice', () => {
    fc.assert(
      fc.property(records, records, (a, b) => {
        const same = JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
        expect(hashOf(a) === hashOf(b)).toBe(same);
      }),
    );
    expect(hashOf(['a', 'a'])).not.toBe(hashOf([]));
    expect(hashOf(['a', 'b', 'b'])).not.toBe(hashOf(['a', 'a', 'b']));
  });
});
