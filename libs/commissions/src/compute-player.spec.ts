import fc from 'fast-check';
import { activity, deal, ngrVersion, revenueShare, segment, sharePlan, won } from '#test/deals';
import type { Plan, RevenueShare } from './agreement.js';
import { computePlayer } from './compute-player.js';
import { canonical, decimal, sumOf } from './decimal.js';
import type { Activity, Deal, PlayerFacts, PlayerResult } from './model.js';
import { segmentsOf } from './segments.js';

const player = (terms: Partial<PlayerFacts> = {}): PlayerFacts => ({
  subject: 'p1',
  exclusions: [],
  triggers: [],
  ...terms,
});
const ftd = (day: string) => [{ on: 'ftd' as const, at: `${day}T12:00:00.000000Z`, conversions: ['c1'] }];

/** A player with one activity in each of the months from January 2026 on, in its first segment. */
function overMonths(of: Deal, months: (string | Activity)[], facts = player()): PlayerResult {
  const activities = months.map((month, i) => ({
    segment: segment(of, `2026-${String(i + 1).padStart(2, '0')}`),
    activity: typeof month === 'string' ? won(month) : month,
  }));
  return computePlayer(of, facts, activities);
}

/** `2026-01 revenue_share 20`, by month. */
const lines = ({ commissions }: PlayerResult) =>
  commissions.map(({ period, kind, amount }) => `${period} ${kind} ${amount}`).sort();

const hybrid = (type: 'hybrid' | 'clawback', amount: string, share: Partial<RevenueShare>): Plan => ({
  type,
  from: '2020-01-01',
  ngr: 'net',
  cpa: { on: 'ftd', amount },
  revenue_share: revenueShare(share),
});

describe('computePlayer: figures that platforms and programmes publish', () => {
  it('a clawback pays what the share goes beyond the CPA', () => {
    // https://help.intelitics.com/en/articles/4925207-setting-up-a-default-agreement: CPA 20, share of 21: 1 is paid
    const of = deal([hybrid('clawback', '20', { rate: '0.25' })]);
    const result = overMonths(of, ['84'], player({ triggers: ftd('2026-01-05') }));
    expect(lines(result)).toEqual(['2026-01 cpa 20', '2026-01 recoup -20', '2026-01 revenue_share 21']);
    expect(result.months[0]).toMatchObject({ advance_in: '0', advance_out: '0' });
  });

  it('a hybrid pays both beside each other', () => {
    // https://affnook.com/hybrid-commission-structure: 50 and 15 % a month. The player's 200 by hand
    const of = deal([hybrid('hybrid', '50', { rate: '0.15' })]);
    const result = overMonths(of, ['200', '200'], player({ triggers: ftd('2026-01-05') }));
    expect(lines(result)).toEqual(['2026-01 cpa 50', '2026-01 revenue_share 30', '2026-02 revenue_share 30']);
  });

  it('a high roller’s loss stands apart and is paid by their own later months', () => {
    // https://affiliates.globaligaming.com/de/high-roller-policy/: 5,000, set against this player's later revenue alone
    // (HR2, HR3, HR6). Figures by hand
    const of = deal([sharePlan({ rate: '0.3', high_roller: { loss: '5000' } })]);
    const { months, commissions } = overMonths(of, ['-6000', '4000', '-100', '5000']);
    expect(months.map((m) => [m.base, m.counted, m.debt_in, m.debt_out])).toEqual([
      ['-6000', '0', '0', '-6000'],
      ['4000', '0', '-6000', '-2000'],
      ['-100', '-100', '-2000', '-2000'],
      ['5000', '3000', '-2000', '0'],
    ]);
    expect(commissions.map(({ amount }) => amount)).toEqual(['-30', '900']);
  });
});

