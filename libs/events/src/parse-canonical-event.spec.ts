import fc from 'fast-check';
import { EXAMPLE_RECORDS, leastRecord } from '#test/example-entities';
import { exampleCanonicalEvents } from '#test/example-events';
import { publishedSchema } from '#test/published-schemas';
import { garbage, memberValue, pointersOf, withMember } from '#test/record-variations';
import { propertyRuns } from '#test/property-runs';
import { EVENT_KINDS, serializeCanonicalEvent, type EventKind } from './canonical-event.js';
import { DEAD_LETTER_REASONS, type Rejection } from './dead-letter.js';
import { forEachKind } from './entities/registry.js';
import { parseCanonicalEvent } from './parse-canonical-event.js';

const events = exampleCanonicalEvents();
const records = Object.fromEntries(events.map((e) => [e.kind, serializeCanonicalEvent(e)])) as Record<
  EventKind,
  string
>;
const changed = (kind: EventKind, pointer: string, value: unknown): string =>
  withMember(records[kind], pointer, value);

/** A link with one end. */
function lonely(link: string): string {
  return ['click_id', 'user_id', 'player_id'].reduce(
    (r, id) => withMember(r, `/data/${id}`, undefined),
    link,
  );
}

function reversalOfNobody(reversal: string): string {
  const named = withMember(reversal, '/data/conversion_type', 'registration');
  return ['click_id', 'player_id'].reduce((r, id) => withMember(r, `/data/${id}`, undefined), named);
}

