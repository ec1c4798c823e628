import fc from 'fast-check';
import {
  parseCanonicalEvent,
  parseRawEvent,
  serializeCanonicalEvent,
  type CanonicalEvent,
  type RecordEvent,
} from '#libs/events';
import {
  CLICK,
  DAILY,
  FRESH,
  INTRADAY,
  RECEIVED_AT,
  ga4,
  ga4Row,
  mapRow,
  purchaseRow,
  type RowOptions,
} from '#test/ga4-rows';
import type { JsonObject, JsonValue } from '#libs/sources';
import type { Ga4Row } from './row.js';
import { shardVersion } from './shard.js';

const kinds = (events: readonly CanonicalEvent[]): string[] => events.map((e) => e.kind);
const eventsOf = (name: string, options?: RowOptions, shard = DAILY): CanonicalEvent[] =>
  mapRow(ga4Row(name, options), shard).events;
const only = (events: readonly CanonicalEvent[]): CanonicalEvent => {
  expect(events).toHaveLength(1);
  return events[0]!;
};

describe('a purchase', () => {
  it('is a conversion with its money, where it came from, its items and its own parameters', () => {
    const row = purchaseRow('257059', {
      params: {
        coupon: 'MAY',
        shipping: 0,
        tax: 4.95,
        rate: { double_value: 'NaN' },
        affiliation: '(not set)',
        page_location: `https://a.test/thanks?gclid=g&click_id=${CLICK}`,
      },
      columns: {
        user_id: 'u-1',
        items: [{ item_id: 'a', price: 15.5, quantity: '2', coupon: '(not set)', item_brand: null }],
        collected_traffic_source: {
          manual_source: 'news',
          manual_medium: 'email',
          manual_campaign_name: 'may',
        },
        session_traffic_source_last_click: {
          cross_channel_campaign: { source: 'google', medium: 'cpc', campaign_name: 'brand' },
        },
      },
    });
    const [purchase, touch] = mapRow(row).events;
    expect(purchase).toMatchObject({
      kind: 'purchase',
      source: 'shop',
      stream: 'events',
      brand: 'spacevegas',
      natural_key: 'shop/events/ga4/123456789/tx/257059|purchase',
      occurred_at: '2026-11-20T10:00:00.123456Z',
      received_at: RECEIVED_AT,
      version: shardVersion(DAILY),
      trust: 'ga4',
      client_id: '107079580.1702642286',
      user_id: 'u-1',
      click_id: CLICK,
      transaction_id: '257059',
      amount: '31',
      currency: 'EUR',
      utm: { source: 'news', medium: 'email', campaign: 'may' },
      ad_click_ids: { gclid: 'g' },
      custom: {
        ga_session_id: 1_795_168_700,
        ga_session_number: 2,
        coupon: 'MAY',
        shipping: 0,
        tax: 4.95,
        items: '[{"item_id":"a","price":15.5,"quantity":"2"}]',
        channel_group: 'Paid Search',
        session_source: 'google',
        session_medium: 'cpc',
        session_campaign: 'brand',
      },
    });
    expect(touch).toMatchObject({
      kind: 'touchpoint',
      touch_id: 'ga4:123456789:3450812428:107079580.1702642286:1795168700',
      utm: { source: 'google', medium: 'cpc', campaign: 'brand' },
    });
  });

  it('is one without an amount too, with a warning where the amount that is stated cannot be used', () => {
    const { events, rejections, warnings } = mapRow(
      purchaseRow('1', {
        columns: { ecommerce: { transaction_id: '1', purchase_revenue: 'NaN' } },
        params: { value: 'x' },
      }),
    );
    expect(rejections).toEqual([]);
    expect(only(events)).not.toHaveProperty('amount');
    expect(warnings).toEqual([
      {
        kind: 'dead_letter',
        reason: 'invalid_field',
        path: '/data/payload/row/ecommerce/purchase_revenue',
        detail: 'amount of purchase must be a decimal that is not negative, with a currency; it is a text',
      },
    ]);
    const silent = mapRow(ga4Row('purchase'));
    expect([kinds(silent.events), silent.warnings]).toEqual([['purchase'], []]);
  });

  it('of nobody, without consent, is a conversion and no touch', () => {
    const row = purchaseRow(null, { columns: { user_pseudo_id: null } });
    const event = only(mapRow({ ...row, traffic_source: { source: 'google' } }).events);
    expect(event).not.toHaveProperty('client_id');
  });
});

