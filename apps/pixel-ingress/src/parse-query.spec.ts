import fc from 'fast-check';
import { parseQuery, queryOf } from './parse-query.js';

const known = (name: string): string | undefined => (/^[a-cé]$/.test(name) ? name : undefined);

describe('parseQuery', () => {
  it('reads what URLSearchParams reads, of the known names', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      'c',
      'z',
      '=',
      '&',
      '+',
      '%',
      '%41',
      '%C3%A9',
      '%ff',
      'é',
      ' ',
      '?',
      '#',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        // The standard's constructor drops a question mark at the start, which `queryOf` does here
        const text = `a=&${pieces.join('')}`;
        const expected = new Map<string, string>();
        const repeated = new Set<string>();
        for (const [name, value] of new URLSearchParams(text)) {
          if (known(name) === undefined) continue;
          if (expected.has(name)) repeated.add(name);
          else expected.set(name, value);
        }
        const read = parseQuery(text, known);
        expect([read.values, read.repeated]).toEqual([expected, repeated]);
      }),
    );
  });

  it('has no names that JavaScript objects have', () => {
    expect(parseQuery('__proto__=1&constructor=2', known).values.size).toBe(0);
  });
});

it.each([
  ['/convert/x', ''],
  ['/convert/x?', ''],
  ['/convert/x?a=?&b', 'a=?&b'],
])('queryOf(%s)', (target, query) => expect(queryOf(target)).toBe(query));
