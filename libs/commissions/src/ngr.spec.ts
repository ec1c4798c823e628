import fc from 'fast-check';
import { activity, ngrVersion } from '#test/deals';
import type { NgrVersion } from './agreement.js';
import { ZERO, canonical, decimal, sumOf } from './decimal.js';
import type { Activity } from './model.js';
import { isActive, ngrOf } from './ngr.js';

describe('ngrOf: figures that programmes publish', () => {
  it.each<[string, Partial<NgrVersion>, Partial<Activity>, { ngr: string; at: string; share: string }]>([
    [
      // https://aff.aw33bdt.com/commissionPlan: lost 27,000; bonus 1,000, transaction fees 500, royalty 1,200; 40 %
      'bonus, fees and royalty are deducted',
      { deposit_fee: '0.02', provider: '0.044444444444444444' },
      { stakes: '27000', bonus: '1000', deposits: '25000' },
      { ngr: '24300', at: '0.4', share: '9720' },
    ],
    [
      // The same page: won 15,000; 500, 300, 700; what is carried is -5,400 of its -16,500 (its own figure is 1,200 too
      // high: 40 % are 6,600, which is what is expected here)
      'a month that the players won',
      { deposit_fee: '0.03' },
      { wins: '15000', bonus: '500', deposits: '10000', adjustments: '700' },
      { ngr: '-16500', at: '0.4', share: '-6600' },
    ],
    [
      // https://cricketaffiliates.com/ur/cricket-affiliate-commission-calculation: 3,870 less 18 % (696.60) less 1,527; 42 %
      'a share of the profit and loss is deducted',
      { platform: '0.18' },
      { stakes: '3870', bonus: '1527' },
      { ngr: '1646.4', at: '0.42', share: '691.488' },
    ],
    [
      // https://intercom.help/bjaffiliates/en/articles/6834349: profit less 18 %, less 2 % of deposits and 1.5 % of
      // withdrawals, less bonus; 40 %. Its terms, figures made by hand
      'payment fees by deposits and withdrawals',
      { platform: '0.18', deposit_fee: '0.02', withdrawal_fee: '0.015' },
      { stakes: '1000', wins: '400', bonus: '50', deposits: '700', withdrawals: '200' },
      { ngr: '425', at: '0.4', share: '170' },
    ],
    [
      // https://wpnaffiliates.com/payment-plans/: bonus 20 redeemed, fees 7 % of each deposit and withdrawal. Figures of
      // the rake and the transactions made by hand
      'a fee on each transaction',
      { deposit_fee: '0.07', withdrawal_fee: '0.07' },
      { stakes: '120', bonus: '20', deposits: '100', withdrawals: '50' },
      { ngr: '89.5', at: '0.25', share: '22.375' },
    ],
  ])('%s', (_, terms, sums, { ngr, at, share }) => {
    const steps = ngrOf(ngrVersion(terms), activity(sums), ZERO);
    // Published rates that do not come out even are cut after 18 digits
    expect(decimal(steps.ngr).round(10).toFixed()).toBe(ngr);
    expect(decimal(steps.base).times(at).round(10).toFixed()).toBe(share);
  });
});

describe('ngrOf', () => {
  it('takes every term of the linear form (made by hand)', () => {
    const steps = ngrOf(
      ngrVersion({
        tax: '0.15',
        provider: '0.1',
        platform: '0.05',
        jackpot: '0.01',
        deposit_fee: '0.02',
        withdrawal_fee: '0.03',
        admin_fee: '0.1',
      }),
      activity({
        stakes: '1000',
        wins: '600',
        bonus: '40',
        adjustments: '-5',
        chargebacks: '20',
        deposits: '500',
        withdrawals: '100',
      }),
      decimal('7'),
    );
    expect(steps).toEqual({
      ggr: '400',
      deductions: {
        tax: '60',
        provider: '40',
        platform: '20',
        bonus: '40',
        jackpot: '10',
        chargebacks: '20',
        adjustments: '-5',
        deposit_fee: '10',
        withdrawal_fee: '3',
        fixed: '7',
      },
      ngr: '195',
      admin_fee: '19.5',
      base: '175.5',
    });
  });

  it('takes no admin fee of a loss, and no tax of what was not won', () => {
    const steps = ngrOf(ngrVersion({ tax: '0.2', admin_fee: '0.1' }), activity({ wins: '100' }), ZERO);
    expect(steps).toEqual({
      ggr: '-100',
      deductions: { tax: '-20' },
      ngr: '-80',
      admin_fee: '0',
      base: '-80',
    });
  });

  it('leaves chargebacks where the definition does not deduct them', () => {
    const steps = ngrOf(
      ngrVersion({ chargebacks: false }),
      activity({ stakes: '9', chargebacks: '5' }),
      ZERO,
    );
    expect(steps).toEqual({ ggr: '9', deductions: {}, ngr: '9', admin_fee: '0', base: '9' });
  });

  it('shows steps that add up to the last of 18 digits', () => {
    const rate = fc
      .bigInt({ min: 0n, max: 10n ** 18n })
      .map((n) => canonical(decimal(String(n)).times('1e-18')));
    const amount = fc
      .bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
      .map((n) => canonical(decimal(String(n)).times('1e-18')));
    const terms = fc.record({ tax: rate, provider: rate, jackpot: rate, deposit_fee: rate, admin_fee: rate });
    const sums = fc.record({
      stakes: amount,
      wins: amount,
      bonus: amount,
      deposits: amount,
      withdrawals: amount,
    });
    fc.assert(
      fc.property(terms, sums, (terms, sums) => {
        const steps = ngrOf(ngrVersion(terms), activity(sums), ZERO);
        const deducted = canonical(sumOf(Object.values(steps.deductions)));
        expect(canonical(decimal(steps.ggr).minus(deducted))).toBe(steps.ngr);
        expect(canonical(decimal(steps.ngr).minus(steps.admin_fee))).toBe(steps.base);
      }),
    );
  });
});

describe('isActive', () => {
  it('sees any sum', () => {
    expect(isActive(activity())).toBe(false);
    expect(isActive(activity({ withdrawals: '0.01' }))).toBe(true);
    expect(isActive(activity({ stakes: '10', wins: '10' }))).toBe(true);
  });
});
