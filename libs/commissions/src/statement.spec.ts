import fc from 'fast-check';
import { KNOWN_CURRENCIES, amountOfUnits, exponentOf } from '#libs/events';
import { deal, ngrVersion, sharePlan } from '#test/deals';
import { canonical, decimal, roundLine, sumOf } from './decimal.js';
import { sumFacts } from './facts.js';
import type { Facts } from './model.js';
import { isIntact, statementOf, type Booked, type StatementContent } from './statement.js';

const facts: Facts = {
  deposits: 1,
  transactions: 2,
  game_sessions: 3,
  bets: 4,
  hash: '00000000000000ff',
  received_at: null,
};
const content = (terms: Partial<StatementContent> = {}): StatementContent => ({
  period: '2026-10',
  booked: [],
  openingBalance: '0',
  unfinished: [],
  facts,
  ratesHash: 'r',
  lastEntryId: '17',
  ...terms,
});
const booked = (kind: Booked['kind'], exact: string, terms: Partial<Booked> = {}): Booked => ({
  kind,
  of_period: '2026-10',
  players: 1,
  exact,
  ...terms,
});

const of = deal([sharePlan()]);

describe('statementOf', () => {
  it('puts lines in order, rounds each once and adds them up', () => {
    const statement = statementOf(
      of,
      content({
        booked: [
          booked('revenue_share', '3.005', { of_period: '2026-08' }),
          booked('carry_in', '-10'),
          booked('revenue_share', '20.015', { players: 7 }),
          booked('recoup', '0'),
          booked('cpa', '-100', { of_period: '2026-09' }),
          booked('cpa', '300', { players: 3 }),
        ],
      }),
    );
    expect(statement.lines).toEqual([
      { kind: 'cpa', of_period: '2026-10', players: 3, exact: '300', amount: '300' },
      { kind: 'revenue_share', of_period: '2026-10', players: 7, exact: '20.015', amount: '20.02' },
      { kind: 'carry_in', of_period: '2026-10', players: 1, exact: '-10', amount: '-10' },
      { kind: 'revenue_share', of_period: '2026-08', players: 1, exact: '3.005', amount: '3' },
      { kind: 'cpa', of_period: '2026-09', players: 1, exact: '-100', amount: '-100' },
    ]);
    expect(statement).toMatchObject({
      amount: '213.02',
      payable: '213.02',
      closing_balance: '0',
      status: 'open',
    });
  });

  it.each([
    ['0', '50', '50', '0'],
    ['-30', '50', '20', '0'],
    ['-80', '50', '0', '-30'],
    ['-80', '-5', '0', '-85'],
    ['-50', '50', '0', '0'],
  ])('opens with %s and has %s: pays %s and leaves %s', (openingBalance, exact, payable, closing_balance) => {
    const statement = statementOf(of, content({ openingBalance, booked: [booked('cpa', exact)] }));
    expect(statement).toMatchObject({ payable, closing_balance });
  });

  it('names all versions of the months that it tells of', () => {
    const changed = deal(
      [sharePlan({}, { to: '2026-09-15' }), sharePlan({ rate: '0.4' }, { from: '2026-09-15' })],
      {
        ngr: [ngrVersion({ to: '2026-10-01' }), ngrVersion({ from: '2026-10-01', tax: '0.1' })],
      },
    );
    const versions = (...lines: Booked[]) => {
      const { manifest } = statementOf(changed, content({ booked: lines }));
      return [manifest.plan_versions.length, manifest.ngr_versions.length];
    };
    expect(versions(booked('cpa', '1'))).toEqual([1, 1]);
    expect(versions(booked('cpa', '1', { of_period: '2026-09' }))).toEqual([2, 2]);
  });

  it('has a hash that any change of what it says changes, and its closing does not', () => {
    const lines = [booked('cpa', '300')];
    const open = statementOf(of, content({ booked: lines, unfinished: ['the month is not over'] }));
    const closed = { number: 4, closed_at: '2026-11-02T10:00:00.000000Z', closed_by: 'ana' };
    const shut = statementOf(of, content({ booked: lines, closed }));
    expect(shut).toMatchObject({ ...closed, status: 'closed', unfinished: [] });
    expect(shut.manifest.hash).toBe(open.manifest.hash);
    expect(isIntact(shut)).toBe(true);
    expect(isIntact(JSON.parse(JSON.stringify(shut)) as typeof shut)).toBe(true);
    const changes: Partial<StatementContent>[] = [
      { booked: [booked('cpa', '300.001')] },
      { booked: [booked('cpa', '300', { players: 2 })] },
      { booked: lines, openingBalance: '-1' },
      { booked: lines, ratesHash: 's' },
      { booked: lines, lastEntryId: '18' },
      { booked: lines, facts: { ...facts, hash: '00000000000000fe' } },
    ];
    for (const change of changes)
      expect(statementOf(of, content(change)).manifest.hash).not.toBe(open.manifest.hash);
    expect(isIntact({ ...shut, payable: '301' })).toBe(false);
    expect(isIntact({ ...shut, lines: [] })).toBe(false);
  });
});

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 20);

