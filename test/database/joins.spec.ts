import fc from 'fast-check';
import {
  mergeClicks,
  mergeConversionFacts,
  mergeIdentityLinks,
  mergeReceipts,
  mergeReturns,
  mergeTouchpoints,
  upsertClicks,
  upsertConversionFacts,
  upsertIdentityLinks,
  upsertReceipts,
  upsertReturns,
  upsertTouchpoints,
  type ClickFact,
  type ConversionSlot,
  type Database,
  type IdentityLinkFact,
  type Receipt,
  type ReturnFact,
  type Statement,
  type TouchpointFact,
} from '#libs/database';
import { exampleSlot } from '#test/example-facts';
import { withMigratedDatabase } from '#test/migrated-database';

let database: Database;
withMigratedDatabase((opened) => (database = opened));

// Few values, so that all keys collide, and such whose order differs between UTF-16, UTF-8 and dictionaries.
const id = fc.constantFrom('a', 'B', 'b', 'ä', '\uffff', '\u{1f600}');
const maybe = fc.option(id);
const instant = fc.constantFrom(
  '2026-11-21T10:00:00.000000Z',
  '2026-11-21T10:00:00.000001Z',
  '0001-01-01T00:00:00.000000Z',
);
const uuid = fc.constantFrom('01a1fd8c-697b-7162-a364-65666f99237d', 'ffffffff-697b-7162-a364-65666f99237d');
const texts = fc.dictionary(fc.constantFrom('x', 'y'), id);

const earliest = {
  ...{ brand: fc.constant('b'), source: id, occurred_at: instant, player_id: maybe },
  ...{ utm_source: maybe, utm_medium: maybe, utm_campaign: maybe, utm_term: maybe, utm_content: maybe },
  ...{ sub_ids: texts, ad_click_ids: texts, event_id: id, receipt_id: uuid, first_received_at: instant },
};
const click: fc.Arbitrary<ClickFact> = fc.record({
  ...earliest,
  ...{ click_id: fc.constant('c'), link: maybe, referrer: maybe, client: texts, first_receipt_id: uuid },
});
const touchpoint: fc.Arbitrary<TouchpointFact> = fc.record({
  ...earliest,
  version: fc.constantFrom(-(2n ** 63n), 0n, 2n ** 62n),
  ...{ touch_id: fc.constant('t'), click_id: maybe, client_id: maybe, user_id: maybe },
});
const link: fc.Arbitrary<IdentityLinkFact> = fc.record({
  ...{ brand: fc.constant('b'), left_kind: fc.constant('click' as const), left_id: fc.constant('c') },
  ...{ right_kind: fc.constant('player' as const), right_id: fc.constant('p') },
  ...{ occurred_at: instant, registered_at: fc.option(instant), first_received_at: instant },
});
const conversion: fc.Arbitrary<ConversionSlot> = fc
  .record({
    version: fc.constantFrom(-1n, 0n, 2n ** 62n),
    status_rank: fc.constantFrom(-1, 0, 1),
    ...{ event_id: id, receipt_id: uuid, player_id: maybe, click_id: maybe, occurred_at: instant },
    amount: fc.constantFrom('9', '10', '40.5', null),
    currency: fc.constantFrom('EUR', 'USD'),
    ...{ client: texts, custom: texts, player_id_low: maybe, player_id_high: maybe },
    ...{ client_id: maybe, user_id: maybe, trust: fc.constantFrom(null, 'pubsub' as const) },
    ...{ first_receipt_id: fc.option(uuid), first_received_at: fc.option(instant), received_at: instant },
    was_retracted: fc.boolean(),
  })
  .map((change) =>
    exampleSlot({
      ...change,
      currency: change.amount === null ? null : change.currency,
      status: change.status_rank < 0 ? 'retracted' : 'approved',
    }),
  );

const returned: fc.Arbitrary<ReturnFact> = fc.record({
  ...{ conversion_id: fc.constant('c'), kind: fc.constant('refund' as const), return_id: fc.constant('r') },
  ...{ source: fc.constant('s'), brand: fc.constant('b'), conversion_type: fc.constant('deposit' as const) },
  ...{ conversion_key: fc.constant('tx:1'), trust: fc.constantFrom(null, 'postback' as const) },
  ...{ version: fc.constantFrom(-1n, 0n, 2n ** 62n), event_id: id, receipt_id: uuid, occurred_at: instant },
  ...{ amount: fc.constantFrom('9', '10'), currency: fc.constant('EUR'), received_at: instant },
});

