import fc from 'fast-check';
import { isReceiptId, newReceiptId } from './receipt-id.js';

const LAST_MS = 2 ** 48 - 1;
const receipt = fc
  .tuple(fc.integer({ min: 0, max: LAST_MS }), fc.uint8Array({ minLength: 6, maxLength: 8 }))
  .map(([ms, random]) => newReceiptId(ms, random));

describe('newReceiptId', () => {
  it('is a UUID of version 7 that begins with the time', () => {
    const id = newReceiptId(0x0123456789ab, new Uint8Array(6).fill(0xff));
    expect(id).toMatch(/^01234567-89ab-7fff-bfff-[0-9a-f]{4}[0-9a-f]{8}$/);
    expect(isReceiptId(id)).toBe(true);
  });

  it('is taken for what it is', () => {
    fc.assert(fc.property(receipt, (id) => expect(isReceiptId(id)).toBe(true)));
  });

  it('sorts by time', () => {
    const ms = fc.integer({ min: 0, max: LAST_MS });
    fc.assert(
      fc.property(ms, ms, fc.uint8Array({ minLength: 6 }), (a, b, random) => {
        fc.pre(a < b);
        expect(newReceiptId(a, random) < newReceiptId(b, random)).toBe(true);
      }),
    );
  });

  it('keeps every bit of randomness that version and variant leave', () => {
    const ids = Array.from({ length: 42 }, (_, bit) => {
      const free = bit < 4 ? bit : bit < 12 ? bit + 4 : bit < 18 ? bit + 4 : bit + 6; // bits 4-7 of byte 6 are the version's
      const random = new Uint8Array(6);
      random[Math.floor(free / 8)]! |= 1 << (free % 8);
      return newReceiptId(0, random);
    });
    expect(new Set([...ids, newReceiptId(0, new Uint8Array(6))]).size).toBe(43);
  });
});

describe('isReceiptId', () => {
  it('refuses an id with any one character changed', () => {
    fc.assert(
      fc.property(receipt, fc.nat({ max: 35 }), fc.constantFrom(...'0123456789abcdef'), (id, at, c) => {
        fc.pre(id[at] !== c);
        expect(isReceiptId(id.slice(0, at) + c + id.slice(at + 1))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['', 'fd3ba970-2330-4576-94ba-e1efc470bd56', '019ab000-0000-7000-8000-000000000000'])(
    'refuses %j, which it never gave',
    (id) => {
      expect(isReceiptId(id)).toBe(false);
    },
  );

  it('refuses upper case', () => {
    expect(isReceiptId(newReceiptId(0xabcdef, new Uint8Array(6)).toUpperCase())).toBe(false);
  });
});
