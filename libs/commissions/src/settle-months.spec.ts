import fc from 'fast-check';
import { deal, revenueShare, sharePlan } from '#test/deals';
import type { Cpa, Plan, RevenueShare, Scale } from './agreement.js';
import { canonical, decimal, sumOf } from './decimal.js';
import type { Deal, PartnerMonth, PartnerSegment } from './model.js';
import { nextPeriod } from './periods.js';
import { segmentsOf } from './segments.js';
import { settleMonths, type SettledMonth } from './settle-months.js';

/** Consecutive months from January 2026 on, with what is given of each of their segments. */
function months(of: Deal, ...given: Partial<PartnerSegment>[][]): PartnerMonth[] {
  let period = '2025-12';
  return given.map((sums) => {
    period = nextPeriod(period);
    const segments = segmentsOf(of, period).map((segment, i) => ({
      segment,
      counted: '0',
      firstDeposits: 0,
      playerShare: '0',
      cpas: [],
      ...sums[i],
    }));
    return { period, segments };
  });
}

/** `revenue_share 30`, without the month and subject. */
const lines = ({ commissions }: SettledMonth) => commissions.map(({ kind, amount }) => `${kind} ${amount}`);
const lineSum = ({ commissions }: SettledMonth) => sumOf(commissions.map(({ amount }) => amount));

const pooled = (rate: string, terms: Partial<RevenueShare> = {}) =>
  sharePlan({
    scale: { kind: 'tiered', by: 'base', per: 'partner', steps: [{ from: '0', rate }] },
    ...terms,
  });

describe('settleMonths: figures that platforms and programmes publish', () => {
  it.each([
    // https://www.track360.info/blog/igaming-negative-carryover-guide: 30 % of -10,000 in March, of 15,000 in April
    ['carried over', true, ['0', '1500']],
    ['not carried over', false, ['0', '4500']],
  ])('a loss that is %s', (_, carry_over, paid) => {
    const of = deal([pooled('0.3', { carry_over })]);
    const settled = settleMonths(months(of, [{ counted: '-10000' }], [{ counted: '15000' }]), '0');
    expect(settled.map((month) => canonical(lineSum(month)))).toEqual(paid);
  });

  it.each([
    // https://affiliatebible.com/general-seo/what-is-negative-carryover.php: +2,000 in January, -1,500 in February; March
    // begins at -1,500, or at 0
    [true, '-1500'],
    [false, '0'],
  ])('a month that is paid leaves nothing, and the loss behind it all (%s)', (carry_over, march) => {
    const of = deal([sharePlan({ carry_over })]);
    const settled = settleMonths(months(of, [{ playerShare: '2000' }], [{ playerShare: '-1500' }]), '0');
    expect(settled.map(({ carriedOut }) => carriedOut)).toEqual(['0', march]);
    expect(settled.map((month) => canonical(lineSum(month)))).toEqual(['0', '1500']); // of the partner's own lines
  });

  it.each([
    // https://rewardsaffiliates.com/program/tiered-revshare-explained.aspx: 25, 30, 35 % from 0, 11, 21 new players on
    [10, '250'],
    [11, '300'],
    [25, '350'],
  ])('with %i new players', (firstDeposits, amount) => {
    const steps = [
      { from: '0', rate: '0.25' },
      { from: '11', rate: '0.3' },
      { from: '21', rate: '0.35' },
    ];
    const of = deal([sharePlan({ scale: { kind: 'tiered', by: 'first_deposits', per: 'partner', steps } })]);
    const [month] = settleMonths(months(of, [{ counted: '1000', firstDeposits }]), '0');
    expect(lines(month!)).toEqual([`revenue_share ${amount}`]);
  });
});