describe('a return', () => {
  const refund = (options: RowOptions) => mapRow(ga4Row('refund', options));

  it('with an amount is a refund of its purchase, named by its row', () => {
    const { events } = refund({ params: { currency: 'EUR', value: 5, transaction_id: 't1' } });
    const event = only(events);
    expect(event).toMatchObject({
      kind: 'refund',
      conversion_type: 'purchase',
      transaction_id: 't1',
      amount: '5',
      currency: 'EUR',
      version: shardVersion(DAILY),
    });
    expect(event).toHaveProperty('refund_id', expect.stringMatching(/^ga4\/123456789\/[0-9a-f]{32}$/));
  });

  it('without amount and items takes the whole purchase back', () => {
    expect(only(refund({ columns: { ecommerce: { transaction_id: 't1' } } }).events)).toMatchObject({
      kind: 'reversal',
      conversion_type: 'purchase',
      transaction_id: 't1',
    });
  });

  it.each<[string, RowOptions, string]>([
    ['names no purchase', { params: { value: 5, currency: 'EUR' } }, '/ecommerce/transaction_id'],
    [
      'names items and not what they were worth',
      { params: { transaction_id: 't1' }, columns: { items: [{ item_id: 'a' }] } },
      '/ecommerce/refund_value',
    ],
    [
      'has an amount without a currency',
      { params: { transaction_id: 't1', value: 5 } },
      '/ecommerce/refund_value',
    ],
  ])('cannot be understood where it %s', (_why, options, path) => {
    const { events, rejections } = refund(options);
    expect(events).toEqual([]);
    expect(rejections.map((r) => r.path)).toEqual([`/data/payload/row${path}`]);
  });
});

