import fc from 'fast-check';
import { compareAmounts, parseAmount } from '#libs/events';
import { decimalOf } from './decimal.js';

it.each([
  [31, '31'],
  ['31.0', '31'],
  [33.573523, '33.573523'],
  [0.1 + 0.2, '0.30000000000000004'],
  ['1.0E10', '10000000000'],
  ['4.5e-7', '0.00000045'],
  [4.5e-7, '0.00000045'],
  [1e-18, '0.000000000000000001'],
  ['-0.0', '0'],
  [-5.25, '-5.25'],
  ['19.', '19'],
])('%p is %s', (value, amount) => {
  expect(decimalOf(value)).toBe(amount);
});

it.each([
  ['0.0000000000000000015', '0.000000000000000002'],
  ['0.0000000000000000025', '0.000000000000000002'],
  [1e-30, '0'],
  [0.0012345678901234567, '0.001234567890123457'],
])('rounds what is behind the 18th digit of %p half-even', (value, amount) => {
  expect(decimalOf(value)).toBe(amount);
});

it.each([
  ...['NaN', 'Infinity', '-Infinity', '19,99', '€5', '', ' 5', '0x10', '1e40', '123456789012345678901'],
  ...[NaN, Infinity, 1e21, null, undefined, true],
])('%p is no decimal', (value) => {
  expect(decimalOf(value)).toBeUndefined();
});

it('keeps the digits of any float of money', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e15, max: 1e15 }), (value) => {
      const amount = decimalOf(value);
      expect(amount).toBe(parseAmount(amount!));
      expect(Math.abs(Number(amount) - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 1e-15, 1e-18));
    }),
  );
});

it('says the same of a number, of its text and of its text with an exponent', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: 1e-6, max: 1e15 }), (value) => {
      expect(decimalOf(String(value))).toBe(decimalOf(value));
      expect(compareAmounts(decimalOf(value.toExponential())!, decimalOf(value)!)).toBe(0);
    }),
  );
});
