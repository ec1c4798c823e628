import fc from 'fast-check';
import { DateTime } from 'luxon';
import { parseInstant } from '#libs/events';
import { compileTime } from './parse-time.js';
import { hasZone, parseTimeFormat, type TimeFormat } from './time-format.js';
import { timeZoneProblem } from './time-zone.js';

function formatOf(text: string): TimeFormat {
  const format = parseTimeFormat(text);
  if (typeof format === 'object' && 'problem' in format) throw new Error(format.problem);
  return format;
}

const FORMATS = [
  'yyyy-MM-dd HH:mm:ss',
  "yyyy-MM-dd'T'HH:mm:ss.SSS",
  'yyyyMMddHHmmss',
  'd MMM yyyy h:mm:ss a',
  'M/d/yy HH:mm',
  'MMMM d, yyyy',
  "yyyy-MM-dd'T'HH:mm:ssZZ",
  'yyyy-MM-dd HH:mm:ss.u ZZZ',
  'dd.MM.yyyy HH:mm z',
];

describe('a time', () => {
  const zone = fc.constantFrom(
    'UTC',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Europe/Vienna',
  );
  // Away from the days on which clocks change, which Luxon decides otherwise
  const ms = fc.record({
    year: fc.integer({ min: 1980, max: 2040 }),
    month: fc.constantFrom(0, 1, 5, 6, 7, 11),
    rest: fc.nat({ max: 28 * 86_400_000 - 1 }),
  });

  it.each(FORMATS)('written as %s is read as Luxon reads it', (text) => {
    const format = formatOf(text);
    fc.assert(
      fc.property(ms, zone, ({ year, month, rest }, name) => {
        const written = DateTime.fromMillis(Date.UTC(year, month) + rest, { zone: name }).toFormat(text, {
          locale: 'en',
        });
        const byLuxon = DateTime.fromFormat(written, text, { zone: name, locale: 'en' });
        const parsed = compileTime(format, name)(written);
        expect([written, parsed]).toEqual([written, byLuxon.toUTC().toISO()!.replace('Z', '000Z')]);
      }),
    );
  });

  it('written as an epoch is read though Luxon only writes it', () => {
    expect(compileTime(formatOf('X'), undefined)('1772323200')).toBe('2026-03-01T00:00:00.000000Z');
    expect(compileTime(formatOf('x'), undefined)('1772323200001')).toBe('2026-03-01T00:00:00.001000Z');
  });

  it('of ISO 8601 with a zone is the instant that every instant is', () => {
    const parse = compileTime('iso', undefined);
    const text = fc.oneof(
      fc
        .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9998-01-01') })
        .map((d) => d.toISOString()),
      fc
        .tuple(
          fc.nat({ max: 9999 }),
          fc.nat({ max: 14 }),
          fc.nat({ max: 33 }),
          fc.nat({ max: 25 }),
          fc.nat({ max: 61 }),
          fc.constantFrom('Z', '+02:00', '-0530', '+14', ' z', '.5Z', ',1234567+01:00', ':00Z', ''),
        )
        .map(
          ([y, mo, d, h, mi, end]) =>
            `${[y, mo, d].map((n, i) => String(n).padStart(i === 0 ? 4 : 2, '0')).join('-')}T${String(h).padStart(2, '0')}:${String(mi).padStart(2, '0')}:30${end}`,
        ),
    );
    fc.assert(
      fc.property(text, (t) => {
        const expected = t.endsWith(':30') || t.endsWith(':30:00Z') ? undefined : parseInstant(t);
        expect([t, parse(t)]).toEqual([t, expected]);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['', '2026', '2026-01-01T', '2026-01-01T1', '2026-01-01T10:00Zx', '2026-13-01T00:00:00Z', 'x'])(
    'is not %j',
    (text) => {
      expect(compileTime('iso', 'UTC')(text)).toBeUndefined();
    },
  );
});

describe('the format of a time', () => {
  it.each([
    ['yyyy-MM-dd', false],
    ['yyyy-MM-dd HH:mm:ss ZZ', true],
    ['X', true],
    ['epoch_us', true],
    ['iso', false],
  ])('%s names its zone: %s', (text, zoned) => {
    expect(hasZone(formatOf(text))).toBe(zoned);
  });

  it.each([
    'yyyy-MM',
    'HH:mm',
    'yyyy-MM-dd hh:mm',
    'yyyy-MM-dd HH:mm a',
    'yyyy-MM-dd mm',
    'yyyy-MM-dd yyyy',
    "yyyy-MM-dd'T",
    'yyyy-MM-ddTHH',
    'DDD',
    'X yyyy',
    'yyyy-MM-dd HH:mm:SSS',
  ])('is not %s', (text) => {
    expect(parseTimeFormat(text)).toEqual({ problem: expect.any(String) as string });
  });
});

it.each([
  ['UTC', true],
  ['-05:00', true],
  ['+0530', false],
  ['Europe/Vienna', true],
  ['Etc/GMT+5', true],
  ['EST', false],
  ['cet', false],
  ['GMT', false],
  ['Mars/Olympus', false],
  ['-25:00', false],
  ['Z', false],
  ['Japan', false],
])('%s as the name of a time zone: %s', (name, isOne) => {
  expect(timeZoneProblem(name) === undefined).toBe(isOne);
});