describe('a configured conversion', () => {
  const compiled = ga4({
    conversions: [
      {
        event: 'registration',
        when: { event_name: { equals: 'sign_up' } },
        fields: { player_id: 'user_id' },
      },
      {
        event: 'deposit',
        when: { all: [{ event_name: { in: ['deposit', 'pay_in'] } }, { 'params.state': { equals: 'ok' } }] },
        fields: { player_id: 'user_properties.player' },
        custom: { wallet: 'params.wallet' },
      },
      {
        event: 'deposit',
        when: { event_name: { equals: 'cents' } },
        fields: {
          amount: { path: 'params.cents', money: 'EUR', minor_units: true },
          transaction_id: 'params.id',
          occurred_at: { path: 'event_timestamp', time: 'epoch_us' },
        },
      },
      { event: 'install', when: { platform: { equals: 'IOS' } }, fields: {}, utm: { source: 'platform' } },
      {
        event: 'purchase',
        when: { event_name: { equals: 'order' } },
        fields: { amount: 'params.total', currency: 'params.cur' },
      },
    ],
  });

  it('has the fields of its rule, and of the row what the rule does not say', () => {
    const row = ga4Row('sign_up', {
      params: { method: 'mail', page_location: `https://a.test/?btag=${CLICK}&utm_source=x` },
      columns: { user_id: 'u-1' },
    });
    const { events, rejections } = mapRow(row, INTRADAY, compiled);
    expect(rejections).toEqual([]);
    expect(events[0]).toMatchObject({
      kind: 'registration',
      occurred_at: '2026-11-20T10:00:00.123456Z',
      version: shardVersion(INTRADAY),
      trust: 'ga4',
      player_id: 'u-1',
      user_id: 'u-1',
      client_id: '107079580.1702642286',
      click_id: CLICK,
      utm: { source: 'x' },
      custom: { method: 'mail' },
    });
    expect(events[0]!.natural_key).toMatch(/^shop\/events\/ga4\/123456789\/[0-9a-f]{32}\|registration$/);
  });

  it('has the money that a purchase would have, else what the rule says', () => {
    const own = { state: 'ok', value: 20, currency: 'USD', transaction_id: 7, wallet: 'main' };
    const columns = { user_properties: [{ key: 'player', value: { int_value: '9007199254740993' } }] };
    expect(mapRow(ga4Row('pay_in', { params: own, columns }), DAILY, compiled).events[0]).toMatchObject({
      kind: 'deposit',
      player_id: '9007199254740993',
      transaction_id: '7',
      amount: '20',
      currency: 'USD',
      custom: { wallet: 'main', state: 'ok' },
    });
    expect(
      mapRow(ga4Row('cents', { params: { cents: 1999, id: 'x' } }), DAILY, compiled).events[0],
    ).toMatchObject({ kind: 'deposit', amount: '19.99', currency: 'EUR', transaction_id: 'x' });
    expect(
      kinds(mapRow(ga4Row('pay_in', { params: { ...own, state: 'no' } }), DAILY, compiled).events),
    ).toEqual([]);
  });

  it('may be of any event', () => {
    const { events } = mapRow(ga4Row('scroll', { columns: { platform: 'IOS' } }), DAILY, compiled);
    expect(only(events)).toMatchObject({ kind: 'install', utm: { source: 'IOS' } });
  });

  it('that is a purchase stands in the place of the one that would be found', () => {
    const row = ga4Row('order', {
      params: { total: 12.5, cur: 'EUR' },
      columns: { ecommerce: { transaction_id: 't1', purchase_revenue: 99 } },
    });
    expect(only(mapRow(row, DAILY, compiled).events)).toMatchObject({ transaction_id: 't1', amount: '12.5' });
  });

  it('that cannot be made is a dead letter that names the place in the row', () => {
    const row = ga4Row('cents', { params: { cents: 'many', id: 'x' } });
    const { events, rejections } = mapRow(row, DAILY, compiled);
    expect(events).toEqual([]);
    expect(rejections).toEqual([
      {
        kind: 'dead_letter',
        reason: 'invalid_field',
        path: '/data/payload/row/event_params/2/value',
        detail: expect.stringMatching(
          /^amount of mapping\[2\] \(deposit\) must be .*; it is a text$/,
        ) as string,
      },
    ]);
  });

  it('may ask for a value that the export writes as text or as number', () => {
    const when = { event_name: { equals: 'x' }, 'params.session_engaged': { equals: 1 } };
    const engaged = ga4({ conversions: [{ event: 'install', when, fields: {} }] });
    const counts = [1, '1', 0, '0', { int_value: 1, string_value: null }].map(
      (session_engaged) => mapRow(ga4Row('x', { params: { session_engaged } }), DAILY, engaged).events.length,
    );
    expect(counts).toEqual([1, 1, 0, 0, 1]);
  });

  it('may be a link between the client and a player', () => {
    const rule = {
      event: 'identity_link',
      when: { event_name: { equals: 'x' } },
      fields: { player_id: 'params.p' },
    };
    const { events } = mapRow(ga4Row('x', { params: { p: 'anna' } }), DAILY, ga4({ conversions: [rule] }));
    expect(only(events)).toMatchObject({ client_id: '107079580.1702642286', player_id: 'anna' });
  });

  it('cannot be made of texts that no database stores', () => {
    const row = ga4Row('sign_up', { params: { method: 'a\0b' }, columns: { user_id: 'u-1' } });
    const { events, rejections } = mapRow(row, DAILY, compiled);
    expect(events).toEqual([]);
    expect(rejections).toMatchObject([{ path: '/data/payload/row/event_params' }]);
  });

  it('is told of where it is written, so that it can be taken back', () => {
    const row = ga4Row('sign_up', { columns: { user_id: 'u-1' } });
    const { conversions, event } = compiled.write(row, DAILY, RECEIVED_AT);
    expect(conversions).toEqual([
      {
        natural_key: `shop/events/${event.natural_key}|registration`,
        kind: 'registration',
        player_id: 'u-1',
      },
    ]);
    expect(ga4().write(purchaseRow('1'), DAILY, RECEIVED_AT).conversions).toEqual([
      { natural_key: 'shop/events/ga4/123456789/tx/1|purchase', kind: 'purchase', transaction_id: '1' },
    ]);
    expect(ga4().write(row, DAILY, RECEIVED_AT).conversions).toEqual([]);
  });
});

