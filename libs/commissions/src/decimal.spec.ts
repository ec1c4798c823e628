import fc from 'fast-check';
import BigNumber from 'big.js';
import { amountOfUnits, unitsOf } from '#libs/events';
import { canonical, decimal, roundLine, sumOf } from './decimal.js';

/** Canonical amounts of any size that NUMERIC(38,18) takes. */
const amount = fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }).map((units) => amountOfUnits(units, 18));

const CURRENCIES: Record<number, string[]> = {
  0: ['JPY', 'KRW', 'CLP', 'VND', 'ISK', 'XAF'],
  2: ['EUR', 'USD', 'GBP', 'BRL', 'INR', 'TRY', 'PLN', 'SEK'],
  3: ['BHD', 'KWD', 'TND', 'JOD'],
  18: ['BTC', 'ETH', 'USDT', 'USDC', 'SOL'], // none of ISO 4217: never rounded below what is stored
};
const currencies = Object.entries(CURRENCIES).flatMap(([exponent, codes]) =>
  codes.map((code) => [code, Number(exponent)] as const),
);

it('has 23 currencies', () => expect(currencies).toHaveLength(23));

describe('roundLine', () => {
  it.each([
    ['2.345', 'EUR', '2.34'],
    ['2.355', 'EUR', '2.36'],
    ['2.3450000000000000001', 'EUR', '2.35'],
    ['-2.345', 'EUR', '-2.34'],
    ['-0.004', 'EUR', '0'],
    ['0.5', 'JPY', '0'],
    ['1.5', 'JPY', '2'],
    ['-1.5', 'JPY', '-2'],
    ['1.0005', 'KWD', '1'],
    ['1.0015', 'KWD', '1.002'],
    ['0.123456785', 'BTC', '0.123456785'],
    ['0.0000000000000000005', 'ETH', '0'],
    ['0.0000000000000000015', 'ETH', '0.000000000000000002'],
    ['99999999999999999999.999', 'USD', '100000000000000000000'],
  ])('rounds %s %s half-even to %s', (exact, currency, line) => {
    expect(roundLine(exact, currency)).toBe(line);
  });

  it.each(currencies)('rounds %s to the nearest unit of %i digits, once', (currency, exponent) => {
    fc.assert(
      fc.property(amount, (exact) => {
        const line = roundLine(exact, currency);
        const unit = 10n ** BigInt(18 - exponent);
        const [rounded, off] = [unitsOf(line, 18), unitsOf(line, 18) - unitsOf(exact, 18)];
        expect(rounded % unit).toBe(0n);
        expect((off < 0n ? -off : off) * 2n <= unit).toBe(true);
        if ((off < 0n ? -off : off) * 2n === unit && off !== 0n) expect((rounded / unit) % 2n).toBe(0n);
        expect(roundLine(line, currency)).toBe(line);
      }),
    );
  });
});

describe('canonical', () => {
  it('gives back what it is given', () => {
    fc.assert(
      fc.property(amount, (text) => {
        expect(canonical(decimal(text))).toBe(text);
      }),
    );
  });

  it.each([
    ['-0', '0'],
    ['0.10', '0.1'],
    ['1e3', '1000'],
    ['-0.0000000000000000005', '0'],
    ['0.0000000000000000025', '0.000000000000000002'],
    ['1234567890123456789012', '1234567890123456789012'],
  ])('writes %s as %s', (text, written) => {
    expect(canonical(decimal(text))).toBe(written);
  });

  it('does not care how others have set the package up', () => {
    const [dp, rm] = [BigNumber.DP, BigNumber.RM];
    Object.assign(BigNumber, { DP: 2, RM: 0 });
    expect(canonical(decimal('1').div('3'))).toBe('0.333333333333333333');
    expect(canonical(decimal('2').div('3'))).toBe('0.666666666666666667');
    Object.assign(BigNumber, { DP: dp, RM: rm });
  });
});

describe('decimal', () => {
  it.each(['', 'NaN', '1,5', '0x10', ' 1'])('refuses %j', (text) => {
    expect(() => decimal(text)).toThrow();
  });

  it('refuses numbers of JavaScript, also as operands', () => {
    expect(() => decimal(1.5 as unknown as string)).toThrow(TypeError);
    expect(() => decimal('1').plus(1.5)).toThrow(TypeError);
  });
});

describe('sumOf', () => {
  it('is exact, in any order', () => {
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 50 }), (amounts) => {
        const units = amounts.reduce((sum, a) => sum + unitsOf(a, 18), 0n);
        expect(canonical(sumOf(amounts))).toBe(amountOfUnits(units, 18));
        expect(canonical(sumOf(amounts.toReversed()))).toBe(amountOfUnits(units, 18));
      }),
    );
  });
});

it('adds and takes away exactly', () => {
  expect(canonical(sumOf(['0.1', '0.2', '-0.3']))).toBe('0');
  expect(canonical(sumOf([]))).toBe('0');
  expect(canonical(decimal('1').minus('0.000000000000000001'))).toBe('0.999999999999999999');
  expect(canonical(decimal('12345678901234567890').minus('-0.5'))).toBe('12345678901234567890.5');
  expect(['0', '-2.5', '3'].map((text) => canonical(decimal(text).neg()))).toEqual(['0', '2.5', '-3']);
});