describe('settleMonths', () => {
  it('shows what is carried, in and out', () => {
    const of = deal([pooled('0.5', { carry_over: true })]);
    const settled = settleMonths(
      months(of, [{ counted: '-60' }], [{ counted: '100' }], [{ counted: '10' }]),
      '-40',
    );
    expect(settled.map(lines)).toEqual([
      ['revenue_share -30', 'carry_in -40', 'carry_out 70'],
      ['revenue_share 50', 'carry_in -70', 'carry_out 20'],
      ['revenue_share 5', 'carry_in -20', 'carry_out 15'],
    ]);
    expect(settled.map(({ carriedOut }) => carriedOut)).toEqual(['-70', '-20', '-15']);
    expect(settled[1]!.commissions[1]!.basis).toEqual({
      carried_in: '-70',
      share: '50',
      total: '-20',
      carried_out: '-20',
      carry_over: true,
    });
  });

  it('takes the players’ own shares and the partner’s together', () => {
    const of = deal([
      sharePlan({ carry_over: true }, { to: '2026-01-15' }),
      { ...pooled('0.5', { carry_over: true }), from: '2026-01-15' },
    ]);
    const [month] = settleMonths(months(of, [{ playerShare: '-80' }, { counted: '100' }]), '0');
    expect(lines(month!)).toEqual(['revenue_share 50', 'carry_out 30']);
    expect(month!.carriedOut).toBe('-30');
  });

  it('gives each plan of a month its own base and steps', () => {
    const steps = [
      { from: '0', rate: '0.2' },
      { from: '100', rate: '0.4' },
    ];
    const scaled = (kind: 'tiered' | 'ladder', range: Partial<Plan>): Plan =>
      sharePlan({ scale: { kind, by: 'base', per: 'partner', steps } }, range);
    const of = deal([scaled('tiered', { to: '2026-01-10' }), scaled('ladder', { from: '2026-01-10' })]);
    const [month] = settleMonths(months(of, [{ counted: '150' }, { counted: '150' }]), '0');
    expect(lines(month!)).toEqual(['revenue_share 100']); // 60 + 20 + 20
    expect(month!.commissions[0]!.basis).toMatchObject({
      plans: [
        { counted: '150', rate: '0.4', step: { from: '100', value: '150' }, amount: '60' },
        { counted: '150', amount: '40', parts: [{ part: '100' }, { part: '50' }] },
      ],
    });
  });

  it('takes carry-over and cap of the last plan of the month that shares revenue', () => {
    const of = deal([
      sharePlan({ carry_over: true, cap: '10' }, { to: '2026-01-15' }),
      { type: 'cpa', from: '2026-01-15', cpa: { on: 'ftd', amount: '100' } },
    ]);
    const settled = settleMonths(months(of, [{ playerShare: '-80' }], []), '0');
    expect(settled.map(({ carriedOut }) => carriedOut)).toEqual(['-80', '-80']);
    expect(lines(settled[1]!)).toEqual(['carry_in -80', 'carry_out 80']); // a month without share leaves it as it is
    expect(lines(settleMonths(months(of, [{ playerShare: '30' }]), '0')[0]!)).toEqual([
      'revenue_share_cap -20',
    ]);
  });

  it('takes the last of two', () => {
    const of = deal([
      sharePlan({ carry_over: true, cap: '10' }, { to: '2026-01-15' }),
      sharePlan({ carry_over: false }, { from: '2026-01-15' }),
    ]);
    const settle = (playerShare: string) => settleMonths(months(of, [{ playerShare }]), '0')[0]!;
    expect(settle('-80')).toMatchObject({
      carriedOut: '0',
      commissions: [{ kind: 'carry_out', amount: '80' }],
    });
    expect(settle('80').commissions).toEqual([]);
  });

  it('shares no base that the players have had their own share of', () => {
    const share = (plan: Plan) =>
      settleMonths(months(deal([plan]), [{ counted: '100', playerShare: '25' }]), '0');
    expect(share(sharePlan())[0]!.commissions).toEqual([]);
    const scale: Scale = { kind: 'ladder', by: 'base', per: 'partner', steps: [{ from: '0', rate: '0.25' }] };
    const cpa: Cpa = { on: 'ftd', amount: '100' };
    const clawback = { ...sharePlan({ scale }), type: 'clawback', cpa } as Plan; // has no steps of the partner's
    expect(share(clawback)[0]!.commissions).toEqual([]);
  });

  it('caps what is paid after the carry, and forgets the rest', () => {
    // A monthly cap as https://track360.io/glossary/commission-cap has it; figures by hand
    const of = deal([pooled('0.5', { carry_over: true, cap: '100' })]);
    const settled = settleMonths(months(of, [{ counted: '500' }], [{ counted: '200' }]), '-50');
    expect(settled.map(lines)).toEqual([
      ['revenue_share 250', 'carry_in -50', 'revenue_share_cap -100'],
      ['revenue_share 100'],
    ]);
    expect(settled[0]!.commissions[2]!.basis).toEqual({ cap: '100', before: '200' });
  });

  it('has no line where there is nothing', () => {
    expect(settleMonths(months(deal([pooled('0.5')]), []), '0')).toEqual([
      { period: '2026-01', commissions: [], carriedOut: '0' },
    ]);
  });
});

