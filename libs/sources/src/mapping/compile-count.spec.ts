import fc from 'fast-check';
import { EVENT_KINDS, type EventKind } from '#libs/events';
import { propertyRuns } from '#test/property-runs';
import type { FieldSpec, MappingRule } from '../definition.js';
import type { JsonObject, JsonValue } from '../json.js';
import { compileStream } from './compile-stream.js';
import { fieldsOf, requiredFieldsOf, type FieldTarget } from './event-fields.js';

const SOURCE = { name: 'partner', brand: 'b', type: 'http' } as const;
const RECEIVED_AT = '2026-11-21T12:00:00.000000Z';

/** A value that a field of each kind takes; of a closed list it is the first of it. */
const GOOD = {
  ...{ id: 'x1', text: 'hello', source_name: 'partner', currency: 'USD', version: '17' },
  ...{ uuid: 'fd3ba970-2330-4576-94ba-e1efc470bd56', instant: '2026-11-21T10:00:00Z', date: '2002-09-06' },
  ...{ flag: 'true', test: '1', amount: '1.5', balance: '-3.25', decimal: '2', count: '3' },
} satisfies Record<Extract<FieldTarget, string>, string>;

const odd: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom('', null, '0', '-1', '1e5', 'usd', 'true', 'approved', 'payout', 'purchase', 'install'),
  fc.constantFrom('IN', 'Success', '17', 'x'.repeat(300), 'a\0b', 'é', '\ud800', ...Object.values(GOOD)),
  fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<JsonValue>,
);

function ruleOf(kind: EventKind, optional: readonly string[], pays: boolean, each: boolean): MappingRule {
  const names = [...new Set([...requiredFieldsOf(kind), ...optional])];
  const known = fieldsOf(kind);
  const specOf = (path: string): FieldSpec =>
    pays && known.get(path)!.target === 'amount' ? { path, money: { path: 'currency' } } : path;
  const fields = Object.fromEntries(names.map((name) => [name, specOf(name)]));
  return { event: kind, fields, ...(each && { for_each: 'list' }) };
}

describe.each(EVENT_KINDS)('of %s', (kind) => {
  const known = [...fieldsOf(kind)];
  const names = known.map(([name]) => name);
  const record: JsonObject = Object.fromEntries(
    known.map(([name, { target }]) => [name, typeof target === 'string' ? GOOD[target] : target[0]!]),
  );
  const anyRule = fc
    .tuple(fc.subarray(names), fc.boolean(), fc.boolean())
    .map(([optional, pays, each]) => ruleOf(kind, optional, pays, each));
  const anyChanges = fc.array(fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 3 }), {
    ...{ minLength: 1, maxLength: 6 },
  });

  it('what is counted is what is made, whatever the rule reads and what was read before', () => {
    fc.assert(
      fc.property(anyRule, anyChanges, fc.boolean(), (rule, changes, latestStands) => {
        const mapping = [rule, { event: 'payout', when: { never: { exists: true } }, fields: {} }];
        const compiled = compileStream(SOURCE, {
          ...{ name: 's', primary_key: ['id'], mapping },
          ...(latestStands && { version: 'received_at' }),
        });
        for (const change of changes) {
          const changed = { ...record, ...(JSON.parse(JSON.stringify(change)) as JsonObject) };
          const given = rule.for_each === undefined ? changed : { list: [record, changed], ...changed };
          const made = compiled.map(given, compiled.recordEvent(given, { receivedAt: RECEIVED_AT }));
          const told = compiled.tell(given, RECEIVED_AT);
          expect(told.rejected).toBe(made.rejections.length > 0);
          expect(told.events.map(countedOf)).toEqual(made.events.map(countedOf));
        }
      }),
      { numRuns: propertyRuns(60) },
    );
  });
});

function countedOf(event: { kind: string; amount?: string; currency?: string }) {
  const { kind, amount, currency } = event;
  return { kind, amount, currency };
}
