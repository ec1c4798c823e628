import fc from 'fast-check';
import {
  amountOfUnits,
  compareAmounts,
  exponentOf,
  isAmount,
  parseAmount,
  scaleOf,
  unitsOf,
} from './money.js';

const digits = (min: number, max: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max });

/** Plain decimals with any number of useless zeros. */
const decimal = fc
  .tuple(fc.constantFrom('', '-'), digits(1, 20), fc.option(digits(1, 18), { nil: '' }))
  .map(([sign, whole, fraction]) => `${sign}${whole}${fraction && `.${fraction}`}`);

/** The value times 10^18, read without the code under test. */
function scaled(text: string): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)!;
  const value = BigInt(whole!) * 10n ** 18n + BigInt(fraction.padEnd(18, '0'));
  return sign === '-' ? -value : value;
}

describe('isAmount', () => {
  it.each([
    '0',
    '-0',
    '00',
    '0.0',
    '-0.5',
    '1',
    '01',
    '-1',
    '10.10',
    '10.01',
    '1.',
    '.1',
    '1\n',
    '',
    '-',
    '1e3',
  ])('takes %j as parseAmount does', (text) => expect(isAmount(text)).toBe(parseAmount(text) === text));

  it('takes what parseAmount gives back as it is, and nothing else', () => {
    const plain = fc.oneof(decimal, fc.stringMatching(/^-?[0-2.]{0,24}$/), fc.string());
    fc.assert(fc.property(plain, (text) => expect(isAmount(text)).toBe(parseAmount(text) === text)));
    fc.assert(fc.property(decimal, (text) => expect(isAmount(parseAmount(text)!)).toBe(true)));
  });
});

describe('parseAmount', () => {
  it.each([
    ['40', '40'],
    ['040.50', '40.5'],
    ['0', '0'],
    ['000.000', '0'],
    ['-0', '0'],
    ['-0.00', '0'],
    ['-1.10', '-1.1'],
    ['0.000000000000000001', '0.000000000000000001'],
    ['99999999999999999999.999999999999999999', '99999999999999999999.999999999999999999'],
    ['10.000', '10'],
  ])('%s → %s', (given, expected) => {
    expect(parseAmount(given)).toBe(expected);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '1\n',
    '+1',
    '--1',
    '.5',
    '1.',
    '1,5',
    '1.2.3',
    '1e3',
    'NaN',
    'Infinity',
    '0x10',
    '1_000',
    '٤٠',
    '100000000000000000000',
    '0.0000000000000000001',
    '000000000000000000001',
  ])('refuses %j', (given) => {
    expect(parseAmount(given)).toBeUndefined();
  });

  it('keeps the value and is its own canonical form', () => {
    fc.assert(
      fc.property(decimal, (text) => {
        const canonical = parseAmount(text)!;
        expect(scaled(canonical)).toBe(scaled(text));
        expect(parseAmount(canonical)).toBe(canonical);
      }),
    );
  });

  it('gives equal values equal text', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        expect(parseAmount(a) === parseAmount(b)).toBe(scaled(a) === scaled(b));
      }),
    );
  });
});

describe('compareAmounts', () => {
  it('orders as the scaled whole numbers do', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const difference = scaled(a) - scaled(b);
        expect(compareAmounts(parseAmount(a)!, parseAmount(b)!)).toBe(
          difference < 0n ? -1 : difference > 0n ? 1 : 0,
        );
      }),
    );
  });

  it.each([
    ['9', '10', -1],
    ['-9', '-10', 1],
    ['-0.5', '0.5', -1],
    ['0.1', '0.09', 1],
    ['9007199254740993', '9007199254740992', 1],
  ])('%s against %s: %i', (a, b, expected) => {
    expect(compareAmounts(a, b)).toBe(expected);
  });
});

describe('unitsOf and amountOfUnits', () => {
  it.each([
    ['40.5', 2, 4050n],
    ['0', 0, 0n],
    ['-0.01', 2, -1n],
    ['12', 0, 12n],
    ['0.000000000000000001', 18, 1n],
  ])('%s in units of 10^-%i is %s', (amount, scale, units) => {
    expect(unitsOf(amount, scale)).toBe(units);
    expect(amountOfUnits(units, scale)).toBe(amount);
  });

  it('are each other’s inverse for every canonical amount', () => {
    fc.assert(
      fc.property(decimal, fc.integer({ min: 0, max: 18 }), (text, more) => {
        const amount = parseAmount(text)!;
        const scale = Math.min(18, scaleOf(amount) + more);
        expect(amountOfUnits(unitsOf(amount, scale), scale)).toBe(amount);
      }),
    );
  });
});

it.each([
  ['JPY', 0],
  ['USD', 2],
  ['HUF', 2],
  ['KWD', 3],
  ['CLF', 4],
  ['ETH', 18],
  ['USDC', 18],
])('exponentOf %s is %i', (currency, exponent) => {
  expect(exponentOf(currency)).toBe(exponent);
});
