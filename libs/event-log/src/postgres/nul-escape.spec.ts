import fc from 'fast-check';
import { escapeNul, unescapeNul } from './nul-escape.js';

describe('escapeNul', () => {
  it('leaves ordinary text alone', () => {
    expect(escapeNul('{"a":"b\\u0000\n"}')).toBe('{"a":"b\\u0000\n"}');
  });

  it('comes back as it was, and never holds a NUL', () => {
    const text = fc.string({ unit: fc.constantFrom('\0', '\x01', 'a', 'b', 'ö', '😀') });
    fc.assert(
      fc.property(text, (original) => {
        const escaped = escapeNul(original);
        expect(escaped).not.toContain('\0');
        expect(unescapeNul(escaped)).toBe(original);
      }),
    );
  });
});