/** What an event of the log says is one thing: events that are equal in what orders them are equal. */
function sameEventSameFact<F>(keyOf: (f: F) => string, joined: readonly (keyof F)[]): (facts: F[]) => F[] {
  return (facts) => {
    const byKey = new Map<string, F>();
    return facts.map((f) => {
      const first = byKey.get(keyOf(f)) ?? f;
      byKey.set(keyOf(f), first);
      return { ...first, ...Object.fromEntries(joined.map((name) => [name, f[name]])) };
    });
  };
}

interface Join {
  table: string;
  facts: fc.Arbitrary<unknown[]>;
  merge: (a: never, b: never) => unknown;
  upsert: (rows: never[]) => Statement;
}
const three = <F>(fact: fc.Arbitrary<F>, unify: (facts: F[]) => F[] = (f) => f): fc.Arbitrary<F[]> =>
  fc.array(fact, { minLength: 3, maxLength: 3 }).map(unify);
const orderOfEarliest = (f: ClickFact | TouchpointFact): string =>
  `${f.occurred_at}|${f.event_id}|${f.receipt_id}`;

const receipt: fc.Arbitrary<Receipt> = fc.record({
  receipt_id: fc.constant('01a1fd8c-697b-7162-a364-65666f99237d'),
  ...{ event_id: id, brand: id, kind: fc.constantFrom('payout', 'player'), source: id, click_id: maybe },
  ...{ conversion_id: maybe, is_test: fc.boolean(), raw_position: maybe, received_at: instant },
});

const joins: Join[] = [
  {
    table: 'clicks',
    facts: three(
      click,
      sameEventSameFact<ClickFact>(orderOfEarliest, ['first_receipt_id', 'first_received_at']),
    ),
    merge: mergeClicks,
    upsert: upsertClicks,
  },
  {
    table: 'touchpoints',
    facts: three(
      touchpoint,
      sameEventSameFact<TouchpointFact>((f) => `${f.version}|${orderOfEarliest(f)}`, ['first_received_at']),
    ),
    merge: mergeTouchpoints,
    upsert: upsertTouchpoints,
  },
  { table: 'identity_links', facts: three(link), merge: mergeIdentityLinks, upsert: upsertIdentityLinks },
  {
    table: 'conversion_facts',
    facts: three(
      conversion,
      sameEventSameFact(
        (f) => `${f.version}|${f.status_rank}|${f.occurred_at}|${f.event_id}|${f.receipt_id}`,
        [
          ...(['player_id_low', 'player_id_high', 'money_low', 'money_high'] as const),
          ...(['first_receipt_id', 'first_received_at', 'received_at', 'was_retracted'] as const),
        ],
      ),
    ),
    merge: mergeConversionFacts,
    upsert: upsertConversionFacts,
  },
  {
    table: 'reversals',
    facts: three(
      returned,
      sameEventSameFact<ReturnFact>((f) => `${f.version}|${f.event_id}|${f.receipt_id}`, ['received_at']),
    ),
    merge: mergeReturns,
    upsert: upsertReturns,
  },
  {
    table: 'receipts',
    facts: three(
      receipt,
      sameEventSameFact<Receipt>((r) => `${r.conversion_id === null}|${r.event_id}`, []),
    ),
    merge: mergeReceipts,
    upsert: upsertReceipts,
  },
];

/** What a slot held before is a note for the next recomputation, and no part of the join. */
const LEDGER = ['player_id', 'click_id', 'client_id', 'user_id', 'occurred_at']
  .map((column) => ` - 'previous_${column}'`)
  .join('');

/** The table's only row after these upserts, one by one. */
async function stored({ table, upsert }: Join, facts: readonly unknown[]): Promise<unknown> {
  return database.transaction(async (client) => {
    await client.query(`DELETE FROM tributary.${table}`);
    for (const fact of facts) await client.query(upsert([fact as never]));
    return (
      await client.query<{ row: unknown }>(`SELECT to_jsonb(t)${LEDGER} AS row FROM tributary.${table} t`)
    ).rows;
  });
}

describe.each(joins)('the join of $table', (join) => {
  const merge = join.merge as (a: unknown, b: unknown) => unknown;

  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(join.facts, ([a, b, c]) => {
        expect(merge(a, b)).toEqual(merge(b, a));
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
        expect(merge(a, a)).toEqual(a);
        expect(merge(merge(a, b), b)).toEqual(merge(a, b));
      }),
      { numRuns: 500 },
    );
  });

  it('is the same in PostgreSQL as in memory, in either order', async () => {
    await fc.assert(
      fc.asyncProperty(join.facts, async ([a, b]) => {
        const inMemory = await stored(join, [merge(a, b)]);
        expect(await stored(join, [a, b])).toEqual(inMemory);
        expect(await stored(join, [b, a])).toEqual(inMemory);
        expect(await stored(join, [a, b, a])).toEqual(inMemory);
      }),
      { numRuns: 30 },
    );
  });
});
