import fc from 'fast-check';
import { canonicalJson, conversionId, eventId, hashParts } from './event-id.js';

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

describe('canonicalJson', () => {
  it.each([
    [
      'sorts keys by UTF-16 code unit',
      { é: 1, a: 2, B: 3, '\u{1f600}': 4, '\ufffd': 5 },
      '{"B":3,"a":2,"é":1,"😀":4,"\ufffd":5}',
    ],
    ['sorts keys that look like numbers as text', { 9: 'a', 10: 'b', 1: 'c' }, '{"1":"c","10":"b","9":"a"}'],
    ['sorts at every level', [{ b: { d: 1, c: 2 }, a: 0 }], '[{"a":0,"b":{"c":2,"d":1}}]'],
    ['leaves undefined members out', { a: undefined, b: null }, '{"b":null}'],
    ['writes undefined elements as null', [undefined, 1], '[null,1]'],
    ['takes what a Date writes itself as', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['keeps a member named __proto__', JSON.parse('{"__proto__":1}') as unknown, '{"__proto__":1}'],
    ['escapes lone surrogates', ['\ud800'], '["\\ud800"]'],
    ['writes nothing as null', undefined, 'null'],
  ])('%s', (_what, value, expected) => {
    expect(canonicalJson(value)).toBe(expected);
  });

  it('says the same of equal values, whatever the order of their members, and is read back as them', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const canonical = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(canonical);
        expect(JSON.parse(canonical)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(canonical))).toBe(canonical);
      }),
    );
  });
});

function sameHoles(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.every((part, i) => (part === undefined) === (b[i] === undefined));
}

/** The same value with the members of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, v]) => [name, reversed(v)]),
  );
}
