import { activity, deal, segment, sharePlan } from '#test/deals';
import { activityOfFacts } from './activity-of-facts.js';
import { factChanges, isUnchanged, type Fact } from './fact.js';
import type { Deal, Trigger } from './model.js';
import { reckonAgain, type KnownMonth } from './reckon-again.js';

const fact = (id: string, terms: Partial<Fact> = {}): Fact => ({
  ...{ kind: 'game_session', id, transaction_id: null, event_id: 'e'.repeat(64), type: null },
  occurred_at: '2026-10-03T10:00:00.000000Z',
  ...{ amount: '100', net_amount: null, win_amount: '40', bet_count: '3', currency: 'EUR', rate: null },
  ...{ segment: 0, for_cpa: false, hash: '00000000000000ff' },
  ...terms,
});
const deposit = (id: string, terms: Partial<Fact> = {}): Fact =>
  fact(id, {
    ...{ kind: 'deposit', event_id: null, type: 'approved', net_amount: '100', win_amount: null },
    ...terms,
  });
const known = (triggers: Trigger[] = []): KnownMonth => ({
  ...{ period: '2026-10', debt: '0', advance: '0', feeRates: new Map() },
  player: { subject: 'anna', exclusions: [], triggers },
});
const amounts = (of: Deal, month: KnownMonth, facts: readonly Fact[]): Record<string, string> =>
  Object.fromEntries(reckonAgain(of, month, facts).commissions.map(({ kind, amount }) => [kind, amount]));

it('sums facts in the currency of the agreement, each by its own rate', () => {
  const of = deal([sharePlan()]);
  const facts = [
    fact('s1', { hash: '0000000000000001' }),
    fact('s2', { currency: 'USD', rate: '0.5', hash: '0000000000000002' }),
    fact('s3', { currency: 'GBP', hash: '0000000000000004' }), // without a rate
    deposit('d1', { hash: '0000000000000008' }),
    deposit('d2', { type: 'reversed', net_amount: '0', hash: '0000000000000010' }),
    fact('m1', { kind: 'transaction', type: 'Prize IN', win_amount: null, hash: '0000000000000020' }),
    fact('m2', { kind: 'transaction', type: 'Other OUT', win_amount: null, hash: '0000000000000040' }),
    fact('m3', { kind: 'transaction', type: 'Normal OUT', win_amount: null, hash: '0000000000000080' }),
  ];
  expect(activityOfFacts(facts, segment(of, '2026-10'), 'EUR')).toEqual(
    activity({
      ...{ stakes: '150', wins: '60', bonus: '100', adjustments: '-100', chargebacks: '100' },
      ...{ deposits: '100', withdrawals: '100' },
      facts: {
        ...{ deposits: 2, transactions: 3, game_sessions: 3, bets: 0, hash: '00000000000000ff' },
        received_at: null,
      },
    }),
  );
});

it('pays a CPA as far as the facts that it rests on hold it', () => {
  const of = deal([
    {
      ...{ type: 'cpa', from: '2020-01-01' },
      cpa: {
        ...{ on: 'qualification', amount: '40' },
        qualification: { within_days: 30, of: 'registration', deposit_amount: '150', wager_count: 3 },
      },
    },
  ]);
  const trigger: Trigger = {
    ...{ on: 'qualification', at: '2026-10-03T10:00:00.000000Z', conversions: ['d1', 'd2'] },
    planVersion: of.plans[0]!.version,
  };
  const facts = [deposit('d1'), deposit('d2'), fact('s1')].map((f) => ({ ...f, for_cpa: true }));
  expect(amounts(of, known([trigger]), facts)).toEqual({ cpa: '40' });
  expect(amounts(of, known([trigger]), facts.slice(1))).toEqual({});
  expect(amounts(of, known([trigger]), [...facts.slice(0, 2), { ...facts[2]!, bet_count: '2' }])).toEqual({});
  expect(
    amounts(
      of,
      known([trigger]),
      facts.map((f) => ({ ...f, amount: '70' })),
    ),
  ).toEqual({});
});

it('goes on from what earlier months have left', () => {
  const of = deal([sharePlan({ high_roller: { loss: '500' } })]);
  expect(amounts(of, known(), [fact('s1')])).toEqual({ revenue_share: '15' });
  expect(amounts(of, { ...known(), debt: '-50' }, [fact('s1')])).toEqual({ revenue_share: '2.5' });
});

it('tells what has changed of facts', () => {
  const amended = fact('s2', { hash: '0000000000000001' });
  const turned = fact('s3', { rate: '2' });
  const before = [fact('s1'), fact('s2'), fact('s3'), fact('s4')];
  expect(factChanges(before, [fact('s1'), amended, turned, fact('s4', { kind: 'bet' })])).toEqual({
    added: [fact('s4', { kind: 'bet' })],
    gone: [fact('s4')],
    amended: [
      { before: fact('s2'), after: amended },
      { before: fact('s3'), after: turned },
    ],
  });
  expect(isUnchanged(factChanges(before, before.toReversed()))).toBe(true);
});
