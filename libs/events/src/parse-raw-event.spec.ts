import fc from 'fast-check';
import {
  exampleRawClick,
  exampleRawConversion,
  exampleRawInstall,
  exampleRecordEvent,
} from '#test/example-events';
import { publishedSchema } from '#test/published-schemas';
import { garbage, memberValue, pointersOf, withMember } from '#test/record-variations';
import { propertyRuns } from '#test/property-runs';
import { DEAD_LETTER_REASONS, type Rejection } from './dead-letter.js';
import { parseRawEvent } from './parse-raw-event.js';
import { serializeRawEvent, type RawEvent, type RecordEvent } from './raw-event.js';

const deposit = serializeRawEvent(exampleRawConversion());
const install = serializeRawEvent(exampleRawInstall());
const click = serializeRawEvent(exampleRawClick());
const record = serializeRawEvent(exampleRecordEvent());

function isRejection(parsed: RawEvent | RecordEvent | Rejection): parsed is Rejection {
  return 'kind' in parsed;
}

describe('parseRawEvent', () => {
  it.each([
    ['deposit', exampleRawConversion()],
    ['test install', exampleRawInstall({ test: true })],
    ['click', exampleRawClick()],
    [
      'bare click',
      exampleRawClick({ link: undefined, utm: undefined, client: undefined, player_id: undefined }),
    ],
    ['record of a partner', exampleRecordEvent({ source: 'besitos', receipt_id: undefined })],
    ['postback', exampleRecordEvent()],
    ['player in another script', exampleRawInstall({ player_id: 'é漢'.repeat(25) })],
  ])('reads a %s back', (_what, raw) => {
    expect(parseRawEvent(serializeRawEvent(raw))).toEqual(raw);
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
    [withMember(deposit, '/source', 'Crystal ball'), 'unknown_source', '/source'],
    [withMember(record, '/data/stream', 'Whispers'), 'invalid_field', '/data/stream'],
    [withMember(record, '/data/payload', []), 'invalid_field', '/data/payload'],
    [withMember(record, '/data/receipt_id', 'r1'), 'invalid_field', '/data/receipt_id'],
    [withMember(record, '/data/brand', ''), 'invalid_field', '/data/brand'],
    [withMember(record, '/id', 'e1'), 'invalid_field', '/id'],
    [withMember(record, '/subject', undefined), 'invalid_field', '/subject'],
    [withMember(deposit, '/source', undefined), 'unknown_source', '/source'],
    [withMember(deposit, '/data/stream', 'whispers'), 'unknown_source', '/data/stream'],
    [withMember(deposit, '/data/payload/type', 'withdrawal'), 'unknown_kind', '/data/payload/type'],
    [withMember(deposit, '/data/payload/type', undefined), 'unknown_kind', '/data/payload/type'],
    [withMember(deposit, '/id', 'e1'), 'invalid_field', '/id'],
    [withMember(deposit, '/id', undefined), 'invalid_field', '/id'],
    [withMember(deposit, '/subject', ''), 'invalid_field', '/subject'],
    [withMember(deposit, '/subject', 'x'.repeat(513)), 'invalid_field', '/subject'],
    [withMember(deposit, '/time', '2026-11-21T10:00:00Z'), 'invalid_field', '/time'],
    [withMember(deposit, '/trace_parent', '00-1'), 'invalid_field', ''],
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
    [
      withMember(deposit, '/data/payload/client/geo', { city: ['\ud800'] }),
      'invalid_field',
      '/data/payload/client',
    ],
    [
      withMember(deposit, '/data/payload/client/geo', { 'city\0': 1 }),
      'invalid_field',
      '/data/payload/client',
    ],
    [withMember(deposit, '/data/payload/client/geo\0', 1), 'invalid_field', '/data/payload/client'],
    [withMember(click, '/data/payload/sub_ids/sub11', 'x'), 'invalid_field', '/data/payload/sub_ids'],
    [withMember(click, '/data/payload/utm/source', null), 'invalid_field', '/data/payload/utm/source'],
  ])('refuses %s as %s at "%s"', (record, reason, path) => {
    expect(parseRawEvent(record)).toMatchObject({ kind: 'dead_letter', reason, path });
  });

  it.each([
    ['/traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    ['/sequence', { any: ['thing'] }],
    ['/data/shard', 7],
    ['/data/payload/geo', { country: 'AT' }],
    ['/data/payload/text', 'a\0\ud800'],
    ['/data/payload/constructor', 'x'],
    ['/data/payload/client/geo', { country: ['AT'] }],
  ])('takes an event with a member %s of a newer producer', (pointer, value) => {
    for (const raw of [exampleRawConversion(), exampleRawClick()]) {
      expect(parseRawEvent(withMember(serializeRawEvent(raw), pointer, value))).toMatchObject(raw);
    }
  });

  it('takes nesting of any depth where it ignores it, and of 16 levels where it stores it', () => {
    const nested = (pointer: string, levels: number): string =>
      withMember(deposit, pointer, 'NESTED').replace('"NESTED"', '['.repeat(levels) + ']'.repeat(levels));
    const isTaken = (pointer: string, levels: number): boolean =>
      !isRejection(parseRawEvent(nested(pointer, levels)));
    expect(isTaken('/data/payload/geo', 50_000)).toBe(true);
    expect([16, 17, 50_000].map((levels) => isTaken('/data/payload/client/geo', levels))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('takes an event with a member named __proto__ for what it is without', () => {
    const parsed = parseRawEvent(
      deposit.replace('"type":"deposit"', '"type":"deposit","__proto__":{"test":true}'),
    );
    expect(parsed).toMatchObject({ payload: { type: 'deposit' } });
    expect((parsed as RawEvent & { payload: { test?: true } }).payload.test).toBeUndefined();
  });

  it('never repeats the value it refuses', () => {
    const secret = 'Hunter2-zq';
    for (const pointer of [
      '/id',
      '/source',
      '/time',
      '/data/stream',
      '/data/payload/type',
      '/data/payload/client/ip',
    ]) {
      expect(JSON.stringify(parseRawEvent(withMember(deposit, pointer, secret)))).not.toContain(secret);
    }
    const client = withMember(deposit, '/data/payload/client', { [secret]: `${secret}\0` });
    expect(parseRawEvent(client)).toMatchObject({ kind: 'dead_letter', path: '/data/payload/client' });
    expect(JSON.stringify(parseRawEvent(client))).not.toContain(secret);
    expect(JSON.stringify(parseRawEvent(`{${secret}`))).not.toContain(secret);
  });

  it('gives one rejection for any garbage and never throws', () => {
    fc.assert(
      fc.property(garbage([deposit, click, record]), (record) => {
        const parsed = parseRawEvent(record);
        expect(parsed).toMatchObject({ kind: 'dead_letter', path: expect.any(String) as string });
        expect(DEAD_LETTER_REASONS).toContain((parsed as Rejection).reason);
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('takes exactly what the published schemas take', () => {
    const pointers = fc.constantFrom(
      ...[deposit, install, click, record].flatMap((r) => pointersOf(r).map((p) => [r, p] as const)),
    );
    fc.assert(
      fc.property(pointers, memberValue, ([text, pointer], value) => {
        fc.pre(!CHOOSES_THE_SCHEMA.includes(pointer));
        const changed = withMember(text, pointer, value);
        expect([changed, isRejection(parseRawEvent(changed))]).toEqual([
          changed,
          !schemaOf(text)(JSON.parse(changed)),
        ]);
      }),
      { numRuns: propertyRuns(500) },
    );
  });
});

const CHOOSES_THE_SCHEMA = ['/source', '/data/stream'];

function schemaOf(text: string): (event: unknown) => unknown {
  if (text === record) return publishedSchema('raw-event-record');
  return publishedSchema(text === click ? 'raw-event-pixel-click' : 'raw-event-pixel-conversion');
}
