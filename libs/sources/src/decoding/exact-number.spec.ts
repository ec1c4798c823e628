import fc from 'fast-check';
import { exactNumber, mayLoseDigits } from './exact-number.js';
import { anyNumeral } from '#test/json-texts';

describe('exactNumber', () => {
  it.each([
    ['0', 0],
    ['-0', -0],
    ['-0.0e7', -0],
    ['12.50', 12.5],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['-9007199254740993', '-9007199254740993'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['0.123456789012345', 0.123456789012345],
    ['0.1234567890123456', '0.1234567890123456'],
    ['0.30000000000000004', '0.30000000000000004'],
    ['00012.5'.slice(3), 12.5],
    ['1e3', 1000],
    ['1.5E-7', 1.5e-7],
    ['1e15', 1e15],
    ['1e25', '10000000000000000000000000'],
    ['-1.25e20', '-125000000000000000000'],
    ['12345678901234567e-5', '123456789012.34567'],
    ['12345678901234567e-20', '0.00012345678901234567'],
    ['1e400', `1${'0'.repeat(400)}`],
    ['1e-310', `0.${'0'.repeat(309)}1`],
    ['1e999999999', '1e999999999'],
    ['0e999999999', 0],
  ])('%s is %j', (numeral, expected) => {
    expect(exactNumber(numeral)).toBe(expected);
  });

  it('keeps the value of any numeral to the last digit', () => {
    fc.assert(
      fc.property(anyNumeral, (numeral) => {
        expect(fractionOf(String(exactNumber(numeral)))).toEqual(fractionOf(numeral));
      }),
    );
  });

  it('is only needed where mayLoseDigits says so', () => {
    fc.assert(
      fc.property(anyNumeral, fc.constantFrom('', ' ', '\n\t'), (numeral, space) => {
        for (const text of [
          numeral,
          `[${space}${numeral}]`,
          `{"a":${space}${numeral}}`,
          `["",${space}${numeral}]`,
        ]) {
          if (!mayLoseDigits(text)) expect(exactNumber(numeral)).toBe(JSON.parse(numeral));
        }
      }),
    );
    for (const numeral of ['9007199254740993', '1.123456789012345', '-1.123456789012345', '1e400']) {
      expect(mayLoseDigits(`[${numeral}]`)).toBe(true);
    }
    expect(mayLoseDigits('{"id":"12345678901234567","n":[1,-2.5,123456789012345]}')).toBe(false);
  });
});

/** The value as digits without zeros at either end, and the power of ten of the last one. */
function fractionOf(numeral: string): { negative: boolean; digits: string; power: number } {
  const [, sign, whole, fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(
    numeral,
  )!;
  const digits = (whole! + fraction).replace(/^0+/, '');
  const short = digits.replace(/0+$/, '');
  if (short === '') return { negative: false, digits: '', power: 0 };
  return {
    negative: sign === '-',
    digits: short,
    power: Number(power) - fraction.length + digits.length - short.length,
  };
}