describe('parseCanonicalEvent', () => {
  it.each(events)('reads a $kind back', (event) => {
    expect(parseCanonicalEvent(serializeCanonicalEvent(event))).toEqual(event);
  });

  it.each(events)('reads a $kind with the fewest fields back', ({ kind, ...all }) => {
    const { event_id, source, stream, brand, natural_key, occurred_at, received_at } = all;
    const { player_id } = all;
    const money = { transaction_id: '1', amount: '40', currency: 'USD' };
    const own = {
      install: {},
      registration: {},
      deposit: {},
      purchase: {},
      payout: { partner: 'offers', transaction_id: '1' },
      withdrawal: { player_id, ...money },
      bonus: { player_id, ...money },
      refund: { conversion_type: 'deposit', refund_id: 'r', ...money },
      reversal: { conversion_type: 'deposit', transaction_id: '1' },
      retraction: { conversion_type: 'registration', version: '1' },
      click: { click_id: all.click_id },
      touchpoint: { touch_id: all.click_id },
      identity_link: { client_id: 'c', user_id: 'u' },
      ...forEachKind((k) => ({ record: leastRecord(k) })),
    }[kind];
    const least = { kind, event_id, source, stream, brand, natural_key, occurred_at, received_at, ...own };
    expect(parseCanonicalEvent(serializeCanonicalEvent(least as never))).toEqual(least);
  });

  it.each([
    [null, 'invalid_json', ''],
    ['', 'invalid_json', ''],
    ['{"specversion":"1.0"', 'invalid_json', ''],
    ['[]', 'invalid_envelope', ''],
    ['{}', 'invalid_envelope', '/specversion'],
    [changed('deposit', '/type', 'tributary.raw.v1'), 'invalid_envelope', '/type'],
    [changed('deposit', '/data', 'x'), 'invalid_envelope', '/data'],
    [changed('deposit', '/data/kind', 'withdraw'), 'unknown_kind', '/data/kind'],
    [changed('deposit', '/data/kind', 'constructor'), 'unknown_kind', '/data/kind'],
    [changed('deposit', '/id', 'e1'), 'invalid_field', '/id'],
    [changed('deposit', '/source', 'Pixel Server'), 'invalid_field', '/source'],
    [changed('deposit', '/subject', 'a\0'), 'invalid_field', '/subject'],
    [changed('deposit', '/time', '2026-11-21'), 'invalid_field', '/time'],
    [changed('deposit', '/Trace-Parent', 'x'), 'invalid_field', ''],
    [changed('deposit', '/data/brand', undefined), 'invalid_field', '/data/brand'],
    [changed('deposit', '/data/stream', ''), 'invalid_field', '/data/stream'],
    [
      changed('deposit', '/data/occurred_at', '2026-02-30T10:00:00.000000Z'),
      'invalid_field',
      '/data/occurred_at',
    ],
    [changed('deposit', '/data/amount', '40.50'), 'invalid_field', '/data/amount'],
    [changed('deposit', '/data/amount', 40.5), 'invalid_field', '/data/amount'],
    [changed('deposit', '/data/amount', '-1'), 'invalid_field', '/data/amount'],
    [changed('deposit', '/data/amount', undefined), 'invalid_field', '/data/amount'],
    [changed('deposit', '/data/currency', undefined), 'invalid_field', '/data/currency'],
    [changed('deposit', '/data/currency', 'usd'), 'invalid_field', '/data/currency'],
    [changed('deposit', '/data/transaction_id', 'e\u0301'), 'invalid_field', '/data/transaction_id'],
    [changed('install', '/data/is_test', 'true'), 'invalid_field', '/data/is_test'],
    [changed('install', '/data/version', 7), 'invalid_field', '/data/version'],
    [changed('install', '/data/receipt_id', 'r1'), 'invalid_field', '/data/receipt_id'],
    [changed('install', '/data/raw_position', '1'), 'invalid_field', '/data/raw_position'],
    [changed('install', '/data/custom', []), 'invalid_field', '/data/custom'],
    [changed('install', '/data/custom', { a: { b: 1 } }), 'invalid_field', '/data/custom'],
    [changed('click', '/data/click_id', undefined), 'invalid_field', '/data/click_id'],
    [changed('touchpoint', '/data/touch_id', undefined), 'invalid_field', '/data/touch_id'],
    [lonely(records.identity_link), 'invalid_field', '/data'],
    [changed('install', '/data/version', '2026-11-21 10:00:00'), 'invalid_field', '/data/version'],
    [changed('install', '/data/version', '1234567890123456789'), 'invalid_field', '/data/version'],
    [changed('install', '/data/trust', 'pixel'), 'invalid_field', '/data/trust'],
    [changed('deposit', '/data/status', 'reversed'), 'invalid_field', '/data/status'],
    [changed('payout', '/data/partner', undefined), 'invalid_field', '/data/partner'],
    [changed('payout', '/data/transaction_id', undefined), 'invalid_field', '/data/transaction_id'],
    [changed('bonus', '/data/amount', undefined), 'invalid_field', '/data/amount'],
    [changed('refund', '/data/conversion_type', 'install'), 'invalid_field', '/data/conversion_type'],
    [changed('refund', '/data/partner', undefined), 'invalid_field', '/data/partner'],
    [changed('refund', '/data/refund_id', undefined), 'invalid_field', '/data/refund_id'],
    [changed('reversal', '/data/transaction_id', undefined), 'invalid_field', '/data/transaction_id'],
    [changed('reversal', '/data/partner', undefined), 'invalid_field', '/data/partner'],
    [changed('retraction', '/data/version', undefined), 'invalid_field', '/data/version'],
    [changed('retraction', '/data/conversion_type', undefined), 'invalid_field', '/data/conversion_type'],
    [changed('retraction', '/data/conversion_type', 'click'), 'invalid_field', '/data/conversion_type'],
    [changed('retraction', '/data/transaction_id', undefined), 'invalid_field', '/data/transaction_id'],
    [changed('retraction', '/data/partner', undefined), 'invalid_field', '/data/partner'],
    [reversalOfNobody(records.reversal), 'invalid_field', '/data/click_id'],
    [changed('install', '/data/custom', { a: 2 ** 53 }), 'invalid_field', '/data/custom'],
    [changed('player', '/data/record', undefined), 'invalid_field', '/data/record'],
    [changed('player', '/data/record', []), 'invalid_field', '/data/record'],
    [changed('player', '/data/record/id', undefined), 'invalid_field', '/data/record/id'],
    [changed('player', '/data/record/id', 1874552), 'invalid_field', '/data/record/id'],
    [changed('player', '/data/record/birthday', '2001-02-29'), 'invalid_field', '/data/record/birthday'],
    [changed('player', '/data/record/birthday', '0000-01-01'), 'invalid_field', '/data/record/birthday'],
    [changed('player', '/data/record/is_blocked', 'true'), 'invalid_field', '/data/record/is_blocked'],
    [changed('player', '/data/record/city', null), 'invalid_field', '/data/record/city'],
    [
      changed('contact', '/data/record/modified_at', '2026-11-21 10:00:00'),
      'invalid_field',
      '/data/record/modified_at',
    ],
    [changed('wallet', '/data/record/balance', '1e2'), 'invalid_field', '/data/record/balance'],
    [changed('transaction', '/data/record/amount', '-1'), 'invalid_field', '/data/record/amount'],
    [changed('transaction', '/data/record/dir', 'in'), 'invalid_field', '/data/record/dir'],
    [changed('transaction', '/data/record/status', 'Done'), 'invalid_field', '/data/record/status'],
    [changed('game_session', '/data/record/bet_count', 7), 'invalid_field', '/data/record/bet_count'],
    [changed('game_session', '/data/record/win_count', '07'), 'invalid_field', '/data/record/win_count'],
    [
      changed('game_session', '/data/record/win_count', '1'.repeat(19)),
      'invalid_field',
      '/data/record/win_count',
    ],
    [changed('click', '/data/is_test', 1), 'invalid_field', '/data/is_test'],
    [changed('click', '/data/utm/term', 7), 'invalid_field', '/data/utm/term'],
    [changed('click', '/data/sub_ids/sub11', 'x'), 'invalid_field', '/data/sub_ids'],
  ])('refuses %s as %s at "%s"', (record, reason, path) => {
    expect(parseCanonicalEvent(record)).toMatchObject({ kind: 'dead_letter', reason, path });
  });

  const unstorable = fc.constantFrom('\0', 'a\0b', '\ud800', '\udc00\ud800', 'é\0', '𝒹\ud835');
  it.each([
    ['click', '/data/player_id', (t: string) => t, '/data/player_id'],
    ['click', '/data/referrer', (t: string) => t, '/data/referrer'],
    ['click', '/data/link', (t: string) => t, '/data/link'],
    ['click', '/data/sub_ids/sub3', (t: string) => t, '/data/sub_ids/sub3'],
    ['click', '/data/sub_ids', (t: string) => ({ [t]: 'x' }), '/data/sub_ids'],
    ['click', '/data/utm/campaign', (t: string) => t, '/data/utm/campaign'],
    ['click', '/data/ad_click_ids/gclid', (t: string) => t, '/data/ad_click_ids/gclid'],
    ['click', '/data/ad_click_ids', (t: string) => ({ [t]: 'x' }), '/data/ad_click_ids'],
    ['install', '/data/client/user_agent', (t: string) => t, '/data/client/user_agent'],
    ['install', '/data/client/geo', (t: string) => t, '/data/client'],
    ['install', '/data/client/geo', (t: string) => ({ city: [{ name: t }] }), '/data/client'],
    ['install', '/data/client/geo', (t: string) => ({ city: [{ [t]: 1 }] }), '/data/client'],
    ['install', '/data/client', (t: string) => ({ [t]: 1 }), '/data/client'],
    ['deposit', '/data/custom/tier', (t: string) => t, '/data/custom'],
    ['deposit', '/data/custom', (t: string) => ({ [t]: true }), '/data/custom'],
    ['deposit', '/data/transaction_id', (t: string) => t, '/data/transaction_id'],
    ['deposit', '/subject', (t: string) => t, '/subject'],
  ] as const)('refuses in a %s at %s text that PostgreSQL does not store', (kind, pointer, value, path) => {
    fc.assert(
      fc.property(unstorable, (text) => {
        const parsed = parseCanonicalEvent(changed(kind, pointer, value(text)));
        expect(parsed).toMatchObject({ kind: 'dead_letter', reason: 'invalid_field', path });
      }),
      { numRuns: propertyRuns(20) },
    );
  });

  it.each(EVENT_KINDS)('ignores in a %s what a newer producer adds', (kind) => {
    const event = events.find((e) => e.kind === kind)!;
    for (const [pointer, value] of [
      ['/traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
      ['/data/geo', { country: ['AT'] }],
      ['/data/constructor', 'a\0'],
      ['/data/event_id', 'forged'],
      ['/data/received_at', 'forged'],
    ] as const) {
      expect(parseCanonicalEvent(changed(kind, pointer, value))).toMatchObject(event);
    }
  });

  it('ignores in a record what a newer producer adds, and takes a balance below zero', () => {
    const added = changed('wallet', '/data/record/limit', { daily: '5' });
    expect(parseCanonicalEvent(added)).toMatchObject({ record: EXAMPLE_RECORDS.wallet });
    const owed = changed('wallet', '/data/record/balance', '-0.000000000000000001');
    expect(parseCanonicalEvent(owed)).toMatchObject({ record: { balance: '-0.000000000000000001' } });
  });

  it('never repeats the value it refuses', () => {
    const secret = 'hunter2-ZQ';
    for (const pointer of [
      '/id',
      '/source',
      '/time',
      '/data/kind',
      '/data/click_id',
      `/data/sub_ids/${secret}`,
    ]) {
      expect(JSON.stringify(parseCanonicalEvent(changed('click', pointer, secret)))).not.toContain(secret);
    }
    const custom = changed('deposit', '/data/custom', { [secret]: [secret] });
    expect(JSON.stringify(parseCanonicalEvent(custom))).not.toContain(secret);
  });

  it('gives one rejection for any garbage and never throws', () => {
    fc.assert(
      fc.property(garbage(Object.values(records)), (record) => {
        const parsed = parseCanonicalEvent(record);
        expect(parsed).toMatchObject({ kind: 'dead_letter', path: expect.any(String) as string });
        expect(DEAD_LETTER_REASONS).toContain((parsed as Rejection).reason);
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('takes exactly what the published schemas take', () => {
    const pointers = fc.constantFrom(
      ...EVENT_KINDS.flatMap((kind) => pointersOf(records[kind]).map((p) => [kind, p] as const)),
    );
    fc.assert(
      fc.property(pointers, memberValue, ([kind, pointer], value) => {
        fc.pre(pointer !== '/data/kind'); // it chooses the schema
        const record = changed(kind, pointer, value);
        expect([record, parseCanonicalEvent(record).kind === 'dead_letter']).toEqual([
          record,
          !publishedSchema(kind.replace('_', '-'))(JSON.parse(record)),
        ]);
      }),
      { numRuns: propertyRuns(1_000) },
    );
  });
});
