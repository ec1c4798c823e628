import fc from 'fast-check';
import { DEAD_LETTER_REASONS, serializeRawEvent, type RawEvent, type Rejection } from '#libs/events';
import { exampleRawClick, exampleRawConversion, exampleRawInstall } from '#test/example-events';
import { publishedSchema } from '#test/published-schemas';
import { parseRawRecord } from './parse-raw-event.js';

type Json = Record<string, unknown>;
const deposit = serializeRawEvent(exampleRawConversion());
const install = serializeRawEvent(exampleRawInstall());
const click = serializeRawEvent(exampleRawClick());

/** The record with the member at the JSON pointer set; `undefined` takes it away. */
function withMember(record: string, pointer: string, value: unknown): string {
  const root = JSON.parse(record) as Json;
  const names = pointer.split('/').slice(1);
  const holder = names.slice(0, -1).reduce((o, name) => o[name] as Json, root);
  holder[names.at(-1)!] = value;
  return JSON.stringify(root);
}

function isRejection(parsed: RawEvent | Rejection): parsed is Rejection {
  return 'kind' in parsed;
}

describe('parseRawRecord', () => {
  it.each([
    ['deposit', exampleRawConversion()],
    ['test install', exampleRawInstall({ test: true })],
    ['click', exampleRawClick()],
    [
      'bare click',
      exampleRawClick({ link: undefined, utm: undefined, client: undefined, player_id: undefined }),
    ],
    ['player in another script', exampleRawInstall({ player_id: 'é漢'.repeat(25) })],
  ])('reads a %s back', (_what, raw) => {
    expect(parseRawRecord(serializeRawEvent(raw))).toEqual(raw);
  });

  it.each([
    [null, 'invalid_json', ''],
    ['', 'invalid_json', ''],
    ['{"id":', 'invalid_json', ''],
    ['null', 'invalid_envelope', ''],
    ['[]', 'invalid_envelope', ''],
    ['"text"', 'invalid_envelope', ''],
    ['{}', 'invalid_envelope', '/specversion'],
    ['{"specversion":"1.0"}', 'invalid_envelope', '/type'],
    [withMember(deposit, '/type', 'tributary.event.v1'), 'invalid_envelope', '/type'],
    [withMember(deposit, '/data', null), 'invalid_envelope', '/data'],
    [withMember(deposit, '/source', 'crystal-ball'), 'unknown_source', '/source'],
    [withMember(deposit, '/source', undefined), 'unknown_source', '/source'],
    [withMember(deposit, '/data/stream', 'whispers'), 'unknown_source', '/data/stream'],
    [withMember(deposit, '/data/payload/type', 'withdrawal'), 'unknown_kind', '/data/payload/type'],
    [withMember(deposit, '/data/payload/type', undefined), 'unknown_kind', '/data/payload/type'],
    [withMember(deposit, '/id', 'e1'), 'invalid_field', '/id'],
    [withMember(deposit, '/id', undefined), 'invalid_field', '/id'],
    [withMember(deposit, '/subject', ''), 'invalid_field', '/subject'],
    [withMember(deposit, '/subject', 'x'.repeat(513)), 'invalid_field', '/subject'],
    [withMember(deposit, '/time', '2026-11-21T10:00:00Z'), 'invalid_field', '/time'],
    [withMember(deposit, '/traceparent', '00-1'), 'invalid_field', ''],
    [withMember(deposit, '/data/brand', undefined), 'invalid_field', '/data/brand'],
    [withMember(deposit, '/data/receipt_id', 'r1'), 'invalid_field', '/data/receipt_id'],
    [withMember(deposit, '/data/payload', []), 'invalid_field', '/data/payload'],
    [withMember(deposit, '/data/payload/click_id', undefined), 'invalid_field', '/data/payload/click_id'],
    [withMember(deposit, '/data/payload/player_id', 1874552), 'invalid_field', '/data/payload/player_id'],
    [
      withMember(deposit, '/data/payload/player_id', 'é'.repeat(65)),
      'invalid_field',
      '/data/payload/player_id',
    ],
    [withMember(deposit, '/data/payload/player_id', 'e\u0301'), 'invalid_field', '/data/payload/player_id'],
    [withMember(deposit, '/data/payload/player_id', '\ud83d'), 'invalid_field', '/data/payload/player_id'],
    [withMember(deposit, '/data/payload/amount', 40.5), 'invalid_field', '/data/payload/amount'],
    [withMember(deposit, '/data/payload/amount', '-1'), 'invalid_field', '/data/payload/amount'],
    [withMember(deposit, '/data/payload/amount', undefined), 'invalid_field', '/data/payload/amount'],
    [withMember(deposit, '/data/payload/currency', undefined), 'invalid_field', '/data/payload/currency'],
    [withMember(deposit, '/data/payload/type', 'install'), 'invalid_field', '/data/payload/amount'],
    [withMember(deposit, '/data/payload/test', false), 'invalid_field', '/data/payload/test'],
    [withMember(deposit, '/data/payload/client', 'me'), 'invalid_field', '/data/payload/client'],
    [withMember(deposit, '/data/payload/client/ip', 'here'), 'invalid_field', '/data/payload/client/ip'],
    [
      withMember(deposit, '/data/payload/client/user_agent', 'a\0b'),
      'invalid_field',
      '/data/payload/client/user_agent',
    ],
    [withMember(deposit, '/data/payload/constructor', 'x'), 'invalid_field', '/data/payload'],
    [
      deposit.replace('"type":"deposit"', '"type":"deposit","__proto__":{}'),
      'invalid_field',
      '/data/payload',
    ],
    [withMember(click, '/data/payload/test', true), 'invalid_field', '/data/payload'],
    [withMember(click, '/data/payload/sub_ids/sub11', 'x'), 'invalid_field', '/data/payload/sub_ids'],
    [withMember(click, '/data/payload/utm/source', null), 'invalid_field', '/data/payload/utm/source'],
  ])('refuses %s as %s at "%s"', (record, reason, path) => {
    expect(parseRawRecord(record)).toMatchObject({ kind: 'dead_letter', reason, path });
  });

  it('never repeats the value it refuses', () => {
    const secret = 'hunter2-zq';
    for (const pointer of [
      '/id',
      '/source',
      '/time',
      '/data/stream',
      '/data/payload/type',
      '/data/payload/client/ip',
      `/data/payload/${secret}`,
    ]) {
      expect(JSON.stringify(parseRawRecord(withMember(deposit, pointer, secret)))).not.toContain(secret);
    }
    expect(JSON.stringify(parseRawRecord(`{${secret}`))).not.toContain(secret);
  });

  it('gives one rejection for any garbage and never throws', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((b) => Buffer.from(b).toString('utf8'));
    const torn = fc
      .tuple(fc.constantFrom(deposit, click), fc.nat())
      .map(([r, at]) => r.slice(0, at % r.length));
    fc.assert(
      fc.property(fc.oneof(bytes, fc.string({ unit: 'binary' }), fc.json(), torn), (record) => {
        const parsed = parseRawRecord(record);
        expect(parsed).toMatchObject({ kind: 'dead_letter', path: expect.any(String) as string });
        expect(DEAD_LETTER_REASONS).toContain((parsed as Rejection).reason);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes exactly what the published schemas take', () => {
    const values = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown[]>(
        undefined,
        null,
        true,
        false,
        0,
        '',
        ' ',
        'install',
        'deposit',
        'USD',
        'usd',
        '40.5',
        '40.50',
        '-0',
        '1e3',
        'a\u0000',
        'a\n',
        '\ud800',
        'sub1',
        '2026-11-21T10:00:00.000000Z',
        '2026-02-30T10:00:00.000000Z',
        'fd3ba970-2330-4576-94ba-e1efc470bd56',
        {},
        [],
        { sub1: 'x' },
        { source: '' },
        { ip: '::1' },
        { gclid: 'x' },
        { 'G C': 'x' },
      ),
    );
    const pointers = fc.constantFrom(
      ...[deposit, install, click].flatMap((r) => pointersOf(r).map((p) => [r, p] as const)),
    );
    fc.assert(
      fc.property(pointers, values, ([record, pointer], value) => {
        fc.pre(pointer !== '/data/stream'); // it chooses the schema
        fc.pre(!JSON.stringify(value ?? null).includes('e\u0301')); // no schema can ask for NFC
        const changed = withMember(record, pointer, value);
        expect([changed, isRejection(parseRawRecord(changed))]).toEqual([
          changed,
          !schemaOf(record)(JSON.parse(changed)),
        ]);
      }),
      { numRuns: 2_000 },
    );
  });
});

function schemaOf(record: string): (event: unknown) => unknown {
  return publishedSchema(record === click ? 'raw-event-pixel-click' : 'raw-event-pixel-conversion');
}

/** Pointers of all members of a record, and of one that is not known beside each. */
function pointersOf(record: string): string[] {
  const walk = (value: unknown, at: string): string[] =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? [
          `${at}/unknown`,
          ...Object.entries(value).flatMap(([name, v]) => [`${at}/${name}`, ...walk(v, `${at}/${name}`)]),
        ]
      : [];
  return walk(JSON.parse(record), '');
}