describe('computePlayer', () => {
  it('tells how a share came about', () => {
    const of = deal([sharePlan({ rate: '0.3' })], { ngr: [ngrVersion({ tax: '0.1', admin_fee: '0.2' })] });
    const facts = {
      deposits: 1,
      transactions: 2,
      game_sessions: 3,
      bets: 4,
      hash: '00000000000000ff',
      received_at: null,
    };
    const { commissions } = overMonths(of, [activity({ stakes: '300', wins: '200', bonus: '10', facts })]);
    expect(commissions).toEqual([
      {
        period: '2026-01',
        subject: 'p1',
        kind: 'revenue_share',
        amount: '19.2',
        basis: {
          plans: [
            {
              plan_version: of.plans[0]!.version,
              segments: [
                {
                  from: '2026-01-01T00:00:00.000000Z',
                  to: '2026-02-01T00:00:00.000000Z',
                  ngr_version: of.ngr.get('net')!.versions[0]!.version,
                  stakes: '300',
                  wins: '200',
                  ggr: '100',
                  deductions: { tax: '10', bonus: '10' },
                  ngr: '80',
                  admin_fee: '16',
                  base: '64',
                },
              ],
              base: '64',
              counted: '64',
              amount: '19.2',
              rate: '0.3',
            },
          ],
          facts,
        },
      },
    ]);
  });

  it('counts nothing of who is excluded from the share, whatever it would be', () => {
    const of = deal([sharePlan({ high_roller: { loss: '50' } })]);
    for (const [exclusions, counted] of [
      [['blocked' as const], ['0', '0']],
      [['self_excluded' as const], ['0', '20']], // not in this agreement's list for the share
    ] as const) {
      const { months } = overMonths(of, ['-100', '120'], player({ exclusions: [...exclusions] }));
      expect(months.map((month) => month.counted)).toEqual(counted);
    }
  });

  it('counts a ring-fenced month below zero as nothing', () => {
    const of = deal([sharePlan({ ring_fenced: true })]);
    const { months, commissions } = overMonths(of, ['-100', '40']);
    expect(months.map(({ base, counted }) => [base, counted])).toEqual([
      ['-100', '0'],
      ['40', '40'],
    ]);
    expect(commissions).toHaveLength(1);
  });

  it('sets apart from the very mark on', () => {
    const of = deal([sharePlan({ high_roller: { loss: '100' }, ring_fenced: true })]);
    const { months } = overMonths(of, ['-99.99', '-100', '30']);
    expect(months.map(({ counted, debt_out }) => [counted, debt_out])).toEqual([
      ['0', '0'],
      ['0', '-100'],
      ['0', '-70'],
    ]);
  });

  it('works a debt off under a later plan too', () => {
    const of = deal([
      sharePlan({ rate: '0.3', high_roller: { loss: '100' } }, { to: '2026-02-01' }),
      sharePlan({ rate: '0.5' }, { from: '2026-02-01' }),
    ]);
    expect(lines(overMonths(of, ['-150', '250']))).toEqual(['2026-02 revenue_share 50']);
  });

  it('pays an advance back month after month, and never from a loss', () => {
    const of = deal([hybrid('clawback', '100', { rate: '0.5' })]);
    const result = overMonths(of, ['60', '-40', '100', '80'], player({ triggers: ftd('2026-01-05') }));
    expect(lines(result)).toEqual([
      '2026-01 cpa 100',
      '2026-01 recoup -30',
      '2026-01 revenue_share 30',
      '2026-02 revenue_share -20',
      '2026-03 recoup -50',
      '2026-03 revenue_share 50',
      '2026-04 recoup -20',
      '2026-04 revenue_share 40',
    ]);
    expect(result.months.map(({ advance_in, advance_out }) => [advance_in, advance_out])).toEqual([
      ['0', '70'],
      ['70', '70'],
      ['70', '20'],
      ['20', '0'],
    ]);
  });

  it('takes no share back that was paid before the CPA', () => {
    const of = deal([hybrid('clawback', '100', { rate: '0.5' })]);
    const result = overMonths(of, ['60', '60'], player({ triggers: ftd('2026-02-20') }));
    expect(lines(result)).toEqual([
      '2026-01 revenue_share 30',
      '2026-02 cpa 100',
      '2026-02 recoup -30',
      '2026-02 revenue_share 30',
    ]);
  });

  it('remembers an advance of a month without any activity', () => {
    const of = deal([hybrid('clawback', '100', { rate: '0.5' })]);
    const activities = [{ segment: segment(of, '2026-05'), activity: won('300') }];
    const result = computePlayer(of, player({ triggers: ftd('2026-02-20') }), activities);
    expect(result.months[0]).toMatchObject({ advance_in: '100', advance_out: '0' });
    expect(lines(result)).toEqual(['2026-02 cpa 100', '2026-05 recoup -100', '2026-05 revenue_share 150']);
  });

  it('leaves an advance at rest under a plan that is no clawback', () => {
    const of = deal([
      { ...hybrid('clawback', '100', { rate: '0.5' }), to: '2026-02-01' },
      { ...hybrid('hybrid', '100', { rate: '0.5' }), from: '2026-02-01' },
    ]);
    const result = overMonths(of, ['60', '60'], player({ triggers: ftd('2026-01-20') }));
    expect(result.months[1]).toMatchObject({ advance_in: '70', advance_out: '70' });
    expect(lines(result)).not.toContain('2026-02 recoup -30');
  });

  it('keeps steps of their own for each player, and none where the scale is the partner’s', () => {
    const steps = [
      { from: '0', rate: '0.2' },
      { from: '100', rate: '0.4' },
    ];
    const scale = { kind: 'tiered', by: 'base', steps } as const;
    const perPlayer = deal([sharePlan({ scale: { ...scale, per: 'player' } })]);
    expect(lines(overMonths(perPlayer, ['50', '150']))).toEqual([
      '2026-01 revenue_share 10',
      '2026-02 revenue_share 60',
    ]);
    const perPartner = deal([sharePlan({ scale: { ...scale, per: 'partner' } })]);
    expect(overMonths(perPartner, ['50', '150'])).toMatchObject({
      months: [{ counted: '50' }, { counted: '150' }],
      commissions: [],
    });
  });

  it('has the months of a plan without share, with their GGR alone', () => {
    const of = deal([{ type: 'cpa', from: '2026-01-01', cpa: { on: 'ftd', amount: '9' } }]);
    expect(overMonths(of, ['70'])).toMatchObject({
      months: [{ ggr: '70', ngr: '0', base: '0', counted: '0', ngrVersion: null }],
      commissions: [],
    });
  });
});

