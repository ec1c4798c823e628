import fc from 'fast-check';
import { activity, deal, revenueShare, segment, sharePlan } from '#test/deals';
import type { Plan } from './agreement.js';
import { computePlayer } from './compute-player.js';
import { canonical, decimal, sumOf } from './decimal.js';
import type { Commission, Deal, LineKind, PartnerMonth, PlayerFacts, PlayerResult } from './model.js';
import { segmentsOf } from './segments.js';
import { settleMonths } from './settle-months.js';
import { statementOf } from './statement.js';

/** What a player staked and won in each month from January 2026 on, and the day of January of their first deposit. */
interface Player {
  months: { stakes: string; wins: string }[];
  ftd: number;
}

const MONTHS = ['2026-01', '2026-02', '2026-03', '2026-04'];
const digits = (places: string) => fc.nat(10_000_000).map((n) => canonical(decimal(String(n)).times(places)));
const amount = fc.oneof(digits('1'), digits('0.01'), digits('0.000000000000000001'));
const players = fc.array(
  fc.record({
    months: fc.array(fc.record({ stakes: amount, wins: amount }), { minLength: 4, maxLength: 4 }),
    ftd: fc.integer({ min: 10, max: 28 }),
  }),
  { minLength: 1, maxLength: 6 },
);

const scale = {
  kind: 'ladder' as const,
  by: 'base' as const,
  per: 'partner' as const,
  steps: [
    { from: '0', rate: '0.25' },
    { from: '5000', rate: '0.35' },
  ],
};
const plans: Record<string, Plan> = {
  pooled: sharePlan({ scale, carry_over: true }),
  clawback: {
    type: 'clawback',
    from: '2020-01-01',
    ngr: 'net',
    cpa: { on: 'ftd', amount: '50' },
    revenue_share: revenueShare({ rate: '0.33', carry_over: true, high_roller: { loss: '9000' } }),
  },
};

function resultsOf(of: Deal, all: readonly Player[]): PlayerResult[] {
  return all.map(({ months, ftd }, i) => {
    const facts: PlayerFacts = {
      subject: `p${ftd}-${i}`,
      exclusions: [],
      triggers: [{ on: 'ftd', at: `2026-01-${ftd}T00:00:00.000000Z`, conversions: [] }],
    };
    const activities = months.map((sums, n) => ({
      segment: segment(of, MONTHS[n]!),
      activity: activity(sums),
    }));
    return computePlayer(of, facts, activities);
  });
}

const sumWhere = (commissions: readonly Commission[], period: string, ...kinds: LineKind[]) =>
  canonical(
    sumOf(commissions.filter((c) => c.period === period && kinds.includes(c.kind)).map((c) => c.amount)),
  );

function partnerMonths(of: Deal, results: readonly PlayerResult[]): PartnerMonth[] {
  const [months, commissions] = [
    results.flatMap((result) => result.months),
    results.flatMap((result) => result.commissions),
  ];
  return MONTHS.map((period) => ({
    period,
    segments: segmentsOf(of, period).map((segment) => ({
      segment,
      counted: canonical(sumOf(months.filter((m) => m.period === period).map((m) => m.counted))),
      firstDeposits: 0,
      playerShare: sumWhere(commissions, period, 'revenue_share', 'recoup'),
      cpas: [],
    })),
  }));
}

describe.each(Object.entries(plans))('from players to statements: %s', (_, plan) => {
  const of = deal([plan]);

  it('the order of players changes nothing', () => {
    const shuffled = players.chain((all) => {
      const results = resultsOf(of, all);
      return fc.tuple(fc.constant(results), fc.shuffledSubarray(results, { minLength: results.length }));
    });
    fc.assert(
      fc.property(shuffled, ([results, inOtherOrder]) => {
        expect(settleMonths(partnerMonths(of, inOtherOrder), '0')).toEqual(
          settleMonths(partnerMonths(of, results), '0'),
        );
      }),
    );
  });

  it('what the statements pay, and what is carried, is the commission there is', () => {
    fc.assert(
      fc.property(players, (all) => {
        const results = resultsOf(of, all);
        const settled = settleMonths(partnerMonths(of, results), '0');
        const commissions = [...results, ...settled].flatMap((each) => each.commissions);
        const statements = MONTHS.map((period) =>
          statementOf(of, {
            period,
            booked: (['cpa', 'revenue_share', 'recoup', 'carry_in', 'carry_out'] as const).map((kind) => ({
              kind,
              of_period: period,
              players: all.length,
              exact: sumWhere(commissions, period, kind),
            })),
            openingBalance: '0',
            unfinished: [],
            facts: activity().facts,
            ratesHash: '',
            lastEntryId: null,
          }),
        );
        const earned = commissions.filter(({ kind }) => kind !== 'carry_in' && kind !== 'carry_out');
        const exact = statements.flatMap(({ lines }) => lines.map((line) => line.exact));
        expect(canonical(sumOf([...exact, settled.at(-1)!.carriedOut]))).toBe(
          canonical(sumOf(earned.map((line) => line.amount))),
        );
        // Each line is off by half a cent at most
        for (const { amount, lines } of statements) {
          const off = decimal(amount)
            .minus(sumOf(lines.map((line) => line.exact)))
            .abs();
          expect(off.lte(decimal('0.005').times(String(lines.length)))).toBe(true);
        }
      }),
    );
  });
});
