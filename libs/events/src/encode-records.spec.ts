import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';
import { RecordEncoder } from './encode-records.js';
import { eventId } from './event-id.js';
import { rawEventKey, writeRawEvent } from './raw-event.js';

const ORIGIN = { source: 'casino', stream: 'transactions', brand: 'space-végas' };
const AT = '2026-11-21T10:00:00.000000Z';

/** Texts that look like what stands between members and records, and any others. */
const text = fc.oneof(
  fc
    .array(fc.constantFrom('}', '{', ',', '"', '\\', ':', '[', ']', 'a', 'é', '\u{1f600}'), { maxLength: 8 })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('},{', 'x},{', '},{"', '}],[{', '\ud800', '\0', '__proto__', '7'),
);
const leaf = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('id', 'amount', 'updated_at', 'z', 'ä') },
  text,
);
const value = fc.oneof(
  { weight: 5, arbitrary: leaf },
  fc.array(leaf, { maxLength: 3 }),
  fc.dictionary(name, leaf, { maxKeys: 3 }),
  fc.array(fc.dictionary(name, leaf, { maxKeys: 2 }), { maxLength: 2 }),
);

/** Pages whose records have the same members in the same order, as those of a stream have. */
const pages = fc
  .uniqueArray(name, { minLength: 1, maxLength: 5 })
  .chain((names) =>
    fc
      .array(fc.tuple(...names.map(() => value)), { minLength: 1, maxLength: 12 })
      .map((rows) => rows.map((cells) => Object.fromEntries(names.map((member, i) => [member, cells[i]])))),
  );

const bytes = new TextDecoder('utf-8', { fatal: true });

/** What the encoder promises, a record at a time. */
function plain(record: Record<string, unknown>, naturalKey: string, version: string | undefined): object {
  const payload = canonicalJson(record);
  const event_id = eventId({ ...ORIGIN, naturalKey, ...(version !== undefined && { version }), payload });
  return {
    event_id,
    natural_key: naturalKey,
    key: rawEventKey(ORIGIN.source, naturalKey),
    value: writeRawEvent(
      { ...ORIGIN, event_id, natural_key: naturalKey, received_at: AT, payload: record },
      payload,
    ),
  };
}

function encoded(
  encoder: RecordEncoder,
  page: Record<string, unknown>[],
  keys: readonly string[],
  version?: string,
): object[] {
  let next = 0;
  return encoder
    .encode(page, AT, () => ({ naturalKey: keys[next++ % keys.length]!, version }))
    .map((record) => ({ ...record, value: bytes.decode(record.value) }));
}

describe('encoding many records at a time', () => {
  it('gives what each of them gives alone', () => {
    const encoder = new RecordEncoder(ORIGIN);
    const keys = fc.array(fc.oneof(text, fc.string({ minLength: 500, maxLength: 1_500 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(pages, keys, fc.option(text, { nil: undefined }), (page, naturalKeys, version) => {
        // The first times are without what is learnt of records that look alike
        for (let turn = 0; turn < 10; turn++) {
          const expected = page.map((record, i) =>
            plain(record, naturalKeys[i % naturalKeys.length]!, version),
          );
          expect(encoded(encoder, page, naturalKeys, version)).toEqual(expected);
        }
      }),
    );
  });

  it('keeps records apart whose texts look like the end of one and the beginning of the next', () => {
    const page = Array.from({ length: 20 }, (_, i) => ({ id: `${i}},{`, note: 'a' }));
    const encoder = new RecordEncoder(ORIGIN);
    for (let turn = 0; turn < 10; turn++) {
      expect(encoded(encoder, page, ['k'])).toEqual(page.map((record) => plain(record, 'k', undefined)));
    }
  });

  it('gives the same for records larger than the memory that is kept', () => {
    const page = Array.from({ length: 12 }, (_, i) => ({
      id: String(i),
      note: 'x'.repeat(i * 40_000),
      umlaut: i % 2 ? 'ü' : 'u',
    }));
    const encoder = new RecordEncoder(ORIGIN);
    for (let turn = 0; turn < 10; turn++) {
      expect(encoded(encoder, page, ['k'], '7')).toEqual(page.map((record) => plain(record, 'k', '7')));
    }
  });
});
