import fc from 'fast-check';
import { compareBytes } from '#libs/database';
import { touchpointId, type CanonicalEvent, type EventKind } from '#libs/events';
import { exampleCanonicalEvents } from '#test/example-events';
import { conversionIdOf } from './conversion-key.js';
import { factsOfEvents, type Facts } from './facts-of-events.js';

/** Of a click and a player, without versions of their own where they need none. */
const events = exampleCanonicalEvents().map((e) => ({
  ...e,
  ...{ is_test: undefined, client_id: undefined, user_id: undefined },
  version: e.kind === 'retraction' ? '7' : undefined,
})) as (CanonicalEvent & { click_id: string })[];
const of = <K extends EventKind>(kind: K): Extract<CanonicalEvent, { kind: K }> & { click_id: string } =>
  events.find((e) => e.kind === kind) as never;
const click = of('click');
const deposit = of('deposit');
const registration = of('registration');
/** How many of each list there are; those that are empty are left out. */
const counts = (facts: Facts): Record<string, number> =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([name, list]: [string, unknown[]]) =>
      list.length === 0 ? [] : [[name, list.length]],
    ),
  );

describe('factsOfEvents', () => {
  it('is nothing of nothing', () => {
    expect(counts(factsOfEvents([]))).toEqual({});
  });

  it.each<[EventKind, Record<string, number>]>([
    ['install', { conversions: 1, links: 1, receipts: 1 }],
    ['registration', { conversions: 1, links: 1, receipts: 1 }],
    ['deposit', { conversions: 1, links: 1, receipts: 1 }],
    ['purchase', { conversions: 1, links: 1, receipts: 1 }],
    ['payout', { conversions: 1, links: 1, receipts: 1 }],
    ['refund', { returns: 1, links: 1, receipts: 1 }],
    ['reversal', { returns: 1, links: 1, receipts: 1 }],
    ['retraction', { conversions: 1, receipts: 1 }],
    ['click', { clicks: 1, touchpoints: 1, links: 1, receipts: 1 }],
    ['touchpoint', { touchpoints: 1, links: 1 }],
    ['identity_link', { links: 1 }],
    ['player', { entities: 1, links: 1, receipts: 1 }],
    ['withdrawal', { entities: 1, links: 1, receipts: 1 }],
  ])('makes of a %s: %j', (kind, expected) => {
    expect(counts(factsOfEvents([of(kind)]))).toEqual(expected);
  });

  it('links each two of a click, a client, a user and a player', () => {
    const { links } = factsOfEvents([{ ...of('identity_link'), client_id: 'g', user_id: 'u' }]);
    expect(links.map((l) => `${l.left_kind} ${l.right_kind}`).sort()).toEqual([
      ...['click client', 'click player', 'click user', 'client player', 'client user', 'user player'],
    ]);
  });

  it("links a record's player", () => {
    const { player_id: _, ...told } = of('transaction');
    expect(factsOfEvents([told as CanonicalEvent]).links).toMatchObject([
      { left_kind: 'click', right_kind: 'player', right_id: told.record.player_id },
    ]);
  });

  it('makes no link of what names no player', () => {
    const loose = events
      .filter((e) => e.kind !== 'identity_link' && !('record' in e))
      .map((e) => ({ ...e, player_id: undefined }));
    expect(factsOfEvents(loose as CanonicalEvent[]).links).toEqual([]);
  });

  it('gives a deposit its fact', () => {
    expect(factsOfEvents([deposit]).conversions).toEqual([
      {
        conversion_id: conversionIdOf(deposit),
        source: deposit.source,
        trust: 'postback',
        brand: deposit.brand,
        type: 'deposit',
        conversion_key: 'tx:123456789',
        version: -1795255140000000n,
        status_rank: 2,
        event_id: deposit.event_id,
        receipt_id: deposit.receipt_id,
        player_id: '1874552',
        click_id: deposit.click_id,
        client_id: null,
        user_id: null,
        transaction_id: '123456789',
        occurred_at: deposit.occurred_at,
        amount: '40.5',
        currency: 'USD',
        status: 'approved',
        weak: false,
        client: deposit.client,
        custom: deposit.custom,
        player_id_low: '1874552',
        player_id_high: '1874552',
        money_low: 'USD 40.5',
        money_high: 'USD 40.5',
        first_receipt_id: deposit.receipt_id,
        first_received_at: deposit.received_at,
        received_at: deposit.received_at,
        was_retracted: false,
      },
    ]);
  });

  it('orders versions, and takes the later for an amendment, not for a contradiction', () => {
    const [fact] = factsOfEvents([{ ...deposit, version: '2026-11-21T09:59:00.000001Z' }]).conversions;
    const none = { player_id_low: null, player_id_high: null, money_low: null, money_high: null };
    expect(fact).toMatchObject({ version: 1795255140000001n, player_id: '1874552', amount: '40.5', ...none });
    expect(factsOfEvents([{ ...deposit, version: '7' }]).conversions[0]!.version).toBe(7n);
  });

  it('gives what takes money back the conversion that it takes it from', () => {
    const taken = { conversion_type: 'deposit' as const, transaction_id: '123456789', partner: undefined };
    const { returns, receipts } = factsOfEvents([
      { ...of('refund'), ...taken },
      { ...of('reversal'), ...taken, receipt_id: undefined },
    ] as CanonicalEvent[]);
    const id = conversionIdOf(deposit);
    expect(returns).toMatchObject([
      { conversion_id: id, kind: 'refund', return_id: 'r-1', amount: '40.5', currency: 'USD' },
      { conversion_id: id, kind: 'reversal', return_id: '', amount: null },
    ]);
    expect(receipts).toMatchObject([{ kind: 'refund', conversion_id: id }]);
  });

  it('gives an install neither money nor weakness, and a deposit without a transaction weakness', () => {
    const [install] = factsOfEvents([
      { ...of('install'), amount: '1', currency: 'USD' } as never,
    ]).conversions;
    expect(install).toMatchObject({ amount: null, money_low: null, transaction_id: null, weak: false });
    const [weak] = factsOfEvents([{ ...deposit, transaction_id: undefined }]).conversions;
    expect(weak).toMatchObject({ weak: true, transaction_id: null, amount: '40.5' });
  });

  it('holds in the slot of its source that a conversion is told no more', () => {
    const retraction = { ...of('retraction'), conversion_type: 'deposit' as const, partner: undefined };
    const at = (version: string): CanonicalEvent => ({ ...retraction, version });
    const standing = (...told: CanonicalEvent[]): unknown[] =>
      factsOfEvents(told).conversions.map(({ status, version }) => `${status} ${version}`);
    const { conversions } = factsOfEvents([at('7')]);
    expect(conversions).toMatchObject([
      {
        ...{ conversion_id: conversionIdOf(deposit), status: 'retracted', version: 7n, status_rank: -1 },
        ...{ player_id: null, click_id: null, first_received_at: null, was_retracted: true },
        transaction_id: '123456789',
      },
    ]);
    expect(standing(at('7'), deposit)).toEqual(['retracted 7']);
    expect(standing({ ...deposit, version: '7', status: 'pending' }, at('7'))).toEqual(['pending 7']);
    expect(standing(at('7'), { ...deposit, version: '8' }, at('6'))).toEqual(['approved 8']);
    expect(factsOfEvents([at('7'), { ...deposit, version: '8' }]).conversions).toMatchObject([
      { first_received_at: deposit.received_at, was_retracted: true },
    ]);
  });

  it('takes the greatest version of a touch, whenever it was, and the earliest of what has none', () => {
    const at = (occurred_at: string, version?: string): CanonicalEvent => {
      const { version: _, ...touch } = of('touchpoint');
      return { ...touch, occurred_at, ...(version !== undefined && { version }) };
    };
    const [early, late] = ['2026-11-01T00:00:00.000000Z', '2026-11-02T00:00:00.000000Z'];
    const standing = (...events: CanonicalEvent[]): string =>
      factsOfEvents(events)
        .touchpoints.map((t) => t.occurred_at)
        .join();
    expect(standing(at(late), at(early))).toBe(early);
    expect(standing(at(early), at(late, '0'))).toBe(late);
    expect(standing(at(late, '2'), at(early, '1'))).toBe(late);
    expect(standing(at(late, '2'), at(early, '2'))).toBe(early);
  });

  it('gives a click and a touchpoint where they came from', () => {
    const { clicks, touchpoints } = factsOfEvents([click, of('touchpoint')]);
    const shared = {
      ...{ utm_source: 'affiliate-42', utm_medium: 'affiliate', utm_campaign: 'autumn' },
      ...{ utm_term: null, utm_content: null },
      sub_ids: { sub1: 'banner-7', sub10: 'Ünïcode' },
      ad_click_ids: { gclid: 'Cj0KCQ' },
      first_received_at: click.received_at,
    };
    expect(clicks).toMatchObject([
      { ...shared, link: 'welcome', referrer: click.referrer, client: click.client },
    ]);
    expect(touchpoints).toMatchObject([{ ...shared, touch_id: click.click_id, click_id: click.click_id }]);
  });

  it('takes a click for a touch, which is the same one where it is told as well', () => {
    const { touchpoints } = factsOfEvents([click]);
    expect(touchpoints).toMatchObject([{ touch_id: click.click_id, click_id: click.click_id }]);
    const told = { ...of('touchpoint'), event_id: touchpointId(click.event_id) };
    const both = [
      click,
      { ...told, touch_id: click.click_id, receipt_id: click.receipt_id },
    ] as CanonicalEvent[];
    expect(factsOfEvents(both).touchpoints).toEqual(touchpoints);
    expect(factsOfEvents(both.toReversed()).touchpoints).toEqual(touchpoints);
  });

  it('notes when a link was registered by registrations alone', () => {
    const registeredAt = (e: CanonicalEvent): unknown => factsOfEvents([e]).links[0]!.registered_at;
    expect(registeredAt(registration)).toBe(registration.occurred_at);
    for (const e of events.filter(({ kind }) => kind !== 'registration' && kind !== 'retraction'))
      expect(registeredAt(e)).toBeNull();
  });

  it('joins what several events say of one thing', () => {
    const later = { ...deposit, event_id: '0'.repeat(64), occurred_at: '2026-11-21T12:00:00.000000Z' };
    const other = {
      ...later,
      player_id: 'someone else',
      amount: '41',
      received_at: '2026-11-22T00:00:00.000000Z',
    };
    const facts = factsOfEvents([
      other,
      deposit,
      registration,
      deposit,
      { ...registration, kind: 'deposit' },
    ]);
    expect(facts.conversions.filter((f) => f.transaction_id !== null)).toMatchObject([
      {
        occurred_at: deposit.occurred_at,
        player_id: '1874552',
        player_id_low: '1874552',
        player_id_high: 'someone else',
        money_low: 'USD 40.5',
        money_high: 'USD 41',
        first_received_at: deposit.received_at,
        received_at: deposit.received_at,
      },
    ]);
    expect(facts.links).toHaveLength(2);
    expect(facts.receipts).toHaveLength(1);
  });

  it('keeps sources apart', () => {
    const { conversions } = factsOfEvents([deposit, { ...deposit, source: 'pixel-server' }]);
    expect(conversions.map((f) => f.source).sort()).toEqual(['pixel-browser', 'pixel-server']);
  });

  it('leaves of a test its receipt and nothing else', () => {
    const tests = events.map((e, i) => ({ ...e, is_test: true as const, receipt_id: `r${100 + i}` }));
    const facts = factsOfEvents(tests);
    const kinds = events.map((e) => e.kind).filter((k) => k !== 'touchpoint' && k !== 'identity_link');
    expect(counts(facts)).toEqual({ receipts: kinds.length });
    expect(facts.receipts.every((r) => r.is_test)).toBe(true);
    expect(facts.receipts.map((r) => r.kind)).toEqual(kinds);
  });

  it('is one set in one order, however the events come and how often', () => {
    const variations: Partial<CanonicalEvent>[] = [
      {},
      { player_id: '\u{1f600}', occurred_at: '2026-01-01T00:00:00.000000Z' },
      { brand: '\uffff' },
      { brand: '\u{1f600}', click_id: 'c' },
    ];
    const world = variations.flatMap((change, v) =>
      events.map((e, i) => ({ ...e, event_id: `e${v}-${i}`, receipt_id: `r${v}-${i}`, ...change })),
    ) as CanonicalEvent[];
    const expected = factsOfEvents(world);
    const told = fc.shuffledSubarray([...world, ...world], { minLength: world.length });
    fc.assert(
      fc.property(told, (shuffled) => {
        expect(factsOfEvents([...shuffled, ...world.toReversed()])).toEqual(expected);
      }),
    );
    const ids = expected.conversions.map((f) => `${f.conversion_id}|${f.source}`);
    expect(ids).toEqual([...ids].sort(compareBytes));
  });
});
