import fc from 'fast-check';

/** Variations of a record's JSON, to hold a parser against its published schema. */

type Json = Record<string, unknown>;

/** The record with the member at the JSON pointer set; `undefined` takes it away. */
export function withMember(record: string, pointer: string, value: unknown): string {
  const root = JSON.parse(record) as Json;
  const names = pointer.split('/').slice(1);
  const holder = names.slice(0, -1).reduce((o, name) => o[name] as Json, root);
  holder[names.at(-1)!] = value;
  return JSON.stringify(root);
}

/** Pointers of all members of a record, and of one that is not known beside each. */
export function pointersOf(record: string): string[] {
  const walk = (value: unknown, at: string): string[] =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? [
          `${at}/unknown`,
          `${at}/not_known`,
          ...Object.entries(value).flatMap(([name, v]) => [`${at}/${name}`, ...walk(v, `${at}/${name}`)]),
        ]
      : [];
  return walk(JSON.parse(record), '');
}

/** What a member may be set to: any JSON, and values that some rule is about. */
export const memberValue: fc.Arbitrary<unknown> = fc
  .oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom<unknown[]>(
      ...[undefined, null, true, false, 0, '', ' ', {}, []],
      ...['install', 'deposit', 'USD', 'usd', '40.5', '40.50', '-0', '-1', '1e3', '3/7', 'pixel-server'],
      ...['payout', 'refund', 'approved', 'reversed', 'ga4', '12', '1234567890123456789'],
      ...['a\u0000', 'a\n', '\ud800', 'sub1', 'fd3ba970-2330-4576-94ba-e1efc470bd56', 'é'.repeat(65)],
      ...['2026-11-21T10:00:00.000000Z', '2026-02-30T10:00:00.000000Z'],
      ...[
        '2024-02-29',
        '2026-02-29',
        '0000-01-01',
        '-1.5',
        '7',
        '07',
        '9'.repeat(18),
        '9'.repeat(19),
        'IN',
        'Fail',
      ],
      ...[{ a: 2 ** 53 - 1 }, { a: -(2 ** 53) }, 2 ** 53],
      ...[{ sub1: 'x' }, { source: '' }, { ip: '::1' }, { gclid: 'x' }, { 'G C': 'x' }, { sub1: '\ud800' }],
      ...[
        { a: { b: ['\0'] } },
        { a: { 'b\0': 1 } },
        { a: ['\ud800'] },
        { 'a\ud800': 1 },
        { a: { b: ['é'] } },
      ],
    ),
  )
  // No schema can ask for NFC, nor count bytes.
  .filter((value) => !/e\u0301|é{65}/.test(JSON.stringify(value ?? null)));

/** Texts that are no event: noise, JSON of any shape, and the beginnings of records. */
export function garbage(records: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.tuple(fc.constantFrom(...records), fc.nat()).map(([r, at]) => r.slice(0, at % r.length)),
  );
}
