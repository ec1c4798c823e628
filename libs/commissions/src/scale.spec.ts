import fc from 'fast-check';
import { revenueShare } from '#test/deals';
import type { Scale } from './agreement.js';
import { canonical, decimal, type Decimal } from './decimal.js';
import { shareOf } from './scale.js';

const steps = (...pairs: [string, string][]) => pairs.map(([from, rate]) => ({ from, rate }));
const scale = (kind: Scale['kind'], by: Scale['by'], pairs: [string, string][]) =>
  revenueShare({ scale: { kind, by, per: 'partner', steps: steps(...pairs) } });

// https://pureodds.io/blog/tiered-commission-structures (its steps begin a dollar later, at 5,001)
const PURE_ODDS: [string, string][] = [
  ['0', '0.25'],
  ['5000', '0.3'],
  ['20000', '0.35'],
  ['50000', '0.4'],
  ['100000', '0.5'],
];
// https://wpnaffiliates.com/payment-plans/
const WPN: [string, string][] = [
  ['0', '0.25'],
  ['7501', '0.3'],
  ['50001', '0.35'],
];
// https://rewardsaffiliates.com/program/tiered-revshare-explained.aspx, by new purchasing players
const REWARDS: [string, string][] = [
  ['0', '0.25'],
  ['11', '0.3'],
  ['21', '0.35'],
];
// https://blask.com/faq/what-is-an-affiliate-commission-tier, by monthly net revenue
const BLASK: [string, string][] = [
  ['0', '0.25'],
  ['10001', '0.3'],
  ['25001', '0.4'],
];

describe('shareOf: figures that programmes publish', () => {
  it.each<[string, ReturnType<typeof scale>, string, number, string]>([
    ['Pure Odds, retroactive', scale('tiered', 'base', PURE_ODDS), '25000', 0, '8750'],
    ['Pure Odds, incremental', scale('ladder', 'base', PURE_ODDS), '25000', 0, '7500'], // 1,250 + 4,500 + 1,750
    ['WPN, lowest', scale('tiered', 'base', WPN), '7500', 0, '1875'],
    ['WPN, middle', scale('tiered', 'base', WPN), '7501', 0, '2250.3'],
    ['WPN, highest', scale('tiered', 'base', WPN), '60000', 0, '21000'],
    ['Rewards, 10 players', scale('tiered', 'first_deposits', REWARDS), '1000', 10, '250'],
    ['Rewards, 11 players', scale('tiered', 'first_deposits', REWARDS), '1000', 11, '300'],
    ['Rewards, 21 players', scale('tiered', 'first_deposits', REWARDS), '1000', 21, '350'],
    ['Blask, 25,001', scale('tiered', 'base', BLASK), '25001', 0, '10000.4'],
    ['a flat rate of 25 %', revenueShare({ rate: '0.25' }), '-80', 3, '-20'], // by hand
  ])('%s', (_, share, base, firstDeposits, amount) => {
    expect(shareOf(share, base, firstDeposits).amount).toBe(amount);
  });
});