describe('a touch', () => {
  it('of a session_start that says nothing is direct, and below all that tell of a source', () => {
    const touch = only(eventsOf('session_start'));
    expect(touch).toMatchObject({
      kind: 'touchpoint',
      utm: { source: '(direct)', medium: '(none)' },
      custom: { channel_group: 'Direct' },
      version: shardVersion(DAILY, true),
    });
  });

  it('is one of the session, whichever row of it tells', () => {
    const referrer = { page_referrer: 'https://www.bing.com/' };
    const touches = ['session_start', 'page_view', 'scroll'].map((name) =>
      only(eventsOf(name, { params: referrer })),
    );
    expect(new Set(touches.map((t) => (t as { touch_id?: string }).touch_id))).toEqual(
      new Set(['ga4:123456789:3450812428:107079580.1702642286:1795168700']),
    );
    expect(touches[0]).toMatchObject({
      version: shardVersion(DAILY),
      utm: { source: 'bing', medium: 'organic' },
    });
  });

  it('is not told by rows amid a session, in all of which GA4 repeats the source of the session', () => {
    const columns = {
      session_traffic_source_last_click: { cross_channel_campaign: { source: 'google', medium: 'cpc' } },
    };
    expect(eventsOf('scroll', { columns })).toEqual([]);
    for (const name of ['session_start', 'first_visit', 'purchase']) {
      expect(eventsOf(name, { columns }).at(-1)).toMatchObject({ utm: { source: 'google' } });
    }
    expect(eventsOf('page_view', { columns, params: { entrances: 1 } })).toHaveLength(1);
  });

  it('needs a client and a session', () => {
    expect(eventsOf('session_start', { columns: { user_pseudo_id: null } })).toEqual([]);
    expect(eventsOf('session_start', { params: { ga_session_id: '(not set)' } })).toEqual([]);
  });

  it('is none where the landing page shows a click of ours and nothing else: that is the touch', () => {
    const params = { page_location: `https://a.test/?click_id=${CLICK}` };
    expect(only(eventsOf('session_start', { params }))).toMatchObject({
      kind: 'identity_link',
      click_id: CLICK,
      client_id: '107079580.1702642286',
    });
  });

  it('has an id that fits, however long the client is', () => {
    const touch = only(eventsOf('session_start', { columns: { user_pseudo_id: 'x'.repeat(120) } }));
    expect(touch).toHaveProperty('touch_id', expect.stringMatching(/^ga4:123456789:sha256:[0-9a-f]{64}$/));
  });
});

describe('the first touch', () => {
  const columns = {
    user_id: 'u-1',
    user_first_touch_timestamp: '1795000000000001',
    traffic_source: { source: 'google', medium: 'organic', name: '(organic)' },
  };

  it('is told by daily shards alone, of the client alone, at its own time', () => {
    const first = eventsOf('session_start', { columns })[1];
    expect(first).toMatchObject({
      kind: 'touchpoint',
      touch_id: 'ga4:123456789:first:107079580.1702642286',
      occurred_at: '2026-11-18T11:06:40.000001Z',
      client_id: '107079580.1702642286',
      utm: { source: 'google', medium: 'organic', campaign: '(organic)' },
      custom: { channel_group: 'Organic Search' },
    });
    expect(first).not.toHaveProperty('user_id');
    for (const shard of [INTRADAY, FRESH])
      expect(eventsOf('session_start', { columns }, shard)).toHaveLength(1);
  });

  it('is the touch of the first session where that tells its source', () => {
    const params = { ga_session_number: 1, page_referrer: 'https://www.google.com/' };
    expect(eventsOf('session_start', { columns, params })).toHaveLength(1);
    expect(eventsOf('session_start', { columns, params: { ga_session_number: 1 } })).toHaveLength(2);
  });
});

describe('a link', () => {
  const link = (name: string, options: RowOptions) => kinds(eventsOf(name, options));
  const columns = { user_id: 'u-1' };

  it('is told where a page shows who its client is', () => {
    expect(only(eventsOf('page_view', { columns }))).toMatchObject({
      kind: 'identity_link',
      user_id: 'u-1',
      client_id: '107079580.1702642286',
    });
    expect(link('login', { columns })).toEqual(['identity_link']);
    expect(link('scroll', { columns })).toEqual([]);
    expect(link('page_view', {})).toEqual([]);
    expect(link('page_view', { columns: { user_id: 'undefined' } })).toEqual([]);
  });

  it('is told by any event that shows a click of ours', () => {
    expect(link('scroll', { params: { subid: CLICK } })).toEqual(['identity_link']);
    expect(link('scroll', { params: { subid: CLICK }, columns: { user_pseudo_id: null } })).toEqual([]);
  });

  it('is told by a conversion or touch itself', () => {
    expect(link('session_start', { columns })).toEqual(['touchpoint']);
    expect(link('purchase', { columns })).toEqual(['purchase']);
  });
});

describe('a record of a row', () => {
  it('is what the log takes, and is the same however the row was read', () => {
    const row = purchaseRow('1', { params: { x: { string_value: 'a', int_value: null } } });
    const { event, value } = ga4().write(row, DAILY, RECEIVED_AT);
    const parsed = parseRawEvent(value) as RecordEvent;
    expect(parsed).toEqual(event);
    expect(parsed).toMatchObject({ source: 'shop', stream: 'events', natural_key: 'ga4/123456789/tx/1' });
    expect(parsed.payload['shard']).toEqual({
      day: '20261120',
      kind: 'daily',
      modified_at: DAILY.modifiedAt,
    });
    const { items: _none, ...other } = row;
    const wider: Ga4Row = { ...other, device: { category: 'mobile' }, event_previous_timestamp: null };
    expect(ga4().write(wider, DAILY, RECEIVED_AT).value).toBe(value);
  });

  it('is another of another version of the shard', () => {
    const ids = [DAILY, FRESH, INTRADAY, { ...DAILY, modifiedAt: RECEIVED_AT }].map(
      (shard) => ga4().write(purchaseRow('1'), shard, RECEIVED_AT).event.event_id,
    );
    expect(new Set(ids).size).toBe(4);
  });

  it('is counted as it is mapped', () => {
    const { event } = ga4().write(purchaseRow('1'), DAILY, RECEIVED_AT);
    expect(ga4().tell(event.payload as JsonObject, event)).toMatchObject({
      events: [{ kind: 'purchase', amount: '31', currency: 'EUR' }],
      rejected: false,
    });
  });
});

