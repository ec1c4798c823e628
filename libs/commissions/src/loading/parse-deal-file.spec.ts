import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { problemText } from '#libs/yaml-file';
import { DEAL_SCHEMA } from './deal-schema.js';
import { parseDealFile } from './parse-deal-file.js';

function problemsOf(text: string): string[] {
  const parsed = parseDealFile(text, 'd.yaml');
  return 'problems' in parsed ? parsed.problems.map(problemText) : [];
}

function dealOf(text: string): unknown {
  const parsed = parseDealFile(text, 'd.yaml');
  return 'problems' in parsed ? parsed.problems.map(problemText) : parsed.deal;
}

const AGREEMENT = `agreement: acme-2026
partner: Acme Media
brand: spacevegas
currency: EUR
time_zone: Europe/Malta
covers:
  - link: acme-*
  - {sub_id: {sub1: acme}, campaign: winter}
plans:
  - type: cpa
    from: 2026-01-01
    to: 2026-07-01
    cpa: {on: ftd, amount: 100, cap: {count: 50}}
  - type: hybrid
    from: 2026-07-01
    ngr: standard
    cpa:
      on: qualification
      amount: "60.50"
      qualification: {within_days: 30, of: registration, deposit_amount: 50}
    revenue_share:
      carry_over: true
      scale:
        kind: tiered
        steps:
          - {from: 0, rate: 20%}
          - {from: "10000.00", rate: 22.5%}
`;

const NGR = `ngr: standard
brand: spacevegas
time_zone: UTC
versions:
  - from: 2026-01-01
    tax: 5%
    provider: 12.5%
    bonus: [Prize, Cash back]
    adjustments: [Compensation]
    fixed: {amount: 0.5, currency: EUR}
`;

