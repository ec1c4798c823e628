import { SCHEMA_NAMES, publishedSchema, schemaProblems } from '#test/published-schemas';
import {
  exampleCanonicalEvents,
  exampleRawClick,
  exampleRawConversion,
  exampleRawInstall,
  exampleRecordEvent,
} from '#test/example-events';
import {
  DEAD_LETTER_REASONS,
  EVENT_KINDS,
  deadLetterOf,
  hashParts,
  serializeCanonicalEvent,
  serializeConversion,
  serializeDeadLetter,
  serializeRawEvent,
  truncateDeadLetter,
  type Conversion,
} from './index.js';

const raw = exampleRawClick();
const canonical = exampleCanonicalEvents();
const base = canonical[0]!;

const conversion: Conversion = {
  conversion_id: hashParts(['x']).slice(0, 32),
  brand: 'spacevegas',
  type: 'deposit',
  conversion_key: 'tx:123456789',
  player_id: '1874552',
  click_id: null,
  client_id: '1337.1763718740',
  user_id: null,
  transaction_id: '123456789',
  occurred_at: base.occurred_at,
  amount: '-0.000000000000000001',
  currency: 'ETH',
  net_amount: '0',
  status: 'approved',
  is_first_deposit: true,
  sources: ['pixel-browser', 'pixel-server'],
  conflict: false,
  provenance: { amount: 'pixel-server' },
  sub_ids: { sub1: 'a' },
  custom: {},
  first_touch: null,
  last_touch: {
    at: base.occurred_at,
    source: 'affiliate-42',
    medium: null,
    campaign: null,
    click_id: raw.payload.click_id,
  },
  attributed: true,
  first_received_at: base.received_at,
  updated_at: base.received_at,
};

const deadLetter = deadLetterOf(
  { kind: 'dead_letter', reason: 'invalid_field', path: '/data/payload/amount', detail: 'must be a decimal' },
  { topic: 'raw-events', partition: 0, offset: 7n, key: 'k', value: serializeRawEvent(raw) },
  { app: 'normalizer', version: '0.1.0', now: base.received_at },
);

const examples: [name: string, values: string[]][] = [
  ['raw-event-pixel-conversion', [exampleRawConversion(), exampleRawInstall()].map(serializeRawEvent)],
  ['raw-event-pixel-click', [exampleRawClick()].map(serializeRawEvent)],
  ['raw-event-record', [exampleRecordEvent()].map(serializeRawEvent)],
  ...canonical.map((e): [string, string[]] => [e.kind.replace('_', '-'), [serializeCanonicalEvent(e)]]),
  ['dead-letter', [deadLetter, truncateDeadLetter(deadLetter, 1_000_000)].map(serializeDeadLetter)],
  ['conversion', [serializeConversion(conversion)]],
];

