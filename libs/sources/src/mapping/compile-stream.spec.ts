import fc from 'fast-check';
import {
  EVENT_KINDS,
  KNOWN_CURRENCIES,
  amountOfUnits,
  canonicalJson,
  exponentOf,
  instantToMs,
  parseCanonicalEvent,
  serializeCanonicalEvent,
  rawEventKey,
  writeRawEvent,
  type CanonicalEvent,
  type EventKind,
  type RecordEvent,
} from '#libs/events';
import { propertyRuns } from '#test/property-runs';
import type { MappingRule, StreamDefinition } from '../definition.js';
import type { JsonObject } from '../json.js';
import { compileStream, type Mapped } from './compile-stream.js';
import { requiredFieldsOf } from './event-fields.js';

const RECEIVED_AT = '2026-11-21T10:00:00.123456Z';
const SOURCE = { type: 'http' as const, name: 'besitos', brand: 'spacevegas' };

function stream(mapping: MappingRule[], more: Partial<StreamDefinition> = {}): StreamDefinition {
  return { name: 'conversions', primary_key: ['id'], mapping, ...more } as StreamDefinition;
}

function mapped(
  record: JsonObject,
  mapping: MappingRule[],
  more: Partial<StreamDefinition> & { told?: string; schema_?: object } = {},
): Mapped {
  const compiled = compileStream(SOURCE, stream(mapping, more), more.schema_);
  const raw = compiled.recordEvent(record, { receivedAt: RECEIVED_AT, source: more.told });
  const made = compiled.map(record, raw, '3/7');
  for (const event of made.events) {
    const parsed = parseCanonicalEvent(serializeCanonicalEvent(event));
    expect(parsed).toEqual(event);
  }
  expect(made.events.length === 0 || made.rejections.length === 0).toBe(true);
  return made;
}

/** The value of one field of a payout whose other fields are right. */
function fieldOf(name: string, spec: MappingRule['fields'][string], record: JsonObject): unknown {
  const { events, rejections } = mapped({ id: 'x', ...record }, [
    {
      event: 'payout',
      fields: {
        transaction_id: { const: 't' },
        occurred_at: { const: '2026-01-01T00:00:00Z' },
        [name]: spec,
      },
    },
  ]);
  if (events[0]) return (events[0] as unknown as Record<string, unknown>)[name];
  return rejections.map((r) => `${r.path}: ${r.detail}`).join('\n');
}

function customOf(spec: MappingRule['fields'][string], value: JsonObject[string]): unknown {
  const { events, rejections } = mapped({ id: 'x', v: value }, [
    { event: 'install', fields: { occurred_at: { const: '2026-01-01T00:00:00Z' } }, custom: { v: spec } },
  ]);
  return rejections[0]?.detail ?? events[0]?.custom?.['v'];
}

const BESITOS: MappingRule[] = [
  {
    event: 'reversal',
    when: { reverse: { in: [1, '1', true] } },
    fields: {
      transaction_id: 'id',
      occurred_at: { path: 'date_time', time: 'yyyy-MM-dd HH:mm:ss', timezone: '-05:00' },
    },
  },
  {
    event: 'payout',
    fields: {
      transaction_id: 'id',
      player_id: { path: 'user_id', case: 'lower' },
      occurred_at: { path: 'date_time', time: 'yyyy-MM-dd HH:mm:ss', timezone: '-05:00' },
      amount: { path: 'payout', money: 'USD' },
      goal: 'goal_id',
    },
    custom: { note: 'note', reward_local: { path: 'reward', type: 'decimal' } },
  },
];
const RECORD: JsonObject = {
  id: 17,
  date_time: '2026-07-01 10:00:00',
  user_id: 'User-1',
  payout: '3.50',
  reverse: 0,
  note: null,
  reward: '12.50',
  goal_id: 3,
};

