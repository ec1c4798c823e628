import { canonicalEventKey, serializeCanonicalEvent } from '#libs/events';
import { exampleCanonicalEvents } from '#test/example-events';
import { schemaProblems } from '#test/published-schemas';
import { checkLine } from './check-line.js';

const NOW = '2026-11-21T12:00:00.000000Z';
const check = (line: string | object) =>
  checkLine(Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)), NOW);

it.each(exampleCanonicalEvents().map((e) => [e.kind, e] as const))('takes a %s as it is', (_kind, event) => {
  const value = serializeCanonicalEvent(event);
  expect(check(` ${value}\r`)).toEqual({ key: canonicalEventKey(event), value });
});

describe('an event without id and time', () => {
  const [, , deposit] = exampleCanonicalEvents();
  const { id, time, ...envelope } = JSON.parse(serializeCanonicalEvent(deposit!)) as Record<string, unknown>;
  const valueOf = (line: object) => JSON.parse((check(line) as { value: string }).value) as typeof envelope;

  it('gets them, and is what the published schema says', () => {
    const value = valueOf(envelope);
    expect(value).toEqual({ ...envelope, time: NOW, id: value['id'] });
    expect(value['id']).toMatch(/^[0-9a-f]{64}$/);
    expect(schemaProblems(JSON.stringify(value))).toEqual([]);
  });

  it('is the same event whenever it is received, and however its members are ordered', () => {
    const { data, ...attributes } = envelope as { data: object };
    const reordered = { data: Object.fromEntries(Object.entries(data).reverse()), ...attributes };
    expect(valueOf({ ...reordered, time })['id']).toBe(valueOf(envelope)['id']);
  });

  it('is another event where it says something else', () => {
    const { data } = envelope as { data: object };
    const variations = [
      envelope,
      { ...envelope, subject: 'other' },
      { ...envelope, source: 'other' },
      { ...envelope, data: { ...data, amount: '40.51' } },
      { ...envelope, data: { ...data, version: '2' } },
    ];
    expect(new Set(variations.map((v) => valueOf(v)['id'])).size).toBe(variations.length);
  });

  it('keeps the one it has', () => {
    expect(valueOf({ ...envelope, id })['id']).toBe(id);
    expect(valueOf({ ...envelope, time })['time']).toBe(time);
  });
});

it('passes over blank lines', () => {
  expect([check(''), check(' \r')]).toEqual([undefined, undefined]);
});

it.each([
  ['no JSON', '{', { path: '', detail: 'must be JSON' }],
  ['no object', '[]', { path: '', detail: 'must be an object' }],
  ['no CloudEvent', {}, { path: '/specversion', detail: 'must be "1.0"' }],
  [
    'a secret where an amount should be',
    serializeCanonicalEvent({ ...exampleCanonicalEvents()[2]!, amount: 'hunter2' } as never),
    {
      path: '/data/amount',
      detail:
        'must be a canonical decimal as text, as "40.5": up to 20 digits, up to 18 behind the point, no needless zeros, not negative',
    },
  ],
  [
    'more than the log takes',
    serializeCanonicalEvent({ ...exampleCanonicalEvents()[1]!, custom: { note: 'x'.repeat(1_000_000) } }),
    { path: '', detail: 'must have at most 1000000 bytes' },
  ],
])('says what is wrong with %s', (_what, line, problem) => {
  expect(check(line)).toEqual(problem);
});

it('refuses bytes that are no UTF-8', () => {
  expect(checkLine(Buffer.from([0x7b, 0xff, 0x7d]), NOW)).toEqual({ path: '', detail: 'must be UTF-8' });
});
