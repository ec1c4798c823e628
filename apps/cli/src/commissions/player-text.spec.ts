import {
  computePlayer,
  type Deal,
  type PlayerFacts,
  type PlayerStatement,
  type Plan,
  type RevenueShare,
} from '#libs/commissions';
import { activity, deal, ngrVersion, revenueShare, segment, sharePlan, won } from '#test/deals';
import { playerText } from './player-text.js';

type Activities = Parameters<typeof computePlayer>[2];

/** The text of a player's October, lines trimmed. */
function told(of: Deal, activities: Activities, facts: Partial<PlayerFacts> = {}): string[] {
  const player: PlayerFacts = { subject: 'anna', exclusions: [], triggers: [], ...facts };
  const { months, commissions } = computePlayer(of, player, activities);
  const isOctober = ({ period }: { period: string }): boolean => period === '2026-10';
  const breakdown: PlayerStatement = {
    ...{ agreement: 'acme', period: '2026-10', subject: player.subject, currency: 'EUR' },
    ...{ matched_by: 'link', exclusions: player.exclusions },
    months: months.filter(isOctober),
    commissions: commissions.filter(isOctober),
    ...{ closed: null, adjustments: [], since: null, facts: null, reckoned_again: null },
  };
  const ngrs = [...of.ngr.values()].flatMap(({ versions }) => versions);
  return playerText(breakdown, {
    agreement: of.agreement,
    plans: new Map(of.plans.map(({ plan, version }) => [version, plan])),
    ngrs: new Map(ngrs.map(({ ngr, version }) => [version, ngr])),
  }).split('\n');
}

const october = (of: Deal, did = won('100')): Activities[number] => ({
  segment: segment(of, '2026-10'),
  activity: did,
});

it('is followed from the stakes to the share, step by step', () => {
  const ngr = ngrVersion({
    ...{ tax: '0.15', provider: '0.1', jackpot: '0.01', deposit_fee: '0.02', admin_fee: '0.05' },
    fixed: { amount: '1', currency: 'EUR' },
  });
  const steps = [
    { from: '0', rate: '0.2' },
    { from: '50', rate: '0.3' },
  ];
  const plan: Plan = {
    ...{ type: 'hybrid', from: '2020-01-01', ngr: 'net' },
    cpa: {
      ...{ on: 'qualification', amount: '100' },
      qualification: { within_days: 30, of: 'click', deposit_amount: '50', deposit_count: 2 },
    },
    revenue_share: revenueShare({ scale: { kind: 'ladder', by: 'base', per: 'player', steps } }),
  };
  const of = deal([plan], { ngr: [ngr] });
  const version = of.plans[0]!.version;
  const did = activity({
    ...{ stakes: '1000', wins: '800.125', bonus: '10', deposits: '500' },
    facts: {
      ...{ deposits: 2, transactions: 0, game_sessions: 12, bets: 1, hash: '0123456789abcdef' },
      received_at: '2026-11-01T00:00:00.000000Z',
    },
  });
  const at = '2026-10-03T10:00:00.000000Z';
  const triggers: PlayerFacts['triggers'] = [
    { on: 'qualification', at, conversions: ['c1', 'c2'], planVersion: version },
  ];
  expect(told(of, [october(of, did)], { triggers })).toEqual([
    'Player anna, 2026-10 · Acme · royal · agreement acme · EUR',
    'covered for the link of the click',
    '',
    'CPA: 100.00',
    '  for the qualification (50.00 EUR deposited and 2 deposits, within 30 days of the click), at',
    `  2026-10-03 10:00 UTC, under plan ${version.slice(0, 12)}`,
    '  npx tributary explain c1',
    '  npx tributary explain c2',
    '',
    `Under plan ${version.slice(0, 12)} (hybrid)`,
    '    stakes                          1,000.00',
    '  − wins                             −800.125',
    '  = GGR                               199.875',
    '  − tax, 15 % of GGR                  −29.98125',
    '  − providers, 10 % of GGR            −19.9875',
    '  − bonus (Prize)                     −10.00',
    '  − jackpots, 1 % of stakes           −10.00',
    '  − fees, 2 % of 500.00 deposited     −10.00',
    '  − fixed fee of the month, 1 EUR      −1.00',
    '  = NGR                               118.90625',
    '  − admin fee, 5 % of NGR              −5.945312…',
    '  = base                              112.960937…',
    '  Counts: 112.960937…, all of it.',
    '  Share: 20 % of the 50.00 in the step from 0.00.',
    '  Share: 30 % of the 62.960937… in the step from 50.00.',
    '  Share: together 28.888281….',
    '',
    'What anna brings the partner',
    '  Revenue share      28.888281…',
    '  CPA               100.00',
    '  together, exact   128.888281…',
    '',
    'Facts it rests on',
    '  count      2 deposits, 0 transactions, 12 game sessions and 1 bet',
    '  newest     received 2026-11-01 00:00 UTC',
    '  hash       0123456789abcdef',
    '  deposits   npx tributary explain anna',
    '  each of them:',
    '    npx tributary commissions show --agreement acme --period 2026-10 --player anna --facts',
  ]);
});

