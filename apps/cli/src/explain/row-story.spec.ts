import { IdentityGraph, Journeys, resolveConversion } from '#apps/attribution';
import type { ConversionFact, ReturnFact } from '#libs/database';
import { flattenConversion } from '#libs/events';
import { exampleFact, exampleReturn } from '#test/example-facts';
import { rowStory, tellRow, type Derived, type FieldStory } from './row-story.js';

const derived: Omit<Derived, 'timed'> = {
  ...{ player: null, click: null, net: 'net', firstDeposit: 'first', conflict: 'none', subIds: 'sub ids' },
  ...{ firstTouch: 'none', lastTouch: 'none', reversedBy: [] },
};

/** The fields of the row that the facts make, by their names. */
function fieldsOf(
  facts: ConversionFact[],
  change: Partial<Derived> = {},
  returns: ReturnFact[] = [],
): Record<string, FieldStory> {
  const row = flattenConversion(
    resolveConversion(facts[0]!, facts, returns, new Journeys(new IdentityGraph(), [])),
  );
  const fields = rowStory(row, facts, { ...derived, timed: facts, ...change });
  return Object.fromEntries(fields.map((f) => [f.field, f]));
}

const api = exampleFact({ source: 'intarget', trust: 'partner_api' });
const ga4 = exampleFact({ source: 'ga4', trust: 'ga4', amount: '41' });
const browser = exampleFact({ source: 'pixel-browser', click_id: 'c1' });

it('says whose word was taken, by which rule, who says the same, and which words lost', () => {
  expect(fieldsOf([ga4, browser, api])['amount']).toEqual({
    ...{ field: 'amount', value: '40 USD', source: 'intarget' },
    because: "by intarget: a partner's API goes before a browser pixel and GA4; pixel-browser says the same",
    others: [{ source: 'ga4', value: '41 USD' }],
  });
});

it.each<[string, string, ConversionFact[], string]>([
  ['a single word', 'amount', [api], 'by intarget: nobody else tells it'],
  [
    'a click',
    'click_id',
    [exampleFact({ source: 'intarget', trust: 'partner_api', click_id: 'c1' }), browser],
    "by pixel-browser: a pixel knows the click first-hand and goes before a partner's API; intarget says the same",
  ],
  [
    'two that weigh the same',
    'status',
    [exampleFact({ source: 'b', trust: 'postback' }), exampleFact({ source: 'a', trust: 'pubsub' })],
    'by a: of two that weigh the same, the source whose name comes first in the alphabet goes first; b says the same',
  ],
  [
    'a weak deposit that is part of it',
    'amount',
    [exampleFact({ weak: true, conversion_id: '0' }), exampleFact()],
    'by pixel-server: a word with a transaction id goes before one without; pixel-server (weak) says the same',
  ],
  [
    'a word that names no amount any more',
    'amount',
    [exampleFact({ amount: null, currency: null, money_low: 'EUR 7', money_high: 'EUR 9' })],
    'by pixel-server: nobody else tells it; its word that stands names none, so the least that it ever said',
  ],
])('tells the rule of %s', (_what, field, facts, because) => {
  expect(fieldsOf(facts)[field]).toMatchObject({ because });
});

it('takes the time from who says whose conversion it is, and says so', () => {
  const late = exampleFact({
    source: 'payments',
    trust: 'pubsub',
    occurred_at: '2026-11-21T11:00:00.000000Z',
  });
  expect(fieldsOf([late, browser], { timed: [browser] })['occurred_at']).toEqual({
    ...{ field: 'occurred_at', value: '2026-11-21 10:00:00 UTC', source: 'pixel-browser' },
    because: 'by pixel-browser; only who says whose it is tells the time, not payments',
    others: [{ source: 'payments', value: '2026-11-21 11:00:00 UTC' }],
  });
});

it('tells a reversal, and what stood without it', () => {
  const returns = [exampleReturn({ source: 'acme' })];
  expect(fieldsOf([api], { reversedBy: ['acme', 'ga4'] }, returns)['status']).toMatchObject({
    value: 'reversed',
    source: 'acme',
    because: expect.stringMatching(
      /^acme reversed it, as did ga4: .*; without it: approved, by intarget: nobody else tells it$/,
    ) as string,
  });
});

it('tells every column, and no value of a custom field', () => {
  const fields = fieldsOf([exampleFact({ custom: { vip: 'Anna Example' } })]);
  expect(Object.keys(fields).sort()).toEqual(
    [
      ...[
        'amount',
        'attributed',
        'click_id',
        'client_id',
        'conflict',
        'custom',
        'first_received_at',
        'first_touch',
      ],
      ...['is_first_deposit', 'last_touch', 'net_amount', 'occurred_at', 'player_id', 'sources', 'status'],
      ...['sub_ids', 'transaction_id', 'updated_at', 'user_id'],
    ].sort(),
  );
  const text = tellRow(Object.values(fields));
  expect(text).toMatch(/custom +vip — each by the weightiest that has it: vip by pixel-server/);
  expect(text).not.toContain('Anna');
  expect(text).toContain('Empty: click_id, client_id, user_id, first_touch, last_touch, sub_ids.');
});