describe('shareOf', () => {
  it('tells which step was reached, and by what', () => {
    expect(shareOf(scale('tiered', 'first_deposits', REWARDS), '1000', 12)).toEqual({
      amount: '300',
      rate: '0.3',
      step: { from: '11', value: '12' },
    });
    expect(shareOf(scale('ladder', 'base', PURE_ODDS), '6000', 0)).toEqual({
      amount: '1550',
      parts: [
        { from: '0', rate: '0.25', part: '5000' },
        { from: '5000', rate: '0.3', part: '1000' },
      ],
    });
    expect(shareOf(revenueShare({ rate: '0.25' }), '8', 0)).toEqual({ amount: '2', rate: '0.25' });
  });

  it.each(['tiered', 'ladder'] as const)('takes the first rate of a loss (%s)', (kind) => {
    expect(shareOf(scale(kind, 'base', PURE_ODDS), '-100', 0).amount).toBe('-25');
  });

  it('reaches a step at its very mark', () => {
    expect(shareOf(scale('tiered', 'base', PURE_ODDS), '5000', 0).rate).toBe('0.3');
    expect(shareOf(scale('tiered', 'base', PURE_ODDS), '4999.999999999999999999', 0).rate).toBe('0.25');
  });

  const units = (min: bigint, max: bigint) =>
    fc.bigInt({ min, max }).map((n) => canonical(decimal(String(n)).times('0.0001')));
  const base = units(-(10n ** 12n), 10n ** 12n);
  const marks = fc.uniqueArray(fc.bigInt({ min: 1n, max: 10n ** 12n }), { minLength: 1, maxLength: 6 });
  const rising = fc
    .tuple(marks, fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 7, maxLength: 7 }))
    .map(([marks, rates]): [string, string][] => {
      const sorted = rates.sort((a, b) => a - b);
      const froms = [0n, ...marks.sort((a, b) => (a < b ? -1 : 1))];
      return froms.map((from, i) => [
        canonical(decimal(String(from)).times('0.0001')),
        canonical(decimal(String(sorted[i]!)).times('0.001')),
      ]);
    });
  const amountOf = (kind: Scale['kind'], pairs: [string, string][], base: string): Decimal =>
    decimal(shareOf(scale(kind, 'base', pairs), base, 0).amount);

  it('a ladder is continuous: it never rises by more than its highest rate', () => {
    fc.assert(
      fc.property(rising, base, units(0n, 10n ** 9n), (pairs, from, by) => {
        const to = canonical(decimal(from).plus(by));
        const rise = amountOf('ladder', pairs, to).minus(amountOf('ladder', pairs, from));
        expect(rise.gte('0')).toBe(true);
        expect(rise.lte(decimal(by).times(pairs.at(-1)![1]))).toBe(true);
      }),
    );
  });

  it('a ladder has no jump at its steps', () => {
    fc.assert(
      fc.property(rising, (pairs) => {
        for (const [from] of pairs) {
          const before = canonical(decimal(from).minus('1e-18'));
          const rise = amountOf('ladder', pairs, from).minus(amountOf('ladder', pairs, before));
          expect(rise.abs().lte('1e-18')).toBe(true);
        }
      }),
    );
  });

  it("a ladder's parts add up to the base, and its amount is what they come to", () => {
    fc.assert(
      fc.property(rising, base, (pairs, of) => {
        const { amount, parts } = shareOf(scale('ladder', 'base', pairs), of, 0);
        const sum = (pick: (part: NonNullable<typeof parts>[number]) => Decimal) =>
          canonical(parts!.reduce((total, part) => total.plus(pick(part)), decimal('0')));
        expect(sum(({ part }) => decimal(part))).toBe(of);
        expect(sum(({ part, rate }) => decimal(part).times(rate))).toBe(amount);
      }),
    );
  });

  it('a tiered scale rises with the base, and pays at least what the ladder pays', () => {
    fc.assert(
      fc.property(rising, units(0n, 10n ** 12n), units(0n, 10n ** 12n), (pairs, a, by) => {
        const b = canonical(decimal(a).plus(by));
        expect(amountOf('tiered', pairs, b).gte(amountOf('tiered', pairs, a))).toBe(true);
        expect(amountOf('tiered', pairs, b).gte(amountOf('ladder', pairs, b))).toBe(true);
      }),
    );
  });

  it('a scale of one step is its rate', () => {
    fc.assert(
      fc.property(base, (of) => {
        const flat = shareOf(revenueShare({ rate: '0.3' }), of, 0).amount;
        expect(shareOf(scale('tiered', 'base', [['0', '0.3']]), of, 0).amount).toBe(flat);
        expect(shareOf(scale('ladder', 'base', [['0', '0.3']]), of, 0).amount).toBe(flat);
      }),
    );
  });
});
