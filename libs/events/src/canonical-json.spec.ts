import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';

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
    ['escapes names', { 'a"\n': 1, é: '\\' }, '{"a\\"\\n":1,"é":"\\\\"}'],
    ['writes no number that JSON has not', { a: NaN, b: -0, c: 1e21 }, '{"a":null,"b":0,"c":1e+21}'],
    ['takes what an object writes itself as', { a: { toJSON: () => 'itself', b: 1 } }, '{"a":"itself"}'],
    [
      'writes own members alone',
      Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } }),
      '{"own":2}',
    ],
    ['writes an object without members', {}, '{}'],
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

  it('does not mix up what it has learnt of the members of others', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', '1', '2'));
    const objects = names.map((list) => Object.fromEntries(list.map((name, i) => [name, i])));
    fc.assert(
      fc.property(fc.array(objects), (list) => {
        for (const object of list) {
          const sorted = Object.keys(object).sort();
          const members = sorted.map((name) => `"${name}":${object[name]}`);
          expect(canonicalJson(object)).toBe(`{${members.join(',')}}`);
        }
      }),
    );
  });

  it('writes objects with ever other members', () => {
    for (let i = 0; i < 5_000; i++) {
      const name = `name ${i}`;
      expect(canonicalJson({ [name]: i, a: { [name]: name } })).toBe(
        `{"a":{"${name}":"${name}"},"${name}":${i}}`,
      );
    }
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`name ${i}`, i]));
    expect(canonicalJson(many)).toBe(JSON.stringify(many, Object.keys(many).sort()));
  });
});

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