describe('a mapped record', () => {
  it('becomes the event that its rule makes', () => {
    const { events } = mapped(RECORD, BESITOS);
    expect(events).toEqual([
      {
        kind: 'payout',
        event_id: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        source: 'besitos',
        stream: 'conversions',
        brand: 'spacevegas',
        natural_key: 'besitos/conversions/17|payout',
        occurred_at: '2026-07-01T15:00:00.000000Z',
        received_at: RECEIVED_AT,
        raw_position: '3/7',
        trust: 'partner_api',
        partner: 'besitos',
        transaction_id: '17',
        player_id: 'user-1',
        amount: '3.5',
        currency: 'USD',
        custom: { goal: '3', reward_local: 12.5 },
      },
    ]);
  });

  it('becomes one event for every rule that fits; a reversal is of what the other rules make', () => {
    const { events } = mapped({ ...RECORD, reverse: '1' }, BESITOS, { told: 'besitos.postback' });
    expect(events).toMatchObject([
      {
        kind: 'reversal',
        conversion_type: 'payout',
        partner: 'besitos',
        source: 'besitos.postback',
        trust: 'postback',
      },
      { kind: 'payout', partner: 'besitos', trust: 'postback' },
    ]);
    expect(new Set(events.map((e) => e.event_id)).size).toBe(2);
  });

  it('takes back what another rule makes under the same natural key', () => {
    const fields = { occurred_at: { const: '2026-01-01T00:00:00Z' }, version: 'changed' };
    const rules: MappingRule[] = [
      { event: 'registration', when: { gone: { exists: false } }, fields },
      { event: 'retraction', when: { gone: { exists: true } }, fields },
    ];
    const [told] = mapped({ ...RECORD, changed: '1' }, rules).events;
    const [taken] = mapped({ ...RECORD, changed: '2', gone: 'yes' }, rules).events;
    expect(taken).toMatchObject({ kind: 'retraction', conversion_type: 'registration', version: '2' });
    expect([told!.kind, taken!.natural_key]).toEqual(['registration', told!.natural_key]);
    expect(taken!.event_id).not.toBe(told!.event_id);
    const [ofPayout] = mapped({ ...RECORD, gone: 'yes' }, [
      ...BESITOS.slice(1),
      { event: 'retraction', fields: { ...fields, version: { const: '2' }, transaction_id: 'id' } },
    ]).events.slice(-1);
    expect(ofPayout).toMatchObject({ kind: 'retraction', conversion_type: 'payout', partner: 'besitos' });
  });

  it('makes nothing, and no rejection, where no rule fits', () => {
    expect(mapped(RECORD, [BESITOS[0]!])).toEqual({ events: [], rejections: [], warnings: [] });
  });

  it('is mapped whole or not at all: the rule, its place and the kind of value are told, never the value', () => {
    const { events, rejections } = mapped({ ...RECORD, reverse: 1, payout: '3,50 hunter2' }, BESITOS);
    expect(events).toEqual([]);
    expect(rejections).toEqual([
      {
        kind: 'dead_letter',
        reason: 'invalid_field',
        path: '/data/payload/payout',
        detail: expect.stringMatching(
          /^amount of mapping\[1\] \(payout\) must be a plain decimal .*; it is a text$/,
        ) as string,
      },
    ]);
    expect(JSON.stringify(rejections)).not.toContain('hunter2');
    expect(mapped({ ...RECORD, id: null }, BESITOS).rejections[0]).toMatchObject({
      path: '/data/payload/id',
      detail: 'transaction_id of mapping[1] (payout) must be there; it is null',
    });
  });

  it('takes of a group the first rule that fits, of each element where all go through one array', () => {
    const fields = {
      occurred_at: { const: '2026-01-01T00:00:00Z' },
      player_id: '$.player',
      transaction_id: 'id',
    };
    const rules = (for_each?: string): MappingRule[] => [
      { event: 'purchase', group: 'g', when: { kind: { equals: 'p' } }, for_each, fields },
      { event: 'deposit', group: 'g', for_each, fields },
    ];
    const record = {
      id: 1,
      player: 'x',
      kind: 'p',
      items: [
        { id: 2, kind: 'p' },
        { id: 3, kind: 'd' },
      ],
    };
    expect(mapped(record, rules()).events.map((e) => e.kind)).toEqual(['purchase']);
    expect(mapped(record, rules('items')).events).toMatchObject([
      { kind: 'purchase', transaction_id: '2', natural_key: 'besitos/conversions/1|purchase|0' },
      {
        kind: 'deposit',
        transaction_id: '3',
        player_id: 'x',
        natural_key: 'besitos/conversions/1|deposit|1',
      },
    ]);
    expect(mapped({ ...record, items: { id: 9 } }, rules('items')).events).toMatchObject([
      { transaction_id: '9' },
    ]);
    expect(mapped({ id: 1 }, rules('items')).events).toEqual([]);
  });

  it('puts what no field reads into custom fields', () => {
    const record = {
      ...RECORD,
      big: '12345678901234567890',
      list: [1, { a: 2 }],
      empty: '',
      'odd.name': true,
    };
    const { events } = mapped(record, [{ ...BESITOS[1]!, custom: { n: 'note' }, custom_rest: true }]);
    expect(events[0]!.custom).toEqual({
      goal: '3',
      reverse: 0,
      reward: '12.50',
      big: '12345678901234567890',
      list: '[1,{"a":2}]',
      'odd.name': true,
    });
  });

  it('becomes an entity by the types of its fields', () => {
    const { events } = mapped(
      {
        id: 5,
        player: 9007199254740991,
        at: '2026-01-02T03:04:05+02:00',
        ok: '1',
        bets: '007',
        sum: 1e-7,
        day: '1990-02-03',
      },
      [
        {
          event: 'player',
          fields: { id: 'player', registered_at: 'at', modified_at: 'at', is_blocked: 'ok', birthday: 'day' },
        },
        {
          event: 'game_session',
          fields: {
            session_id: 'id',
            player_id: 'player',
            game_name: { const: 'Dice' },
            bet_count: 'bets',
            win_count: { path: 'none', default: 0 },
            bet_amount: { path: 'sum', money: 'eth' },
            win_amount: { const: 0 },
            created_at: 'at',
            updated_at: 'at',
          },
        },
      ],
    );
    const at = '2026-01-02T01:04:05.000000Z';
    expect(events).toMatchObject([
      {
        occurred_at: at,
        record: { id: '9007199254740991', registered_at: at, is_blocked: true, birthday: '1990-02-03' },
      },
      {
        occurred_at: at,
        record: { bet_count: '7', win_count: '0', bet_amount: '0.0000001', currency: 'ETH' },
      },
    ]);
  });

  it('breaks its schema as a dead letter, or with a warning', () => {
    const schema_ = { type: 'object', properties: { payout: { type: 'number' } }, required: ['payout'] };
    const schema = { $ref: './s.json', on_violation: 'warn' } as const;
    const violation = {
      kind: 'dead_letter',
      reason: 'schema_violation',
      path: '/data/payload/payout',
      detail: 'schema: must be number; it is a text',
    };
    expect(mapped(RECORD, BESITOS, { schema_ })).toEqual({
      events: [],
      rejections: [violation],
      warnings: [],
    });
    const warned = mapped(RECORD, BESITOS, { schema_, schema });
    expect([warned.events.length, warned.rejections, warned.warnings]).toEqual([1, [], [violation]]);
  });

  it('goes through the plug-in of its stream, and stays what it was in the raw event', () => {
    const refunds = [{ id: 7, transactions: [{ amount: '1.5', currency: 'USD' }] }];
    const rule: MappingRule = {
      event: 'refund',
      for_each: 'refunds',
      fields: {
        ...{ conversion_type: { const: 'purchase' }, transaction_id: '$.id', refund_id: 'id' },
        ...{ occurred_at: { const: '2026-01-01T00:00:00Z' }, amount: { path: 'total', money: 'USD' } },
      },
    };
    const made = mapped({ id: 'x', refunds }, [rule], { plugin: 'shopify_refund_totals' });
    expect(made.events).toMatchObject([{ kind: 'refund', refund_id: '7', amount: '1.5' }]);
    expect(refunds[0]).not.toHaveProperty('total');
  });

  it('has the version of its cursor where that is one', () => {
    const versionFor = (u: JsonObject[string]): unknown =>
      mapped({ ...RECORD, u }, BESITOS, { cursor_field: 'u' }).events[0]!.version;
    expect([7, '7', '2026-01-01T00:00:00+01:00', '2026-01-01 00:00:00', null, 1.5].map(versionFor)).toEqual([
      ...['7', '7', '2025-12-31T23:00:00.000000Z'],
      ...[undefined, undefined, undefined],
    ]);
  });

  it('has the time of its reading as its version where the stream says so, over any cursor', () => {
    const more = { cursor_field: 'u', version: 'received_at' } as const;
    expect(mapped({ ...RECORD, u: 7 }, BESITOS, more).events[0]!.version).toBe(RECEIVED_AT);
    const own = BESITOS.map((rule) => ({ ...rule, fields: { ...rule.fields, version: { const: '3' } } }));
    expect(mapped(RECORD, own, more).events[0]!.version).toBe('3');
  });
});

