import fc from 'fast-check';
import {
  deadLetterOf,
  serializeDeadLetter,
  truncateDeadLetter,
  type DeadLetter,
  type DeadLetterOrigin,
  type Rejection,
} from './dead-letter.js';

const rejection: Rejection = {
  kind: 'dead_letter',
  reason: 'invalid_json',
  path: '',
  detail: 'must be JSON',
};
const by = { app: 'normalizer', version: '0.1.0', now: '2026-11-21T10:00:00.000000Z' };
const origin = { topic: 'raw-events', partition: 3, offset: 2n ** 60n, key: 'k', value: '{"id":"e1"}' };
const of = (change: Partial<DeadLetterOrigin> = {}): DeadLetter =>
  deadLetterOf(rejection, { ...origin, ...change }, by);

describe('deadLetterOf', () => {
  it('says what, where, by whom and from where', () => {
    expect(of()).toEqual({
      dead_letter_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      reason: 'invalid_json',
      path: '',
      detail: 'must be JSON',
      event_id: 'e1',
      topic: 'raw-events',
      partition: 3,
      offset: '1152921504606846976',
      key: 'k',
      original: '{"id":"e1"}',
      app: 'normalizer',
      app_version: '0.1.0',
      failed_at: by.now,
    });
  });

  it('has one id for one record, whenever and for whatever it is given up', () => {
    const later = deadLetterOf({ ...rejection, reason: 'too_large' }, origin, { ...by, now: 'later' });
    expect(later.dead_letter_id).toBe(of().dead_letter_id);
  });

  it.each([[{ topic: 't' }], [{ partition: 4 }], [{ offset: 5n }], [{ value: '' }]])(
    'has another id for another record: case %#',
    (change) => {
      expect(of(change).dead_letter_id).not.toBe(of().dead_letter_id);
    },
  );

  it.each([
    [
      '{"id":"e","source":"pixel-server","data":{"receipt_id":"r"}}',
      { event_id: 'e', source: 'pixel-server', receipt_id: 'r' },
    ],
    ['{"id":1,"source":null,"data":[]}', {}],
    [`{"id":"${'x'.repeat(257)}","source":"a\\u0000b","data":{"receipt_id":"\\ud800"}}`, {}],
    ['[{"id":"e"}]', {}],
    ['null', {}],
    ['"id"', {}],
    ['{', {}],
  ])('tells of %s what it still says of itself', (value, expected) => {
    const { event_id, source, receipt_id } = of({ value });
    expect(JSON.parse(JSON.stringify({ event_id, source, receipt_id }))).toEqual(expected);
  });

  it('never throws, whatever the record', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (value) => {
        expect(of({ value }).original).toBe(value);
      }),
    );
  });
});

describe('serializeDeadLetter', () => {
  it('is a CloudEvent about the position of the record', () => {
    expect(JSON.parse(serializeDeadLetter(of()))).toMatchObject({
      specversion: '1.0',
      id: of().dead_letter_id,
      source: 'normalizer',
      type: 'tributary.dead-letter.v1',
      subject: 'raw-events/3/1152921504606846976',
      time: by.now,
    });
  });
});

describe('truncateDeadLetter', () => {
  it('fits into the log with its key, however its text is escaped', () => {
    const awkward = fc.constantFrom('\u0000', '"', '\\', 'é', '漢', '😀', '\ud800', 'a');
    fc.assert(
      fc.property(awkward, awkward, fc.integer({ min: 40_000, max: 200_000 }), (a, b, limitBytes) => {
        const cut = truncateDeadLetter(
          of({ value: a + b.repeat(limitBytes), key: b.repeat(5_000) }),
          limitBytes,
        );
        expect(Buffer.byteLength(serializeDeadLetter(cut)) + Buffer.byteLength(cut.key)).toBeLessThan(
          limitBytes,
        );
        expect(cut.original_truncated).toBe(true);
        expect(cut.original.length).toBeGreaterThan(1_000);
      }),
      { numRuns: 50 },
    );
  });

  it('tears no character apart', () => {
    const cut = truncateDeadLetter(of({ value: '😀'.repeat(50_000) }), 100_000);
    const shifted = truncateDeadLetter(of({ value: 'a' + '😀'.repeat(50_000) }), 100_000);
    expect([cut.original.at(-1), shifted.original.at(-1)]).toEqual(['\ude00', '\ude00']);
  });
});