describe('says what counts, and why', () => {
  const share = (terms: Partial<RevenueShare>): Deal => deal([sharePlan(terms)]);
  const tiers: RevenueShare['scale'] = {
    ...{ kind: 'tiered', by: 'base', per: 'player' },
    steps: [
      { from: '0', rate: '0.2' },
      { from: '100', rate: '0.3' },
    ],
  };
  const september = (of: Deal, ggr: string): Activities[number] => ({
    segment: segment(of, '2026-09'),
    activity: won(ggr),
  });

  it.each<[string, Deal, (of: Deal) => Activities, Partial<PlayerFacts>, string[]]>([
    [
      'a loss',
      share({}),
      (of) => [october(of, won('-40'))],
      {},
      ['  Counts: −40.00, all of it.', '  Share: 25 % of −40.00 = −10.00.'],
    ],
    [
      'a ring-fenced loss',
      share({ ring_fenced: true }),
      (of) => [october(of, won('-40'))],
      {},
      ["  Counts: 0, for a player's loss is the house's own (ring-fenced).", '  Share: 0.'],
    ],
    [
      'a high roller',
      share({ high_roller: { loss: '1000' } }),
      (of) => [october(of, won('-1500'))],
      {},
      [
        '  Counts: 0. A loss of 1,000.00 or more is set apart (high roller), to be worked off by this',
        "  player's later months alone: 0.00 before, −1,500.00 after.",
        '  Share: 0.',
      ],
    ],
    [
      'what works it off',
      share({ high_roller: { loss: '1000' } }),
      (of) => [september(of, '-1500'), october(of, won('1600'))],
      {},
      [
        '  Counts: 100.00; the rest works off what was set apart (high roller): −1,500.00 before, 0.00',
        '  after.',
        '  Share: 25 % of 100.00 = 25.00.',
      ],
    ],
    [
      'a step of the player',
      share({ scale: tiers }),
      (of) => [october(of)],
      {},
      ['  Counts: 100.00, all of it.', '  Share: 100.00 reach the step from 100.00: 30 % of 100.00 = 30.00.'],
    ],
    [
      "a partner's scale",
      share({ scale: { ...tiers, per: 'partner' } }),
      (of) => [october(of)],
      {},
      [
        '  Counts: 100.00, all of it.',
        '  The share is of all players together: "commissions show" without --player tells it.',
      ],
    ],
    [
      'an excluded player',
      share({}),
      (of) => [october(of)],
      { exclusions: ['self_excluded', 'blocked'] },
      [
        'self_excluded and blocked: counts for neither CPA nor revenue share',
        '  Counts: 0, for the player is excluded (blocked).',
        '  Share: 0.',
      ],
    ],
  ])('%s', (_name, of, activities, facts, lines) => {
    const text = told(of, activities(of), facts);
    expect(text.filter((line) => lines.includes(line))).toEqual(lines);
  });

  it('tells what a share pays back of a CPA that was an advance, and what is not earned yet', () => {
    const of = deal([{ ...sharePlan(), type: 'clawback', cpa: { on: 'ftd', amount: '60' } } as Plan]);
    const triggers: PlayerFacts['triggers'] = [
      { on: 'ftd', at: '2026-10-03T10:00:00.000000Z', conversions: ['c1'] },
    ];
    const earns = told(of, [october(of)], { triggers });
    expect(earns).toContain('  It is an advance: the share pays it back first.');
    expect(earns).toContain(
      '  Advance: 60.00 was paid as CPA; the share pays 25.00 of it back, 35.00 is left.',
    );
    expect(earns).toContain('  Advance (CPA) worked off   −25.00');
    const loses = told(of, [october(of, won('-10'))], { triggers });
    expect(loses).toContain('  Advance: 60.00 was paid as CPA and is not earned yet.');
  });
});

it('says which rates were not there, and which only stand in for those of the month’s end', () => {
  const did = won('100', {
    ...{ missing_rates: ['GBP 2026-10-03'], provisional_rates: ['CHF 2026-10', 'USD 2026-10'] },
  });
  const text = told(deal([sharePlan()]), [october(deal([sharePlan()]), did)]);
  expect(text).toEqual(
    expect.arrayContaining([
      '  not counted   for want of a rate: GBP 2026-10-03',
      "  provisional   the latest rate stands in for that of the month's end: CHF 2026-10, USD 2026-10",
    ]),
  );
});