describe('a field', () => {
  it.each<[unknown, MappingRule['fields'][string], JsonObject]>([
    ['42', 'a.b[0]', { a: { b: [42] } }],
    ['x', { first_of: ['a', 'b', 'c'] }, { a: null, b: '', c: 'x' }],
    ['1-2', { concat: ['a', { const: '-' }, 'b'] }, { a: 1, b: '2' }],
    [undefined, { concat: ['a', 'b'] }, { a: 1 }],
    ['none', { path: 'a', default: 'none' }, {}],
    ['px', { path: 'a', trim: true, strip_prefix: 'U:', case: 'lower', prefix: 'p' }, { a: ' U:X ' }],
    ['gold', { path: 'a', values: { 1: 'gold' } }, { a: 1 }],
    ['other', { path: 'a', values: { 1: 'gold' }, default: 'other' }, { a: 2 }],
    [
      '/data/payload/a: player_id of mapping[0] (payout) must be one of the values that the mapping names; it is a number',
      { path: 'a', values: { 1: 'gold' } },
      { a: 2 },
    ],
    ['12', { path: 'a', pattern: 'id-(\\d+)' }, { a: 'id-12' }],
    [undefined, { path: 'a', pattern: 'id-(\\d+)' }, { a: 'no' }],
    [
      '/data/payload/a: player_id of mapping[0] (payout) must be a text or a number; it is an object',
      'a',
      { a: { b: 1 } },
    ],
    ['Ab+c/d', { path: 'a', url_param: 'GCLID' }, { a: 'https://x.test/?id=1&gclid=Ab+c%2Fd#top' }],
    [undefined, { path: 'a', url_param: 'id' }, { a: 'https://x.test/?gclid=1' }],
    ['9', { path: 'a', url_param: 'cid' }, { a: 'https://x.test/#/route?cid=9' }],
    ['9', { path: 'a', url_param: 'cid' }, { a: 'b=1&cid=9' }],
    ['é', 'a', { a: 'e\u0301' }],
    ['9007199254740993', 'a', { a: '9007199254740993' }],
  ])('is %j by %j', (expected, spec, record) => {
    expect(fieldOf('player_id', spec, record)).toBe(expected);
  });

  it.each<[unknown, MappingRule['fields'][string], JsonObject]>([
    [
      '2026-03-01T17:30:00.000000Z',
      { path: 'a', time: 'MM/dd/yyyy h:mm a', timezone: 'America/New_York' },
      { a: '03/01/2026 12:30 PM' },
    ],
    ['2026-03-01T00:00:00.123456Z', { path: 'a', time: 'epoch_us' }, { a: '1772323200123456' }],
    ['2026-03-01T00:00:00.500000Z', { path: 'a', time: 'epoch_seconds' }, { a: 1772323200.5 }],
    ['2026-03-01T00:00:00.000000Z', { path: 'a', time: 'epoch_ms' }, { a: 1772323200000 }],
    ['1969-12-31T23:59:59.999000Z', { path: 'a', time: 'epoch_ms' }, { a: -1 }],
    ['2026-03-01T05:00:00.000000Z', { path: 'a', time: 'iso', timezone: '-05:00' }, { a: '2026-03-01' }],
    [
      '2026-03-01T00:00:00.000000Z',
      { path: 'a', time: 'iso', timezone: '-05:00' },
      { a: '20260301T000000Z' },
    ],
    [
      '2026-03-01T03:30:00.000000Z',
      { path: 'a', time: "yyyy-MM-dd'T'HH:mmZZZ" },
      { a: '2026-03-01T05:00+0130' },
    ],
    [
      '2026-03-01T10:00:00.000000Z',
      { path: 'a', time: 'd MMM yyyy HH:mm z' },
      { a: '1 Mar 2026 05:00 America/New_York' },
    ],
    ['2026-03-02T00:00:00.000000Z', 'a', { a: '2026-03-01T24:00:00Z' }],
  ])('is the instant %s by %j', (expected, spec, record) => {
    expect(fieldOf('occurred_at', spec, record)).toBe(expected);
  });

  it.each<[MappingRule['fields'][string], JsonObject[string]]>([
    ['a', '2026-03-01T00:00:00'],
    ['a', '2026-02-30T00:00:00Z'],
    ['a', 1772323200],
    ['a', '2026-03-01T00:00:60Z'],
    ['a', true],
    [{ path: 'a', time: 'yyyy-MM-dd', timezone: 'UTC' }, '2026-03-01 '],
    [{ path: 'a', time: 'yyyy-MM-dd', timezone: 'UTC' }, '0000-00-00'],
    [{ path: 'a', time: 'epoch_seconds' }, '1772323200e0'],
    [{ path: 'a', time: 'epoch_ms' }, '999999999999999999'],
  ])('is no instant: by %j of %j', (spec, a) => {
    expect(fieldOf('occurred_at', spec, { a })).toMatch(
      /^\/data\/payload\/a: occurred_at of .* must be a time that exists/,
    );
  });

  it.each<[string | undefined, MappingRule['fields'][string], JsonObject[string]]>([
    ['40.5', { path: 'a', money: 'usd' }, '040.50'],
    ['-', { path: 'a', money: 'USD' }, 'NaN'],
    ['-', { path: 'a', money: 'USD' }, '1e3'],
    ['-', { path: 'a', money: 'USD' }, '1,000'],
    ['-', { path: 'a', money: 'USD' }, -1],
    ['-', { path: 'a', money: 'USD' }, true],
    ['-', { path: 'a', money: 'USD' }, '0.1234567890123456789'],
    ['1', { path: 'a', money: 'USD', negate: true }, '-1.00'],
    ['12345678901234567.123456789', { path: 'a', money: 'USD' }, '12345678901234567.123456789'],
    ['19.99', { path: 'a', money: 'USD', minor_units: true }, 1999],
    ['1999', { path: 'a', money: 'JPY', minor_units: true }, 1999],
    ['1.999', { path: 'a', money: 'KWD', minor_units: true }, 1999],
    ['0.05', { path: 'a', money: { path: 'c' }, minor_units: true }, '5'],
    ['1000.000000000000000001', { path: 'a', money: 'ETH', minor_units: 18 }, '1000000000000000000001'],
    ['12.345678', { path: 'a', money: 'USDC', minor_units: { USDC: 6, BTC: 8 } }, 12345678],
    ['0.12345678', { path: 'a', money: 'btc', minor_units: { USDC: 6, BTC: 8 } }, 12345678],
    ['0.12', { path: 'a', money: { path: 'c' }, minor_units: { USDC: 6 } }, 12],
    ['0.012', { path: 'a', money: { path: 'c' }, minor_units: { EUR: 3 } }, 12],
    ['12', { path: 'a', money: { path: 'c' }, minor_units: 0 }, 12],
    ['12', { path: 'a', money: { path: 'c' }, minor_units: false }, 12],
    [undefined, { path: 'a', money: 'USD' }, null],
  ])('is the amount %s by %j', (expected, spec, a) => {
    const value = fieldOf('amount', spec, { a, c: 'eur' });
    if (expected === '-')
      expect(value).toMatch(/^\/data\/payload\/a: amount of mapping\[0\] \(payout\) must be a /);
    else expect(value).toBe(expected);
  });

  it.each([true, { BTC: 8 }])(
    'is refused in smallest units of a currency whose digits nobody knows (%j)',
    (minor_units) => {
      const spec = { path: 'a', money: { path: 'c' }, minor_units };
      expect(fieldOf('amount', spec, { a: 1, c: 'usdc' })).toBe(
        '/data/payload/a: amount of mapping[0] (payout) must be in a currency of ISO 4217, as it counts smallest units, ' +
          'or in one whose digits minor_units states, as {USDC: 6}; it is a number',
      );
    },
  );

  it.each<[unknown, MappingRule['fields'][string], JsonObject[string]]>([
    [7, 'v', 7],
    ['7', 'v', '7'],
    [false, 'v', false],
    [undefined, 'v', null],
    ['[1]', 'v', [1]],
    [7, { path: 'v', type: 'integer' }, '7.00'],
    ['9007199254740993', { path: 'v', type: 'integer' }, '9007199254740993'],
    ['v of mapping[0] (install) must be a whole number; it is a text', { path: 'v', type: 'integer' }, '7.5'],
    [7.25, { path: 'v', type: 'decimal' }, '7.250'],
    ['0.12345678901234567', { path: 'v', type: 'decimal' }, '0.12345678901234567'],
    ['7', { path: 'v', type: 'string' }, 7],
    [true, { path: 'v', type: 'boolean' }, 'Yes'],
    ['2026-01-01T05:00:00.000000Z', { path: 'v', time: 'yyyy-MM-dd', timezone: '-05:00' }, '2026-01-01'],
    ['0.07', { path: 'v', money: 'USD', minor_units: true }, 7],
  ])('of custom is %j by %j', (expected, spec, v) => {
    const found = customOf(spec, v);
    expect(typeof found === 'string' ? found.replace('custom.v', 'v') : found).toBe(expected);
  });
});

