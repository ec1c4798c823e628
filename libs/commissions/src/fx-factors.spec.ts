import fc from 'fast-check';
import { canonical, decimal } from './decimal.js';
import { fxFactors, provisionalFactors, type FxRate } from './fx-factors.js';

/** Of the ECB's table: https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.xml, figures made up. */
const ecb = (day: string, rates: Record<string, string>): FxRate[] =>
  Object.entries(rates).map(([quote, rate]) => ({ base: 'EUR', quote, day, rate }));

const october = { policy: { date: 'day' }, period: '2026-10' } as const;

describe('fxFactors', () => {
  const rates = [
    ...ecb('2026-09-30', { USD: '1.25', GBP: '0.8' }),
    ...ecb('2026-10-02', { USD: '1.2', GBP: '0.9' }), // a Friday
    ...ecb('2026-10-05', { USD: '1.6' }),
  ];

  it.each([
    ['GBP', 'USD 2026-10-02', '0.75'], // 0.9 / 1.2
    ['GBP', 'USD 2026-10-01', '0.64'], // of the day before
    ['GBP', 'USD 2026-10-04', '0.75'], // a Sunday has Friday's
    ['GBP', 'USD 2026-10-05', '0.75'], // both of one day
    ['GBP', 'EUR 2026-10-02', '0.9'],
    ['EUR', 'USD 2026-10-05', '0.625'],
    ['EUR', 'GBP 2026-10-02', '1.111111111111111111'],
    ['EUR', 'USD 2026-10-12', '0.625'], // seven days old
    ['EUR', 'USD 2026-10-13', undefined],
    ['EUR', 'SEK 2026-10-02', undefined],
    ['SEK', 'USD 2026-10-02', undefined],
    ['SEK', 'SEK 2026-10-31', '1'],
  ] as const)('to %s, %s: %s', (to, key, factor) => {
    expect(fxFactors(rates, { to, ...october }).get(key)).toBe(factor);
  });

  it("takes the rate of the month's end for all its days, if that is the policy", () => {
    const late = [...rates, ...ecb('2026-10-30', { USD: '2' }), ...ecb('2026-11-02', { USD: '4' })];
    const factors = fxFactors(late, { to: 'EUR', policy: { date: 'month_end' }, period: '2026-10' });
    expect(factors.get('USD 2026-10-01')).toBe('0.5');
    expect(factors.get('USD 2026-10-31')).toBe('0.5');
    expect(factors.get('GBP 2026-10-02')).toBeUndefined();
    expect(factors.has('USD 2026-11-01')).toBe(false);
  });

  it("leaves a month's end to the latest rate there is, until it has one", () => {
    const of = { to: 'EUR', policy: { date: 'month_end' }, period: '2026-10' } as const;
    const standIns = (...more: FxRate[]): object =>
      Object.fromEntries(provisionalFactors([...rates, ...more], of));
    expect(standIns()).toMatchObject({ 'USD 2026-10-01': '0.625', 'USD 2026-10-31': '0.625' });
    expect(standIns()).toMatchObject({ 'GBP 2026-10-01': '1.111111111111111111' });
    expect(Object.keys(standIns())).toHaveLength(2 * 31);
    expect(standIns(...ecb('2026-10-23', { USD: '2' }))).toMatchObject({ 'USD 2026-10-04': '0.5' });
    expect(standIns(...ecb('2026-10-24', { USD: '2' }))).not.toHaveProperty('USD 2026-10-04');
    expect(fxFactors([...rates, ...ecb('2026-10-24', { USD: '2' })], of).get('USD 2026-10-04')).toBe('0.5');
    // Seven days before the month they begin, and those of days have none
    expect(provisionalFactors(ecb('2026-09-24', { USD: '2' }), of).get('USD 2026-10-04')).toBe('0.5');
    expect(provisionalFactors(ecb('2026-09-23', { USD: '2' }), of).size).toBe(0);
    expect(provisionalFactors(ecb('2026-11-01', { USD: '2' }), of).size).toBe(0);
    expect(provisionalFactors(rates, { ...of, policy: { date: 'day' } }).size).toBe(0);
  });

  it('takes the later day of two bases, then the least name', () => {
    const two = [
      { base: 'USD', quote: 'BTC', day: '2026-10-02', rate: '0.00001' },
      { base: 'EUR', quote: 'BTC', day: '2026-10-02', rate: '0.00002' },
      { base: 'EUR', quote: 'USD', day: '2026-10-02', rate: '1' },
      { base: 'USD', quote: 'BTC', day: '2026-10-03', rate: '0.00004' },
    ];
    const factors = fxFactors(two, { to: 'USD', ...october });
    expect(factors.get('BTC 2026-10-02')).toBe('50000');
    expect(factors.get('BTC 2026-10-03')).toBe('25000');
  });

  it('does not depend on the order of rates', () => {
    const expected = fxFactors(rates, { to: 'GBP', ...october });
    fc.assert(
      fc.property(fc.shuffledSubarray(rates, { minLength: rates.length }), (shuffled) => {
        expect(fxFactors(shuffled, { to: 'GBP', ...october })).toEqual(expected);
      }),
    );
  });

  it('turns there and back within the rounding', () => {
    const rate = fc
      .bigInt({ min: 1n, max: 10n ** 9n })
      .map((n) => canonical(decimal(String(n)).times('0.0001')));
    fc.assert(
      fc.property(rate, rate, (USD, GBP) => {
        const published = ecb('2026-10-02', { USD, GBP });
        const there = fxFactors(published, { to: 'GBP', ...october }).get('USD 2026-10-02')!;
        const back = fxFactors(published, { to: 'USD', ...october }).get('GBP 2026-10-02')!;
        const off = decimal(there).times(back).minus('1').abs();
        expect(off.lte(decimal('1e-18').times(decimal(there).plus(back)))).toBe(true);
      }),
    );
  });
});