describe('computePlayer: the fixed fee', () => {
  const fee = { amount: '5', currency: 'USD' };
  const ngr = [
    ngrVersion({ to: '2026-01-11', fixed: fee }),
    ngrVersion({ from: '2026-01-11', tax: '0.1', fixed: fee }),
  ];
  const bases = (activities: Activity[], factors: Record<string, string>, currency = 'EUR') => {
    const of = deal([sharePlan()], { ngr, currency });
    const segments = segmentsOf(of, '2026-01');
    const items = activities.map((activity, i) => ({ segment: segments[i]!, activity }));
    const { months } = computePlayer(of, player(), items, new Map(Object.entries(factors)));
    return months.map(({ base, activity: { missing_rates } }) => [base, ...missing_rates]);
  };

  it('is taken once a month, where there is first anything', () => {
    const factors = { 'USD 2026-01-01': '0.8' };
    expect(bases([won('10'), won('10')], factors)).toEqual([['6'], ['9']]);
    expect(bases([activity(), won('10')], factors)).toEqual([['0'], ['5']]);
    expect(bases([activity(), activity()], factors)).toEqual([['0'], ['0']]);
    expect(bases([activity({ deposits: '20' }), won('10')], factors)).toEqual([['-4'], ['9']]);
  });

  it('needs no rate in the agreement’s currency, and is not guessed where there is none', () => {
    expect(bases([won('10')], {}, 'USD')).toEqual([['5']]);
    expect(bases([won('10', { missing_rates: ['ZAR 2026-01-04'] })], {})).toEqual([
      ['10', 'USD 2026-01-01', 'ZAR 2026-01-04'],
    ]);
  });
});

describe('computePlayer: a fixed fee whose rate is provisional', () => {
  it('is said to be so, where it is borne', () => {
    const ngr = [ngrVersion({ fixed: { amount: '5', currency: 'USD' } })];
    const of = deal([sharePlan()], { ngr });
    const items = [{ segment: segmentsOf(of, '2026-01')[0]!, activity: won('10') }];
    const key = 'USD 2026-01-01';
    const { months } = computePlayer(of, player(), items, new Map([[key, '0.8']]), new Set([key]));
    expect(months).toMatchObject([{ base: '6', activity: { provisional_rates: ['USD 2026-01'] } }]);
  });
});