describe('settleMonths: caps of CPAs', () => {
  // A limit of so many first deposits as https://3snet.info/en/glossary/cap-in-affiliate-marketing has it, a month; by hand
  const cpa = (cap: Cpa['cap'], range: Partial<Plan> = {}): Plan => ({
    type: 'cpa',
    from: range.from ?? '2026-01-01',
    ...(range.to !== undefined && { to: range.to }),
    cpa: { on: 'ftd', amount: '100', ...(cap && { cap }) },
  });
  const paidOn = (...days: [subject: string, day: string][]) =>
    days.map(([subject, day]) => ({ subject, at: `${day}T00:00:00.000000Z`, amount: '100' }));
  const five = paidOn(
    ['p5', '2026-01-09'],
    ['p2', '2026-01-03'],
    ['p1', '2026-01-03'],
    ['p4', '2026-01-08'],
    ['p3', '2026-01-04'],
  );

  it.each([
    [{ count: 2 }, '-300', { paid: 2, last: { subject: 'p2', at: '2026-01-03T00:00:00.000000Z' } }],
    [{ amount: '350' }, '-200', { paid: 3, last: { subject: 'p3', at: '2026-01-04T00:00:00.000000Z' } }],
    [{ count: 4, amount: '350' }, '-200', { paid: 3 }],
    [
      { count: 1, amount: '350' },
      '-400',
      { paid: 1, last: { subject: 'p1', at: '2026-01-03T00:00:00.000000Z' } },
    ],
    [{ amount: '99' }, '-500', { paid: 0 }],
  ])('%j', (cap, amount, decided) => {
    const of = deal([cpa(cap)]);
    fc.assert(
      fc.property(fc.shuffledSubarray(five, { minLength: 5 }), (cpas) => {
        const [month] = settleMonths(months(of, [{ cpas }]), '0');
        expect(lines(month!)).toEqual([`cpa_cap ${amount}`]);
        expect(month!.commissions[0]!.basis).toMatchObject({
          plans: [{ cap, reached: 5, unpaid: amount.slice(1), ...decided }],
        });
      }),
    );
  });

  it.each([[{ count: 5 }], [{ amount: '500' }], [undefined]])('pays all within %j', (cap) => {
    expect(settleMonths(months(deal([cpa(cap)]), [{ cpas: five }]), '0')[0]!.commissions).toEqual([]);
  });

  it('counts each plan and each month anew', () => {
    const of = deal([cpa({ count: 1 }, { to: '2026-01-05' }), cpa({ count: 2 }, { from: '2026-01-05' })]);
    const [early, late] = [
      five.filter(({ at }) => at < '2026-01-05'),
      five.filter(({ at }) => at > '2026-01-05'),
    ];
    const settled = settleMonths(months(of, [{ cpas: early }, { cpas: late }], [{ cpas: early }]), '0');
    expect(settled.map(lines)).toEqual([['cpa_cap -200'], ['cpa_cap -100']]);
    expect(settled[0]!.commissions[0]!.basis.plans).toHaveLength(1);
  });

  it('sets no loss of the share against CPAs', () => {
    const of = deal([
      {
        type: 'hybrid',
        from: '2026-01-01',
        ngr: 'net',
        cpa: { on: 'ftd', amount: '100' },
        revenue_share: revenueShare({ carry_over: true }),
      },
    ]);
    const [month] = settleMonths(months(of, [{ playerShare: '-300' }]), '0');
    expect(lines(month!)).toEqual(['carry_out 300']); // 100 of the player's CPA stay
  });
});

describe('settleMonths: property 14', () => {
  const amount = fc
    .bigInt({ min: -(10n ** 24n), max: 10n ** 24n })
    .map((n) => canonical(decimal(String(n)).times('1e-18')));
  const month = fc.record({ counted: amount, playerShare: amount });
  const several = fc.array(month, { minLength: 1, maxLength: 12 });
  const debt = amount.map((text) => (text === '0' || text.startsWith('-') ? text : `-${text}`));

  it('what is paid and what is carried is all the commission there is', () => {
    const of = deal([pooled('0.37', { carry_over: true })]);
    fc.assert(
      fc.property(several, debt, (given, carriedIn) => {
        const settled = settleMonths(months(of, ...given.map((sums) => [sums])), carriedIn);
        const shares = settled.flatMap(({ commissions }) =>
          commissions.filter(({ kind }) => kind === 'revenue_share').map((line) => line.amount),
        );
        const commission = sumOf([carriedIn, ...shares, ...given.map(({ playerShare }) => playerShare)]);
        const payable = given.map(({ playerShare }, i) => lineSum(settled[i]!).plus(playerShare));
        expect(payable.every((paid) => paid.gte('0'))).toBe(true);
        const paid = payable.reduce((sum, each) => sum.plus(each), decimal('0'));
        expect(canonical(paid.plus(settled.at(-1)!.carriedOut))).toBe(canonical(commission));
      }),
    );
  });

  it('what is reckoned in pieces is what is reckoned at once', () => {
    const of = deal([pooled('0.37', { carry_over: true, cap: '1000' })]);
    fc.assert(
      fc.property(several, debt, fc.nat(12), (given, carriedIn, cut) => {
        const all = months(of, ...given.map((sums) => [sums]));
        const at = cut % all.length;
        const first = settleMonths(all.slice(0, at), carriedIn);
        const second = settleMonths(all.slice(at), first.at(-1)?.carriedOut ?? carriedIn);
        expect([...first, ...second]).toEqual(settleMonths(all, carriedIn));
      }),
    );
  });

  it('never pays beyond the cap, and below zero neither', () => {
    const of = deal([pooled('0.37', { cap: '1000' })]);
    fc.assert(
      fc.property(several, (given) => {
        const settled = settleMonths(months(of, ...given.map((sums) => [sums])), '0');
        for (const [i, { playerShare }] of given.entries()) {
          const paid = lineSum(settled[i]!).plus(playerShare);
          expect(paid.gte('0') && paid.lte('1000')).toBe(true);
        }
      }),
    );
  });
});