describe('a row that cannot be understood', () => {
  it.each<[string, JsonObject, string, string]>([
    [
      'without a name',
      { event_name: null },
      '/row/event_name',
      'must be the name of an event; it is not there',
    ],
    ['without a time', { event_timestamp: 'x' }, '/row/event_timestamp', 'must be whole microseconds'],
    ['with a rounded time', { event_timestamp: 1.7e18 }, '/row/event_timestamp', 'it is a number'],
    [
      'whose parameters are no list',
      { event_params: {} },
      '/row/event_params',
      'must be a list; it is an object',
    ],
    ['with a parameter without a key', { event_params: [{}] }, '/row/event_params/0', 'must be a key'],
    [
      'with a bare value',
      { event_params: [{ key: 'a', value: 5 }] },
      '/row/event_params/0/value',
      'it is a number',
    ],
    ['with a user who is too long', { user_id: 'x'.repeat(200) }, '/row/user_id', 'must have 1 to 128 bytes'],
    ['with an odd client', { user_pseudo_id: 'a\nb' }, '/row/user_pseudo_id', 'no control characters'],
    [
      'with a long transaction',
      { ecommerce: { transaction_id: 'x'.repeat(200) } },
      '/row/ecommerce/transaction_id',
      '',
    ],
  ])(
    '%s is of interest, and a dead letter that says where, by which rule, and what is there',
    (_n, columns, path, rule) => {
      const row = { ...ga4Row('purchase'), ...columns };
      expect(ga4().isRelevant(row)).toBe(true);
      const { events, rejections } = mapRow(row);
      expect(events).toEqual([]);
      expect(rejections[0]).toMatchObject({
        kind: 'dead_letter',
        reason: 'invalid_field',
        path: `/data/payload${path}`,
      });
      expect(rejections[0]!.detail).toContain(rule);
      expect(rejections[0]!.detail).not.toContain('xxx');
    },
  );

  it.each([
    [{}, '/shard'],
    [{ shard: { day: '20261120', kind: 'daily', modified_at: DAILY.modifiedAt } }, '/row'],
    [{ shard: { day: '20261120', kind: 'daily', modified_at: DAILY.modifiedAt }, row: 'x' }, '/row'],
  ])('is a record without its shard or row: %j', (payload: JsonObject, path) => {
    const { event } = ga4().write(ga4Row('purchase'), DAILY, RECEIVED_AT);
    expect(ga4().map(payload, event).rejections[0]).toMatchObject({ path: `/data/payload${path}` });
  });

  const columns = fc.constantFrom(
    ...[
      'event_name',
      'event_timestamp',
      'event_params',
      'user_properties',
      'user_id',
      'user_pseudo_id',
      'stream_id',
    ],
    ...[
      'ecommerce',
      'items',
      'collected_traffic_source',
      'traffic_source',
      'session_traffic_source_last_click',
    ],
    ...['user_first_touch_timestamp', 'event_value_in_usd', 'batch_event_index'],
  );
  const names = fc.constantFrom('purchase', 'refund', 'session_start', 'page_view', 'sign_up');

  it('is never a throw, and makes what parses or nothing', () => {
    const compiled = ga4({
      conversions: [{ event: 'deposit', when: { not: { event_name: { equals: 'x' } } }, fields: {} }],
    });
    fc.assert(
      fc.property(names, fc.dictionary(columns, fc.jsonValue({ maxDepth: 3 })), (name, broken) => {
        const row = { ...ga4Row(name), ...(broken as Record<string, JsonValue>) };
        const { events, rejections } = mapRow(row, DAILY, compiled);
        expect(events.length * rejections.length).toBe(0);
        for (const event of events)
          expect(parseCanonicalEvent(serializeCanonicalEvent(event))).toEqual(event);
        if (events.length + rejections.length > 0) expect(compiled.isRelevant(row)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