describe('computePlayer: a month in pieces', () => {
  const amount = fc
    .integer({ min: -100_000, max: 100_000 })
    .map((n) => canonical(decimal(String(n)).times('0.01')));
  const terms = fc.record({
    rate: fc.constantFrom('0.2', '0.35', '1'),
    ring_fenced: fc.boolean(),
    high_roller: fc.constantFrom(undefined, { loss: '300' }),
  });
  const total = ({ commissions }: PlayerResult) => canonical(sumOf(commissions.map(({ amount }) => amount)));

  it('changes nothing where NGR is cut and its terms come to the same', () => {
    fc.assert(
      fc.property(
        terms,
        fc.array(fc.tuple(amount, amount), { minLength: 1, maxLength: 6 }),
        (share, months) => {
          const { high_roller, ...rest } = share;
          const plans = [sharePlan({ ...rest, ...(high_roller && { high_roller }) })];
          const whole = deal(plans);
          const cut = deal(plans, {
            ngr: [
              // Jackpots and bonus types differ, but there are none: another version with the same result
              ngrVersion({ to: '2026-01-15' }),
              ...months.flatMap((_, i) => {
                const [from, next] = [`2026-0${i + 1}-15`, `2026-0${i + 2}-01`];
                const second = ngrVersion({ from, to: next, bonus: [] });
                const first = ngrVersion({
                  from: next,
                  ...(i < months.length - 1 && { to: `2026-0${i + 2}-15` }),
                });
                return [second, first];
              }),
            ],
          });
          const at = (of: Deal, sums: (month: [string, string]) => string[]) =>
            computePlayer(
              of,
              player(),
              months.flatMap((month, i) =>
                sums(month).map((ggr, n) => ({
                  segment: segment(of, `2026-0${i + 1}`, n),
                  activity: won(ggr),
                })),
              ),
            );
          const once = at(whole, ([a, b]) => [canonical(decimal(a).plus(b))]);
          const twice = at(cut, (month) => month);
          expect(total(twice)).toBe(total(once));
          for (const { period, counted, debt_out } of once.months) {
            const pieces = twice.months.filter((month) => month.period === period);
            expect(canonical(sumOf(pieces.map((piece) => piece.counted)))).toBe(counted);
            expect(pieces.at(-1)!.debt_out).toBe(debt_out);
            expect(pieces[0]!.debt_out).toBe(pieces[1]!.debt_in);
          }
        },
      ),
    );
  });

  it('changes nothing where a plan is cut that shares at one rate', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(amount, amount), { minLength: 1, maxLength: 6 }), (months) => {
        const whole = deal([sharePlan({ rate: '0.35' })]);
        // A cap that nothing here reaches makes it another plan
        const cut = deal([
          sharePlan({ rate: '0.35' }, { to: '2026-01-15' }),
          ...months.flatMap((_, i) => [
            sharePlan({ rate: '0.35', cap: '1e9' }, { from: `2026-0${i + 1}-15`, to: `2026-0${i + 2}-01` }),
            sharePlan({ rate: '0.35' }, { from: `2026-0${i + 2}-01`, to: `2026-0${i + 2}-15` }),
          ]),
        ]);
        const once = months.map(([a, b], i) => ({
          segment: segment(whole, `2026-0${i + 1}`),
          activity: won(canonical(decimal(a).plus(b))),
        }));
        const twice = months.flatMap((month, i) =>
          month.map((ggr, n) => ({ segment: segment(cut, `2026-0${i + 1}`, n), activity: won(ggr) })),
        );
        expect(total(computePlayer(cut, player(), twice))).toBe(total(computePlayer(whole, player(), once)));
      }),
    );
  });

  it('does not depend on the order of what it is given', () => {
    const of = deal([hybrid('clawback', '100', { rate: '0.5', high_roller: { loss: '200' } })]);
    const months = fc.array(amount, { minLength: 2, maxLength: 9 }).chain((ggrs) => {
      const activities = ggrs.map((ggr, i) => ({
        segment: segment(of, `2026-0${i + 1}`),
        activity: won(ggr),
      }));
      return fc.tuple(
        fc.constant(activities),
        fc.shuffledSubarray(activities, { minLength: activities.length }),
      );
    });
    fc.assert(
      fc.property(months, ([activities, shuffled]) => {
        const facts = player({ triggers: ftd('2026-02-02') });
        expect(computePlayer(of, facts, shuffled)).toEqual(computePlayer(of, facts, activities));
      }),
    );
  });

  it('pays of a clawback the greater of CPA and share, where no month is lost', () => {
    const of = deal([hybrid('clawback', '100', { rate: '0.5' })]);
    const gains = fc.array(
      fc.integer({ min: 0, max: 20_000 }).map((n) => canonical(decimal(String(n)).times('0.01'))),
      {
        minLength: 1,
        maxLength: 9,
      },
    );
    fc.assert(
      fc.property(gains, (months) => {
        const paid = decimal(total(overMonths(of, months, player({ triggers: ftd('2026-01-02') }))));
        const share = sumOf(months).times('0.5');
        expect(canonical(paid)).toBe(canonical(share.gt('100') ? share : decimal('100')));
      }),
    );
  });
});
