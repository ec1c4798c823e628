import { exampleFact } from '#test/example-facts';
import { factStory, tellFact } from './fact-story.js';
import { whyFirstDeposit } from './first-deposit.js';
import { tellTransaction, whyConversion, type TransactionStory } from './transaction-story.js';

const AT = '2026-11-21T10:00:00.000000Z';
const TRANSACTION: TransactionStory = {
  ...{ brand: 'b', id: '1', player_id: 'p1', amount: '40', currency: 'USD', type: null, status: 'Success' },
  ...{ dir: 'IN', created_at: AT, updated_at: AT, source: 'intarget', trust: 'partner_api', authority: 1 },
  ...{ event_id: 'e1', received_at: AT, conversion_id: 'x' },
};

it('says that a fact is the row of a product API, and its version as the instant that it is', () => {
  const fact = exampleFact({ source: 'intarget', version: 1795251840000001n });
  const text = tellFact(factStory(fact, [TRANSACTION]));
  expect(text).toContain("Fact by intarget (a partner's API), its row in table transactions");
  expect(text).toContain('40 USD, approved (its status is Success), player p1');
  expect(text).toMatch(/version +2026-11-21 09:04:00.000001 UTC/);
});

it('tells a weak word, and what its source said beside it; of its client nothing', () => {
  const fact = exampleFact({
    ...{ weak: true, player_id_high: 'p2', money_high: 'USD 41', client: { ip: '203.0.113.0' } },
    first_received_at: '2026-11-21T09:00:00.000000Z',
  });
  const text = tellFact(factStory(fact, []));
  expect(text).toContain('Fact by pixel-server (a server pixel), weak: it has no transaction id');
  expect(text).toMatch(/it also said +p2 and 41 USD/);
  expect(text).toContain('the source told of it first 2026-11-21 09:00:00 UTC');
  expect(text).toMatch(/version +none: of its words without a version the earliest stands/);
  expect(JSON.stringify(factStory(fact, []))).not.toContain('203.0.113');
});

it.each<[string, Partial<TransactionStory>, RegExp]>([
  ['a deposit', {}, /^It is real money that comes in: a deposit, conversion x\.$/],
  ['a prize', { conversion_id: null, type: 'Prize' }, /its money is of type Prize/],
  ['money that goes out', { conversion_id: null, dir: 'OUT' }, /the money goes out of the balance/],
  ['a told withdrawal', { conversion_id: null, authority: 0, dir: 'OUT' }, /it was told as a withdrawal/],
  ['a told bonus', { conversion_id: null, authority: 0, type: 'Prize' }, /it was told as a bonus/],
])('says why %s is a conversion or none', (_what, change, why) => {
  const transaction = { ...TRANSACTION, ...change };
  expect(whyConversion(transaction)).toMatch(why);
  expect(tellTransaction(transaction)).toContain('Transaction 1 of b, in table transactions');
});

describe('the first deposit', () => {
  const row = { player_id: 'p1', conversion_id: 'x', status: 'approved', occurred_at: AT } as const;
  const first = { conversion_id: 'x', conversion_key: 'tx:1', occurred_at: AT, of: 1 };

  it.each([
    ['the only one', row, first, 'the only approved deposit of player p1'],
    ['the earliest', row, { ...first, of: 3 }, 'the earliest of 3 approved deposits of player p1'],
    [
      'a later one',
      { ...row, conversion_id: 'y', occurred_at: `${AT}+` },
      first,
      'the first is tx:1, 2026-11-21 10:00:00 UTC',
    ],
    [
      'one at the same time',
      { ...row, conversion_id: 'y' },
      first,
      'the first is tx:1, 2026-11-21 10:00:00 UTC, at the same time but with the lower conversion id',
    ],
    [
      'a rejected one',
      { ...row, status: 'rejected' as const },
      null,
      'only approved deposits count; player p1 has none',
    ],
    ["nobody's", { ...row, player_id: null }, null, 'nobody knows whose deposit it is'],
  ])('is told of %s', (_what, deposit, of, why) => {
    expect(whyFirstDeposit(deposit, of)).toBe(why);
  });
});