describe('statementOf: rounding', () => {
  // 23 currencies; of the last six none is in ISO 4217, and they keep the 18 digits that are stored
  const currencies = [
    ...['JPY', 'KRW', 'CLP', 'VND', 'ISK', 'EUR', 'USD', 'GBP', 'BRL', 'INR', 'TRY', 'PLN', 'SEK'],
    ...['BHD', 'KWD', 'TND', 'JOD', 'BTC', 'ETH', 'USDT', 'USDC', 'SOL', 'LTC'],
  ];
  const amount = fc.bigInt({ min: -(10n ** 26n), max: 10n ** 26n }).map((units) => amountOfUnits(units, 18));

  it('has 23 currencies with 0, 2, 3 and 18 digits', () => {
    expect(currencies).toHaveLength(23);
    expect([...new Set(currencies.map(exponentOf))].sort((a, b) => a - b)).toEqual([0, 2, 3, 18]);
    expect(currencies.filter((code) => !KNOWN_CURRENCIES.includes(code))).toHaveLength(6);
  });

  it.each(currencies)(
    '%s: the sum of the lines is the amount, and no adjustments lose or make a unit',
    (currency) => {
      const in_ = deal([sharePlan()], { currency });
      fc.assert(
        fc.property(fc.array(amount, { minLength: 1, maxLength: 8 }), (entries) => {
          // One kind and month, told piece by piece on statement after statement
          let before = { exact: '0', amount: '0' };
          let opening = '0';
          const paid: string[] = [];
          for (const exact of entries) {
            const statement = statementOf(
              in_,
              content({ openingBalance: opening, booked: [booked('revenue_share', exact, { before })] }),
            );
            const line = statement.lines[0];
            expect(statement.amount).toBe(line?.amount ?? '0');
            expect(roundLine(statement.amount, currency)).toBe(statement.amount);
            before = {
              exact: canonical(decimal(before.exact).plus(exact)),
              amount: canonical(decimal(before.amount).plus(line?.amount ?? '0')),
            };
            paid.push(statement.payable);
            opening = statement.closing_balance;
          }
          expect(before.amount).toBe(roundLine(canonical(sumOf(entries)), currency));
          expect(canonical(sumOf([...paid, opening]))).toBe(before.amount);
        }),
        { numRuns },
      );
    },
  );

  it.each(currencies)('%s: adds lines up exactly', (currency) => {
    const in_ = deal([sharePlan()], { currency });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1 }),
        amount,
        (of_periods, exact) => {
          const lines = of_periods.map((n) =>
            booked('cpa', exact, { of_period: `2025-${String(n).padStart(2, '0')}` }),
          );
          const statement = statementOf(in_, content({ booked: lines }));
          expect(statement.amount).toBe(canonical(sumOf(statement.lines.map((line) => line.amount))));
          expect(statement.amount).toBe(
            canonical(decimal(roundLine(exact, currency)).times(String(of_periods.length))),
          );
        },
      ),
      { numRuns },
    );
  });
});

describe('sumFacts', () => {
  const hash = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => n.toString(16).padStart(16, '0'));
  const some = fc.record({
    deposits: fc.nat(9),
    transactions: fc.nat(9),
    game_sessions: fc.nat(9),
    bets: fc.nat(9),
    hash,
    received_at: fc.constantFrom(null, '2026-10-01T00:00:00.000000Z', '2026-10-02T00:00:00.000000Z'),
  });

  it('is the same in any order and grouping', () => {
    fc.assert(
      fc.property(fc.array(some, { minLength: 2, maxLength: 6 }), (all) => {
        const [first, ...rest] = all;
        expect(sumFacts([sumFacts(rest), first!])).toEqual(sumFacts(all));
      }),
    );
  });

  it('counts, combines hashes, and keeps the latest', () => {
    const other = { ...facts, bets: 6, hash: '8000000000000001', received_at: '2026-10-02T00:00:00.000000Z' };
    expect(sumFacts([facts, other])).toEqual({
      deposits: 2,
      transactions: 4,
      game_sessions: 6,
      bets: 10,
      hash: '80000000000000fe',
      received_at: '2026-10-02T00:00:00.000000Z',
    });
  });
});
