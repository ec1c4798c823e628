import fc from 'fast-check';
import { conversionId, eventId, hashParts } from './event-id.js';

const text = fc.string({ unit: 'grapheme' });

describe('hashParts', () => {
  it('is SHA-256 over parts with their length in bytes', () => {
    // printf '2:é;-;0:;' | sha256sum
    expect(hashParts(['é', undefined, ''])).toBe(
      'da48cf90b7fa55f99b19cdb5fafea4073a97e763c93d8d7bf9409763e491aa98',
    );
  });

  it('tells lists of parts apart by where a part ends', () => {
    const parts = fc.array(fc.option(text, { nil: undefined }), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(hashParts(a) === hashParts(b)).toBe(
          JSON.stringify(a) === JSON.stringify(b) && sameHoles(a, b),
        );
      }),
    );
  });

  it('tells any two cuts of one text apart', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), fc.nat(), (whole, i, j) => {
        const cut = (at: number): string[] => [whole.slice(0, at), whole.slice(at)];
        const [a, b] = [i % (whole.length + 1), j % (whole.length + 1)];
        expect(hashParts(cut(a)) === hashParts(cut(b))).toBe(a === b);
      }),
    );
  });

  it('cannot be led astray by parts that look like its own marks', () => {
    const lists = [
      ['1:a;'],
      ['1:a;1:b;'],
      ['a', 'b'],
      ['a1:b;'],
      [undefined],
      ['-;'],
      [''],
      [],
      [undefined, undefined],
    ];
    expect(new Set(lists.map(hashParts)).size).toBe(lists.length);
  });
});

describe('eventId', () => {
  const identity = { brand: 'b', source: 's', stream: 't', naturalKey: 'k', version: 'v', payload: 'p' };

  it.each(Object.keys(identity))('depends on %s', (field) => {
    expect(eventId({ ...identity, [field]: 'other' })).not.toBe(eventId(identity));
  });

  it('tells no version from an empty one', () => {
    expect(eventId({ ...identity, version: undefined })).not.toBe(eventId({ ...identity, version: '' }));
  });
});

describe('conversionId', () => {
  it('is 32 hex characters and depends on each part', () => {
    const ids = [
      conversionId('b', 'deposit', 'tx:1'),
      conversionId('bd', 'eposit', 'tx:1'),
      conversionId('b', 'deposit', 'tx:2'),
    ];
    expect(ids).toEqual(ids.map(() => expect.stringMatching(/^[0-9a-f]{32}$/) as string));
    expect(new Set(ids).size).toBe(3);
  });
});

function sameHoles(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.every((part, i) => (part === undefined) === (b[i] === undefined));
}