describe('published schemas', () => {
  it('name everything that flows, each with an example here', () => {
    expect(canonical.map((e) => e.kind)).toEqual(EVENT_KINDS);
    expect(examples.map(([name]) => name).sort()).toEqual(SCHEMA_NAMES);
  });

  it('list every reason of a dead letter', () => {
    for (const reason of DEAD_LETTER_REASONS) {
      expect(schemaProblems(serializeDeadLetter({ ...deadLetter, reason }))).toEqual([]);
    }
    const unknown = serializeDeadLetter(deadLetter).replace('"invalid_field"', '"bad_luck"');
    expect(schemaProblems(unknown)).toHaveLength(1);
  });

  describe.each(examples)('%s', (name, values) => {
    it('compiles strictly and describes every field', () => {
      const { schema } = publishedSchema(name);
      expect(fieldsWithoutDescription(schema, '')).toEqual([]);
    });

    it('takes what is serialized', () => {
      for (const value of values) {
        expect(schemaProblems(value)).toEqual([]);
        expect(publishedSchema(name)(JSON.parse(value))).toBe(true);
      }
    });

    it('refuses an example with any one known member of another type, or without one that it requires', () => {
      for (const value of values) {
        for (const path of membersOf(JSON.parse(value))) {
          if (isFree(path, name)) continue;
          expect([path, publishedSchema(name)(changed(value, path, () => [[]]))]).toEqual([path, false]);
        }
        for (const required of ['specversion', 'id', 'source', 'type', 'subject', 'time', 'data']) {
          expect([required, publishedSchema(name)(changed(value, [required], () => undefined))]).toEqual([
            required,
            false,
          ]);
        }
      }
    });

    it('takes extension attributes, and unknown members where a newer producer may add them', () => {
      const closed = name === 'conversion' || name === 'dead-letter';
      for (const value of values) {
        const takes = (path: string[]): unknown => publishedSchema(name)(changed(value, path, () => ({})));
        expect(takes(['traceparent'])).toBe(true);
        expect(takes(['Trace-Parent'])).toBe(false);
        expect(takes(['data', 'unknown'])).toBe(!closed);
        const data = (JSON.parse(value) as { data: { payload?: object } }).data;
        if (data.payload) expect(takes(['data', 'payload', 'unknown'])).toBe(true);
        for (const map of ['sub_ids', 'utm', 'ad_click_ids'].filter((m) => m in (data.payload ?? data))) {
          expect([map, takes([...(data.payload ? ['data', 'payload'] : ['data']), map, 'Unknown'])]).toEqual([
            map,
            false,
          ]);
        }
      }
    });
  });

  it.each([
    ['an amount with a trailing zero', { amount: '40.50' }],
    ['an amount below zero', { amount: '-1' }],
    ['an exponent', { amount: '1e2' }],
    ['a currency in lower case', { currency: 'usd' }],
    ['an amount without a currency', { currency: undefined }],
    ['a currency without an amount', { amount: undefined }],
    ['an amount of an install', { type: 'install' as const }],
    ['a day that does not exist', { time: '2026-02-30T00:00:00.000000Z' }],
    ['a time with a zone', { time: '2026-02-03T00:00:00.000000+01:00' }],
    ['a time with milliseconds', { time: '2026-02-03T00:00:00.000Z' }],
    ['a click id in upper case', { click_id: 'FD3BA970-2330-4576-94BA-E1EFC470BD56' }],
    ['a player id with a line break', { player_id: 'a\nb' }],
    ['a player id with a lone surrogate', { player_id: 'a\ud800' }],
  ])('refuse %s', (_what, payload) => {
    expect(schemaProblems(serializeRawEvent(exampleRawConversion(payload)))).not.toEqual([]);
  });
});

/** Members that hold anything a caller likes. */
function isFree(path: string[], name: string): boolean {
  if (name === 'raw-event-record' && path.includes('payload')) return path.at(-1) !== 'payload';
  return ['custom', 'provenance', 'ad_click_ids'].includes(path.at(-2) ?? '');
}

function membersOf(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, v]) => [[...path, name], ...membersOf(v, [...path, name])]);
}

function changed(text: string, path: string[], change: (v: unknown) => unknown): unknown {
  const root = JSON.parse(text) as Record<string, unknown>;
  const holder = path.slice(0, -1).reduce((o, name) => o[name] as Record<string, unknown>, root);
  holder[path.at(-1)!] = change(holder[path.at(-1)!]);
  return root;
}

type Schema = { $ref?: string; description?: string; const?: unknown; properties?: Record<string, Schema> };

/** Pointers of properties that neither say what they mean nor have a definition or a constant that does. */
function fieldsWithoutDescription(schema: unknown, at: string): string[] {
  const { properties = {} } = schema as Schema;
  return Object.entries(properties).flatMap(([name, property]) => [
    ...((property.description ?? property.$ref ?? property.const) ? [] : [`${at}/${name}`]),
    ...fieldsWithoutDescription(property, `${at}/${name}`),
  ]);
}