describe('a natural key', () => {
  const keyOf = (paths: string[], record: JsonObject): string | undefined =>
    compileStream(SOURCE, stream([], { primary_key: paths })).naturalKeyOf(record);

  it('is one for a number and its text, and none where a value is missing', () => {
    expect(keyOf(['a', 'b.c'], { a: 1, b: { c: 'x|y\\' } })).toBe('1|x\\|y\\\\');
    expect(keyOf(['a'], { a: '1' })).toBe('1');
    for (const a of [null, '', undefined, {}, []]) expect(keyOf(['a'], { a } as JsonObject)).toBeUndefined();
    expect(keyOf(['a'], { a: 'x'.repeat(300) })).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(keyOf(['a'], { a: 'a\nb' })).toMatch(/^sha256:/);
  });

  it('is never one of two different keys', () => {
    const part = fc.string({ unit: fc.constantFrom('a', '|', '\\', '\n', 'é'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(part, part, part, part, (a, b, c, d) => {
        fc.pre(a !== c || b !== d);
        expect(keyOf(['x', 'y'], { x: a, y: b })).not.toBe(keyOf(['x', 'y'], { x: c, y: d }));
      }),
    );
  });

  it('is the hash of the payload where it is missing, so that the same record is the same event', () => {
    const compiled = compileStream(SOURCE, stream(BESITOS));
    const rawOf = (record: JsonObject): RecordEvent =>
      compiled.recordEvent(record, { receivedAt: RECEIVED_AT });
    expect(rawOf({ b: 1, a: 2 })).toMatchObject({ natural_key: expect.stringMatching(/^sha256:/) as string });
    expect(rawOf({ b: 1, a: 2 }).event_id).toBe(rawOf({ a: 2, b: 1 }).event_id);
    expect(rawOf({ id: 1, a: 1 }).event_id).not.toBe(rawOf({ id: 1, a: 2 }).event_id);
  });

  it('is told as it is mapped', () => {
    const compiled = compileStream(SOURCE, stream(BESITOS));
    const value = fc.oneof(fc.constantFrom('1.5', 'USD', 'x', '', '2026-11-21 10:00:00'), fc.jsonValue());
    const member = fc.constantFrom(...Object.keys(RECORD));
    fc.assert(
      fc.property(fc.dictionary(member, value), (changes) => {
        const record = { ...RECORD, ...(JSON.parse(JSON.stringify(changes)) as JsonObject) };
        const raw = compiled.recordEvent(record, { receivedAt: RECEIVED_AT });
        const { events, rejections } = compiled.map(record, raw);
        const told = compiled.tell(record, RECEIVED_AT);
        expect(told.rejected).toBe(rejections.length > 0);
        expect(told.events.length).toBe(events.length);
        expect(events).toMatchObject(told.events);
      }),
    );
  });

  it('is encoded as it is written, whatever stands beside it', () => {
    const compiled = compileStream(SOURCE, stream(BESITOS));
    const text = fc.oneof(fc.string(), fc.constantFrom('},{', '},{"', '"},{"a":"', '\\', 'é', '\ud800'));
    const member = fc.constantFrom('id', 'b', 'a', 'é"', '},{', '},{"', '10', '9', '__proto__');
    const flat = fc.oneof(text, fc.constantFrom(null, true, false, 0.1, 1e21, 7));
    const like = fc.record({ id: text, b: flat, a: text });
    const inner = fc.record({ b: fc.oneof(flat, fc.array(flat)), a: text });
    const nested = fc.record({ id: text, b: fc.oneof(inner, fc.constant({}), fc.array(inner)), a: inner });
    const records = fc.oneof(
      fc.array(like, { maxLength: 40 }),
      fc.array(fc.record({ id: text, b: inner, a: inner }), { minLength: 20, maxLength: 40 }),
      fc.array(nested, { maxLength: 40 }),
      fc.array(
        fc.dictionary(member, fc.oneof(flat, fc.jsonValue({ maxDepth: 2 })), { noNullPrototype: true }),
      ),
    );
    fc.assert(
      fc.property(records, (given) => {
        const list = given.map((each) => JSON.parse(JSON.stringify(each)) as JsonObject);
        const encoded = compiled.encodeRecords(list, RECEIVED_AT);
        expect(
          encoded.map(({ value, ...rest }) => ({ ...rest, value: Buffer.from(value).toString() })),
        ).toEqual(
          list.map((record) => {
            const event = compiled.recordEvent(record, { receivedAt: RECEIVED_AT });
            const value = writeRawEvent(event, canonicalJson(record));
            return {
              event_id: event.event_id,
              natural_key: event.natural_key,
              key: rawEventKey(event.source, event.natural_key),
              value,
            };
          }),
        );
        for (const { value } of encoded) JSON.parse(Buffer.from(value).toString());
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it.each([
    ['text', (i: number) => ({ id: `${i}`, user_agent: i === 7 ? 'Mozilla/5.0 },{' : 'Mozilla/5.0' })],
    ['name', (i: number) => ({ id: `${i}`, 'user_agent},{': 'Mozilla/5.0' })],
  ])('is encoded as it is written where a %s ends in what stands between two records', (_of, recordAt) => {
    const compiled = compileStream(SOURCE, stream(BESITOS));
    const records = Array.from({ length: 20 }, (_, i) => recordAt(i));
    // They are written by one call when records of their members have come often enough
    for (let round = 0; round < 10; round++) {
      const values = compiled.encodeRecords(records, RECEIVED_AT).map(({ value }) => {
        const event = JSON.parse(Buffer.from(value).toString()) as { data: { payload: unknown } };
        return event.data.payload;
      });
      expect(values).toEqual(records);
    }
  });

  it('is encoded as it is written where many are not ASCII', () => {
    const compiled = compileStream(SOURCE, stream(BESITOS));
    for (let count = 100; count < 140; count++) {
      const records = Array.from({ length: count }, (_, i) => ({
        id: `${i}`,
        comment: `депозит по карте ${'a'.repeat(i % 5)}`.repeat(40),
      }));
      const encoded = compiled.encodeRecords(records, RECEIVED_AT);
      const payloads = encoded.map(({ value }) => {
        const event = JSON.parse(Buffer.from(value).toString()) as { data: { payload: unknown } };
        return event.data.payload;
      });
      expect(payloads).toEqual(records);
    }
  });
});

describe('mapping', () => {
  const withZone = (timezone: string): MappingRule[] => [
    {
      event: 'install',
      fields: { occurred_at: { path: 'at', time: 'yyyy-MM-dd HH:mm:ss', timezone } },
    },
  ];
  const instantIn = (timezone: string): ((at: string) => string) => {
    const compiled = compileStream(SOURCE, stream(withZone(timezone)));
    return (at) => {
      const record = { at };
      return compiled.map(record, compiled.recordEvent(record, { receivedAt: RECEIVED_AT })).events[0]!
        .occurred_at;
    };
  };

  it('of -05:00 and of America/New_York differs by one hour, in summer only', () => {
    const [fixed, newYork] = [instantIn('-05:00'), instantIn('America/New_York')];
    const minute = fc.integer({ min: Date.UTC(2008, 0, 1) / 60_000, max: Date.UTC(2036, 0, 1) / 60_000 });
    fc.assert(
      fc.property(minute, (m) => {
        const local = new Date(m * 60_000).toISOString().slice(0, 16).replace('T', ' ') + ':00';
        const [a, b] = [instantToMs(fixed(local)), instantToMs(newYork(local))];
        const isSummer = new Date(b)
          .toLocaleString('en', { timeZone: 'America/New_York', timeZoneName: 'long' })
          .includes('Daylight');
        // The hour that does not exist is read with winter's offset, and then lies in summer
        const isGap = isSummer && a === b;
        expect(isGap ? 0 : a - b).toBe(isSummer && !isGap ? 3_600_000 : 0);
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('reads what clocks skip and what they say twice with the offset before the change', () => {
    const newYork = instantIn('America/New_York');
    expect(newYork('2026-03-08 01:59:59')).toBe('2026-03-08T06:59:59.000000Z');
    expect(newYork('2026-03-08 02:30:00')).toBe('2026-03-08T07:30:00.000000Z');
    expect(newYork('2026-03-08 03:00:00')).toBe('2026-03-08T07:00:00.000000Z');
    expect(newYork('2026-11-01 01:30:00')).toBe('2026-11-01T05:30:00.000000Z');
    expect(newYork('2026-11-01 02:00:00')).toBe('2026-11-01T07:00:00.000000Z');
    expect(instantIn('Australia/Lord_Howe')('2026-04-05 01:45:00')).toBe('2026-04-04T14:45:00.000000Z');
  });

  it('gives the amount that was counted in smallest units, whatever the exponent', () => {
    const digits = { ETH: 18, USDC: 6, BTC: 8 };
    const code = fc.constantFrom(...KNOWN_CURRENCIES, 'JPY', 'KWD', 'ETH', 'USDC', 'BTC');
    fc.assert(
      fc.property(code, fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }), (currency, units) => {
        const spec = { path: 'a', money: { path: 'c' }, minor_units: digits };
        expect(fieldOf('amount', spec, { a: String(units), c: currency })).toBe(
          amountOfUnits(units, digits[currency as keyof typeof digits] ?? exponentOf(currency)),
        );
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('keeps every digit of an amount and of an id', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 38n - 1n }), (units) => {
        const amount = amountOfUnits(units, 18);
        expect(fieldOf('amount', { path: 'a', money: 'ETH' }, { a: amount })).toBe(amount);
        expect(fieldOf('player_id', 'a', { a: String(units) })).toBe(String(units));
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('never throws, gives the same again, and only what every reader of events takes', () => {
    const rules: MappingRule[] = EVENT_KINDS.map((kind: EventKind) => ({
      event: kind,
      when: { [kind]: { exists: true } },
      fields: Object.fromEntries(
        [...new Set([...requiredFieldsOf(kind), 'occurred_at', 'player_id', 'click_id', 'version'])].map(
          (name) => [name, { first_of: [name, 'v'] }],
        ),
      ),
      custom: { v: 'v', t: { path: 'v', type: 'timestamp' } },
      custom_rest: true,
    }));
    const compiled = compileStream(SOURCE, stream(rules));
    // Without members of the record's own names events are counted by a way of its own
    const plain = rules.map(({ custom: _custom, custom_rest: _rest, ...rule }) => rule);
    const counting = [
      compiled,
      compileStream(SOURCE, stream(plain)),
      compileStream(
        SOURCE,
        stream(plain.filter(({ event }) => ['payout', 'refund', 'reversal', 'retraction'].includes(event))),
      ),
    ];
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(
        '2026-01-01T00:00:00Z',
        '1',
        'USD',
        'IN',
        '40.50',
        'fd3ba970-2330-4576-94ba-e1efc470bd56',
        '\ud800',
        'a\0',
      ),
    ) as fc.Arbitrary<JsonObject[string]>;
    const names = [
      ...EVENT_KINDS,
      'v',
      'occurred_at',
      'amount',
      'currency',
      'id',
      'player_id',
      '__proto__',
      'constructor',
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value, { noNullPrototype: true }), (record) => {
        const raw = compiled.recordEvent(record, { receivedAt: RECEIVED_AT });
        const once = compiled.map(record, raw);
        expect(compiled.map(record, raw)).toEqual(once);
        for (const event of once.events) {
          expect((parseCanonicalEvent(serializeCanonicalEvent(event)) as CanonicalEvent).kind).toBe(
            event.kind,
          );
        }
        for (const each of counting) {
          const { events, rejections } = each.map(record, raw);
          const told = each.tell(record, RECEIVED_AT);
          expect(told.rejected).toBe(rejections.length > 0);
          expect(told.events.map(countedOf)).toEqual(events.map(countedOf));
        }
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});

/** What counts of an event. */
function countedOf(event: { kind: string; amount?: string; currency?: string }): object {
  return { kind: event.kind, amount: event.amount, currency: event.currency };
}
