import { deal, sharePlan } from '#test/deals';
import type { Cpa, Plan } from './agreement.js';
import { cpaOf } from './cpa.js';
import { computePlayer } from './compute-player.js';
import type { PlayerFacts, Trigger } from './model.js';

const cpaPlan = (cpa: Cpa, from = '2026-01-01', to?: string): Plan => ({
  type: 'cpa',
  from,
  ...(to !== undefined && { to }),
  cpa,
});
const on = (on: Trigger['on'], day: string, planVersion?: string): Trigger => ({
  on,
  at: `${day}T12:00:00.000000Z`,
  conversions: [`${on}-1`],
  ...(planVersion !== undefined && { planVersion }),
});
const player = (triggers: Trigger[], exclusions: PlayerFacts['exclusions'] = []): PlayerFacts => ({
  subject: 'p1',
  exclusions,
  triggers,
});

const journey = [on('install', '2026-09-20'), on('registration', '2026-09-25'), on('ftd', '2026-10-02')];

describe('cpaOf', () => {
  it.each([
    ['install', '2026-09'],
    ['registration', '2026-09'],
    ['ftd', '2026-10'],
  ] as const)('pays on %s, in its month', (trigger, period) => {
    const of = deal([cpaPlan({ on: trigger, amount: '80' })]);
    expect(cpaOf(of, player(journey))).toMatchObject({ paid: true, period });
    expect(computePlayer(of, player(journey), []).commissions).toEqual([
      {
        period,
        subject: 'p1',
        kind: 'cpa',
        amount: '80',
        basis: {
          on: trigger,
          at: journey.find((t) => t.on === trigger)!.at,
          conversions: [`${trigger}-1`],
          plan_version: of.plans[0]!.version,
        },
      },
    ]);
  });

  it('pays in the month of the agreement’s zone', () => {
    const at = '2026-09-30T22:30:00.000000Z';
    const facts = player([{ on: 'ftd', at, conversions: ['c1'] }]);
    const plans = [cpaPlan({ on: 'ftd', amount: '80' })];
    expect(cpaOf(deal(plans), facts)).toMatchObject({ period: '2026-09' });
    expect(cpaOf(deal(plans, { time_zone: 'Europe/Malta' }), facts)).toMatchObject({ period: '2026-10' });
  });

  it('takes the plan in force when it happened, and its trigger', () => {
    const plans = [
      cpaPlan({ on: 'ftd', amount: '80' }, '2026-01-01', '2026-10-01'),
      cpaPlan({ on: 'ftd', amount: '120' }, '2026-10-01'),
    ];
    expect(cpaOf(deal(plans), player(journey))).toMatchObject({
      paid: true,
      plan: { cpa: { amount: '120' } },
    });
    const other = [
      cpaPlan({ on: 'ftd', amount: '80' }, '2026-01-01', '2026-10-01'),
      cpaPlan({ on: 'registration', amount: '120' }, '2026-10-01'),
    ];
    expect(cpaOf(deal(other), player(journey))).toEqual({ paid: false, why: 'no_trigger' });
  });

  it('pays once: the first that a plan pays on', () => {
    const of = deal([
      cpaPlan({ on: 'registration', amount: '20' }, '2026-01-01', '2026-10-01'),
      cpaPlan({ on: 'ftd', amount: '100' }, '2026-10-01'),
    ]);
    const lines = computePlayer(of, player(journey.toReversed()), []).commissions;
    expect(lines.map(({ period, amount }) => [period, amount])).toEqual([['2026-09', '20']]);
  });

  it('pays on what qualifies by the thresholds of the very plan', () => {
    const qualified = (min: string) => ({
      on: 'qualification' as const,
      amount: '100',
      qualification: { within_days: 30, of: 'ftd' as const, deposit_amount: min },
    });
    const of = deal([
      cpaPlan(qualified('50'), '2026-01-01', '2026-10-01'),
      cpaPlan(qualified('100'), '2026-10-01'),
    ]);
    const [first, second] = of.plans.map(({ version }) => version);
    const early = on('qualification', '2026-10-03', first);
    expect(cpaOf(of, player([early]))).toEqual({ paid: false, why: 'no_trigger' });
    expect(cpaOf(of, player([early, on('qualification', '2026-10-09', second)]))).toMatchObject({
      paid: true,
      trigger: { at: '2026-10-09T12:00:00.000000Z' },
    });
  });

  it('says who is excluded, and why', () => {
    const of = deal([cpaPlan({ on: 'ftd', amount: '80' })], {
      excluded: { cpa: ['blocked', 'duplicate'], revenue_share: [] },
    });
    expect(cpaOf(of, player(journey, ['self_excluded', 'duplicate']))).toMatchObject({
      paid: false,
      why: 'excluded',
      by: ['duplicate'],
      period: '2026-10',
    });
    expect(computePlayer(of, player(journey, ['duplicate']), []).commissions).toEqual([]);
    expect(cpaOf(of, player(journey, ['self_excluded']))).toMatchObject({ paid: true });
  });

  it('pays nothing under a plan that shares revenue alone, or before any plan', () => {
    expect(cpaOf(deal([sharePlan()]), player(journey)).paid).toBe(false);
    const later = deal([cpaPlan({ on: 'ftd', amount: '80' }, '2026-11-01')]);
    expect(cpaOf(later, player(journey)).paid).toBe(false);
  });

  it('pays 36 of 40 who deposited, at 100 each', () => {
    // https://bananzaaffiliates.com/commissions/cpa: 40 first deposits, 38 qualified, 36 approved, 100 each: 3,600
    const of = deal([
      cpaPlan({
        on: 'qualification',
        amount: '100',
        qualification: { within_days: 7, of: 'click', deposit_amount: '20' },
      }),
    ]);
    const version = of.plans[0]!.version;
    const amounts = Array.from({ length: 40 }, (_, i) => {
      const triggers = [
        on('ftd', '2026-10-02'),
        ...(i < 38 ? [on('qualification', '2026-10-02', version)] : []),
      ];
      return computePlayer(of, { subject: `p${i}`, exclusions: i < 2 ? ['blocked'] : [], triggers }, [])
        .commissions;
    });
    const paid = amounts.flat().map(({ amount }) => amount);
    expect(paid).toEqual(Array.from({ length: 36 }, () => '100'));
  });
});
