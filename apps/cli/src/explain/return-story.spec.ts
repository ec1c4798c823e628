import type { ReturnFact } from '#libs/database';
import { exampleFact, exampleReturn } from '#test/example-facts';
import { conflictStories, whyConflict } from './conflict-story.js';
import { factStory } from './fact-story.js';
import { returnStories, tellReturns, whyNet } from './return-story.js';

const refund = (return_id: string, amount: string, change: Partial<ReturnFact> = {}): ReturnFact =>
  exampleReturn({ kind: 'refund', return_id, amount, currency: 'USD', ...change });

it('says which refunds count, and why the others do not', () => {
  const stories = returnStories(
    [
      refund('r1', '15'),
      refund('r1', '14', { source: 'ga4', trust: 'ga4' }),
      refund('r2', '2', { currency: 'EUR' }),
    ],
    'USD',
  );
  expect(stories.map((s) => [s.refund_id, s.source, s.counts, s.because])).toEqual([
    ['r1', 'ga4', false, 'it is the same refund as that of partner, whose word weighs more'],
    ['r1', 'partner', true, 'it counts'],
    ['r2', 'partner', false, "it is not in the conversion's currency (USD)"],
  ]);
  expect(whyNet({ amount: '40', status: 'approved' }, stories)).toBe(
    '40 − 15 (refund r1, by partner); refund r2 of 2 EUR is in another currency and not taken off',
  );
  expect(tellReturns(stories)).toContain("- refund r1 of 15 USD by partner (a partner's API): it counts");
});

it.each<[string, string | null, string, ReturnFact[], string]>([
  ['nothing given back', '40', 'approved', [], 'the whole amount, as nothing was given back'],
  ['no amount', null, 'approved', [], 'none: nobody tells an amount'],
  ['a rejection', '40', 'rejected', [], 'it was rejected'],
  ['a reversal', '40', 'reversed', [exampleReturn({ source: 'acme' })], 'acme reversed it'],
  [
    'too much given back',
    '40',
    'approved',
    [refund('r1', '41')],
    '40 − 41 (refund r1, by partner), but never less than 0',
  ],
])('explains the net amount after %s', (_what, amount, status, returns, why) => {
  expect(whyNet({ amount, status }, returnStories(returns, 'USD'))).toBe(why);
});

it('says that a conversion is reversed once', () => {
  const stories = returnStories([exampleReturn({ source: 'b' }), exampleReturn({ source: 'a' })], null);
  expect(stories.map((s) => s.because)).toEqual([
    'it counts, whether it came before the conversion or after it',
    'a has reversed it already: a conversion is reversed once',
  ]);
});

describe('a conflict', () => {
  const facts = [
    exampleFact({ source: 'intarget', trust: 'partner_api' }),
    exampleFact({ source: 'ga4', trust: 'ga4', amount: '41', player_id: 'p2', player_id_high: 'p3' }),
  ].map((f) => factStory(f, []));

  it('tells who says what', () => {
    const conflicts = conflictStories(facts, [], { amount: '40', currency: 'USD' });
    expect(whyConflict(conflicts)).toBe(
      'player: p1 (intarget), p2 (ga4) and p3 (ga4); money: 40 USD (intarget) and 41 USD (ga4)',
    );
  });

  it('tells of refunds that are too much, or in another currency', () => {
    const returns = returnStories([refund('r1', '41'), refund('r2', '1', { currency: 'EUR' })], 'USD');
    const conflicts = conflictStories(facts.slice(0, 1), returns, { amount: '40', currency: 'USD' });
    expect(whyConflict(conflicts)).toBe(
      'refunds: refund r2 is in EUR (partner) and 41 USD were given back of 40 (partner)',
    );
  });

  it('is none where all agree', () => {
    expect(whyConflict(conflictStories(facts.slice(0, 1), [], { amount: '40', currency: 'USD' }))).toBe(
      'its sources agree on player and money',
    );
  });
});