function changed(text: string, from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

describe('an agreement', () => {
  it('is made of decimals and of what its file leaves out', () => {
    expect(dealOf(AGREEMENT)).toEqual({
      agreement: 'acme-2026',
      partner: 'Acme Media',
      brand: 'spacevegas',
      currency: 'EUR',
      time_zone: 'Europe/Malta',
      fx: { date: 'day' },
      covers: [{ link: 'acme-*' }, { sub_id: { sub1: 'acme' }, campaign: 'winter' }],
      excluded: {
        cpa: ['self_excluded', 'blocked', 'duplicate'],
        revenue_share: ['self_excluded', 'blocked', 'duplicate'],
      },
      plans: [
        {
          type: 'cpa',
          from: '2026-01-01',
          to: '2026-07-01',
          cpa: { on: 'ftd', amount: '100', cap: { count: 50 } },
        },
        {
          type: 'hybrid',
          from: '2026-07-01',
          ngr: 'standard',
          cpa: {
            on: 'qualification',
            amount: '60.5',
            qualification: { within_days: 30, of: 'registration', deposit_amount: '50' },
          },
          revenue_share: {
            carry_over: true,
            ring_fenced: false,
            scale: {
              kind: 'tiered',
              by: 'base',
              per: 'partner',
              steps: [
                { from: '0', rate: '0.2' },
                { from: '10000', rate: '0.225' },
              ],
            },
          },
        },
      ],
    });
  });

  it.each([
    ['0%', '0'],
    ['100%', '1'],
    ['33.3333333333333333%', '0.333333333333333333'],
    ['0.0000000000000001%', '0.000000000000000001'],
    ['7.50 %', '0.075'],
  ])('has the rate %s as %s', (percentage, rate) => {
    const text = changed(AGREEMENT, '20%', percentage);
    expect(dealOf(text)).toMatchObject({
      plans: [{}, { revenue_share: { scale: { steps: [{ rate }, {}] } } }],
    });
  });

  it.each<[string, string, string, string[]]>([
    [
      'a misspelt key',
      'partner:',
      'partnr:',
      ['1:1: partner must be there', '2:1: unknown key partnr (did you mean partner?); known: agreement, '],
    ],
    [
      'a misspelt type',
      'type: cpa',
      'type: cap',
      ['10:11: plans[0].type: must be one of cpa, revenue_share, hybrid, clawback (did you mean cpa?)'],
    ],
    [
      'a key of another type',
      'type: hybrid',
      'type: revenue_share',
      ['17:5: plans[1]: unknown key cpa; known: type, from, to, ngr, revenue_share'],
    ],
    ['no name of a currency', 'EUR', 'Euro', ['4:11: currency: must be the code of a currency, as EUR']],
    [
      'a misspelt zone',
      'Europe/Malta',
      'Europe/Mallta',
      [
        '5:12: time_zone: must be a name of the IANA database, as Europe/Malta, or UTC (did you mean Europe/Malta?)',
      ],
    ],
    ['a bare offset', 'Europe/Malta', '"+01:00"', ['5:12: time_zone: must be a name of the IANA database']],
    [
      'no coverage',
      '  - link: acme-*\n  - {sub_id: {sub1: acme}, campaign: winter}\n',
      '  []\n',
      ['7:3: covers: must have at least 1'],
    ],
    [
      'a coverage of nothing',
      '{sub_id: {sub1: acme}, campaign: winter}',
      '{}',
      ['8:5: covers[1]: must have at least 1'],
    ],
    [
      'a sub id of another name',
      'sub1: acme',
      'sub11: acme',
      ['8:15: covers[1].sub_id: the name sub11 must be sub1 to sub10'],
    ],
    [
      'a * amid a name',
      'acme-*',
      'ac*me',
      ['7:11: covers[0].link: may have a * at its end, and nowhere else'],
    ],
    ['no day', 'to: 2026-07-01', 'to: 2026-02-30', ['12:9: plans[0].to: must be a day, as 2026-01-01']],
    [
      'a number for a day',
      'from: 2026-01-01',
      'from: 2026',
      ['11:11: plans[0].from: must be a day, as 2026-01-01'],
    ],
    [
      'a range that ends before it begins',
      'to: 2026-07-01',
      'to: 2026-01-01',
      ['12:9: plans[0].to: must be behind from: it is the day behind the last, and 2026-01-01 is the first'],
    ],
    [
      'ranges that overlap',
      'to: 2026-07-01',
      'to: 2026-07-02',
      ['15:11: plans[1].from: must be 2026-07-02 or later: plans[0] runs until then'],
    ],
    [
      'a range that never ends before another',
      '    to: 2026-07-01\n',
      '',
      ['14:11: plans[1].from: must not begin while plans[0] runs, which has no to'],
    ],
    [
      'a rate without its sign',
      '20%',
      '0.2',
      [
        '26:29: plans[1].revenue_share.scale.steps[0].rate: must be a percentage from 0% to 100%, as 25% or 0.5%',
      ],
    ],
    [
      'a rate above all',
      '20%',
      '100.5%',
      ['26:29: plans[1].revenue_share.scale.steps[0].rate: must be a percentage from 0% to 100%'],
    ],
    [
      'a negative rate',
      '20%',
      '-5%',
      ['26:29: plans[1].revenue_share.scale.steps[0].rate: must be a percentage from 0% to 100%'],
    ],
    [
      'a rate and a scale',
      'carry_over: true',
      'carry_over: true\n      rate: 5%',
      ['22:7: plans[1].revenue_share: must have either rate or scale'],
    ],
    [
      'carry-over left open',
      '      carry_over: true\n',
      '',
      ['22:7: plans[1].revenue_share: carry_over must be there'],
    ],
    [
      'steps out of order',
      '"10000.00"',
      '"0.00"',
      ['27:20: plans[1].revenue_share.scale.steps[1].from: must be above 0, where the step before begins'],
    ],
    [
      'a first step above 0',
      'from: 0,',
      'from: 1,',
      ['26:20: plans[1].revenue_share.scale.steps[0].from: must be 0: the first step is from 0'],
    ],
    [
      'half a player',
      'kind: tiered\n        steps:\n          - {from: 0, rate: 20%}\n          - {from: "10000.00"',
      'kind: tiered\n        by: first_deposits\n        steps:\n          - {from: 0, rate: 20%}\n          - {from: 10.5',
      ['28:20: plans[1].revenue_share.scale.steps[1].from: must be a whole number of players'],
    ],
    [
      'a ladder of players',
      'kind: tiered',
      'kind: ladder\n        by: first_deposits',
      ['25:13: plans[1].revenue_share.scale.by: must be base where kind is ladder'],
    ],
    [
      'first deposits of a player',
      'kind: tiered',
      'kind: tiered\n        by: first_deposits\n        per: player',
      [
        '25:13: plans[1].revenue_share.scale.by: must be base where per is player: a player deposits first but once',
      ],
    ],
    [
      'a clawback of all players',
      'type: hybrid',
      'type: clawback',
      ["24:9: plans[1].revenue_share.scale: per must be player: a clawback's share is each player's own"],
    ],
    [
      'a cap on what is earned back',
      'type: cpa\n    from: 2026-01-01\n    to: 2026-07-01',
      'type: clawback\n    from: 2026-01-01\n    to: 2026-07-01\n    ngr: standard\n    revenue_share: {rate: 30%, carry_over: true}',
      [
        '15:33: plans[0].cpa: cap must not be there: a CPA that is an advance is earned back, and not paid twice',
      ],
    ],
    [
      'a clawback of the partner',
      'kind: tiered',
      'kind: tiered\n        per: partnr',
      ['25:14: plans[1].revenue_share.scale.per: must be one of partner, player (did you mean partner?)'],
    ],
    [
      'a qualification that nothing asks for',
      'on: qualification',
      'on: ftd',
      ['20:7: plans[1].cpa: qualification needs on: qualification, and on is ftd'],
    ],
    [
      'a qualification that is not there',
      'on: ftd',
      'on: qualification',
      ['13:10: plans[0].cpa: qualification must be there: on is qualification'],
    ],
    [
      'a qualification without threshold',
      ', deposit_amount: 50',
      '',
      [
        '20:22: plans[1].cpa.qualification: must have at least one of deposit_amount, deposit_count, wager_amount, wager_count',
      ],
    ],
    [
      'a threshold of nothing',
      'deposit_amount: 50',
      'deposit_amount: 0',
      ['20:74: plans[1].cpa.qualification.deposit_amount: must be above 0'],
    ],
    ['an amount of nothing', 'amount: 100', 'amount: 0', ['13:28: plans[0].cpa.amount: must be above 0']],
    ['a negative amount', 'amount: 100', 'amount: -1', ['13:28: plans[0].cpa.amount: must not be below 0']],
    [
      'an amount that is no decimal',
      'amount: 100',
      'amount: "1,000"',
      ['13:28: plans[0].cpa.amount: must be a plain decimal of up to 20 digits'],
    ],
    [
      'an amount that is smaller than it looks',
      'amount: 100',
      'amount: 1e-7',
      ['13:28: plans[0].cpa.amount: must be a plain decimal, in quotes'],
    ],
    [
      'an amount of more digits than kept',
      'amount: 100',
      'amount: 100.12345678901234',
      ['13:28: write this number in quotes'],
    ],
    ['a cap of nothing', 'count: 50', 'count: 0', ['13:46: plans[0].cpa.cap.count: must be at least 1']],
    ['a cap without limit', '{count: 50}', '{}', ['13:38: plans[0].cpa.cap: must have at least 1']],
    [
      'a reason that is none',
      'covers:',
      'excluded: {cpa: [blokked]}\ncovers:',
      ['6:18: excluded.cpa[0]: must be one of self_excluded, blocked, duplicate (did you mean blocked?)'],
    ],
  ])('refuses %s', (_what, from, to, expected) => {
    const problems = problemsOf(changed(AGREEMENT, from, to));
    expect(problems.length).toBe(expected.length);
    for (const [i, problem] of expected.entries()) {
      expect(problems[i]!.slice(0, `d.yaml:${problem}`.length)).toBe(`d.yaml:${problem}`);
    }
  });

  it('is refused with every problem at once, in the order of the file', () => {
    const text = changed(changed(changed(AGREEMENT, 'EUR', 'E'), 'amount: 100', 'amount: 0'), '20%', '20');
    expect(problemsOf(text).map((p) => p.split(':').slice(1, 3).join(':'))).toEqual([
      '4:11',
      '13:28',
      '26:29',
    ]);
    expect(problemsOf('[]')).toEqual(['d.yaml:1:1: must be keys and values, not a list']);
    expect(problemsOf('')).toEqual(['d.yaml:1:1: must be keys and values, not empty']);
    expect(problemsOf('agreement: [')[0]).toMatch(/^d\.yaml:1:\d+: /);
  });
});

describe('a definition of NGR', () => {
  it('deducts nothing that its file leaves out', () => {
    expect(dealOf(NGR)).toEqual({
      ngr: 'standard',
      brand: 'spacevegas',
      time_zone: 'UTC',
      versions: [
        {
          from: '2026-01-01',
          tax: '0.05',
          provider: '0.125',
          platform: '0',
          bonus: ['Prize', 'Cash back'],
          jackpot: '0',
          chargebacks: false,
          adjustments: ['Compensation'],
          deposit_fee: '0',
          withdrawal_fee: '0',
          fixed: { amount: '0.5', currency: 'EUR' },
          admin_fee: '0',
        },
      ],
    });
  });

  it.each<[string, string, string, string]>([
    [
      'a misspelt key',
      'tax:',
      'taxes:',
      '6:5: versions[0]: unknown key taxes (did you mean tax?); known: from, to, tax',
    ],
    [
      'more than all of GGR',
      'tax: 5%',
      'tax: 87.6%',
      '5:5: versions[0]: tax, provider, platform must be 100% or less together',
    ],
    [
      'what is deducted twice',
      '[Compensation]',
      '[Prize]',
      '9:19: versions[0].adjustments[0]: must not be a bonus as well: Prize would be deducted twice',
    ],
    [
      'real money as a bonus',
      '[Prize',
      '[Normal',
      '8:13: versions[0].bonus[0]: must be one of Prize, Compensation, Cash back, Other',
    ],
    [
      'a fixed cost of nothing',
      'amount: 0.5',
      'amount: 0',
      '10:21: versions[0].fixed.amount: must be above 0',
    ],
    [
      'keys of an agreement',
      'versions:',
      'partner: acme\nversions:',
      '4:1: unknown key partner; known: ngr, brand, time_zone, versions',
    ],
    [
      'versions that overlap',
      'versions:',
      'versions:\n  - from: 2025-01-01\n    to: 2026-02-01',
      '7:11: versions[1].from: must be 2026-02-01 or later: versions[0] runs until then',
    ],
  ])('refuses %s', (_what, from, to, expected) => {
    const problems = problemsOf(changed(NGR, from, to));
    expect(problems.map((p) => p.slice(0, `d.yaml:${expected}`.length))).toEqual([`d.yaml:${expected}`]);
  });

  it('may take all of GGR', () => {
    expect(problemsOf(changed(NGR, 'tax: 5%', 'tax: 87.5%'))).toEqual([]);
  });
});

it('the published schema is the one that the loader uses (`npm run schemas`)', () => {
  expect(JSON.parse(readFileSync('libs/commissions/deal-file.schema.json', 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(DEAL_SCHEMA)),
  );
  expect(new Ajv2020({ discriminator: true }).validateSchema(DEAL_SCHEMA)).toBe(true);
});
