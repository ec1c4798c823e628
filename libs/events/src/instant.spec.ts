import fc from 'fast-check';
import { propertyRuns } from '#test/property-runs';
import {
  instantDaysBefore,
  instantFromMs,
  instantToMicros,
  instantToMs,
  isDate,
  isInstant,
  parseInstant,
} from './instant.js';

const FIRST_MS = Date.parse('0000-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const epochMs = fc.integer({ min: FIRST_MS, max: LAST_MS });

describe('parseInstant', () => {
  it.each([
    ['2026-11-21', '2026-11-21T00:00:00.000000Z'],
    ['20261121T101112Z', '2026-11-21T10:11:12.000000Z'],
    ['2026-11-21T10:11:12', '2026-11-21T10:11:12.000000Z'],
    ['2026-11-21T10:11', '2026-11-21T10:11:00.000000Z'],
    ['2026-11-21T10Z', '2026-11-21T10:00:00.000000Z'],
    ['2026-11-21t10:11:12z', '2026-11-21T10:11:12.000000Z'],
    ['2026-11-21 10:11:12', '2026-11-21T10:11:12.000000Z'],
    ['2026-11-21 10:11:12 +02:00', '2026-11-21T08:11:12.000000Z'],
    ['2026-11-21T10:11:12 Z', '2026-11-21T10:11:12.000000Z'],
    ['2026-11-21T10:11:12-05', '2026-11-21T15:11:12.000000Z'],
    ['2026-11-21T10:11:12+0530', '2026-11-21T04:41:12.000000Z'],
    ['2026-01-01T00:00:00+01:00', '2025-12-31T23:00:00.000000Z'],
    ['2026-11-21T10:11:12.5Z', '2026-11-21T10:11:12.500000Z'],
    ['2026-11-21T10:11:12,123456789Z', '2026-11-21T10:11:12.123456Z'],
    ['2026-11-21T10:11:12.9999999Z', '2026-11-21T10:11:12.999999Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000000Z'],
    ['2026-11-21T24:00:00Z', '2026-11-22T00:00:00.000000Z'],
    ['1969-12-31T23:59:59.000001Z', '1969-12-31T23:59:59.000001Z'],
    ['0000-01-01', '0000-01-01T00:00:00.000000Z'],
    ['0099-03-01T00:00Z', '0099-03-01T00:00:00.000000Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
  ])('%s → %s', (given, expected) => {
    expect(parseInstant(given)).toBe(expected);
  });

  it.each([
    '',
    'now',
    '1763719872',
    '2026-11',
    '2026-W47-6',
    '26-11-21',
    '+002026-11-21',
    '2026-13-01',
    '2026-00-01',
    '2026-02-29',
    '2026-04-31',
    '2026-11-21T25:00:00Z',
    '2026-11-21T24:00:00.000001Z',
    '2026-11-21T24:01Z',
    '2026-11-21T10:60:00Z',
    '2026-11-21T10:11:60Z',
    '2026-11-21T10:11:12+24:00',
    '2026-11-21T10:11:12+01:60',
    '2026-11-21T10:11:12+1:00',
    '2026-11-21T10:11:12 02:00',
    '2026-11-21T10:11:12\tZ',
    '2026-11-21T10:11:12.Z',
    '2026-11-21T10:11:12.1234567890Z',
    '2026-11-21T10:11:12 Europe/Vienna',
    ' 2026-11-21',
    '2026-11-21\n',
    '0000-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
  ])('refuses %j', (given) => {
    expect(parseInstant(given)).toBeUndefined();
  });

  it('reads one instant in any zone as the same', () => {
    const zoneMinutes = fc.integer({ min: -(23 * 60 + 59), max: 23 * 60 + 59 });
    const micros = fc.integer({ min: 0, max: 999 });
    fc.assert(
      fc.property(epochMs, micros, zoneMinutes, (ms, us, minutes) => {
        const local = ms + minutes * 60_000;
        fc.pre(local >= FIRST_MS && local <= LAST_MS);
        const [h, m] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((n) =>
          String(n).padStart(2, '0'),
        );
        const inZone = `${new Date(local).toISOString().slice(0, -1)}${String(us).padStart(3, '0')}${minutes < 0 ? '-' : '+'}${h}:${m}`;
        const parsed = parseInstant(inZone)!;
        expect(parsed).toBe(`${new Date(ms).toISOString().slice(0, -1)}${String(us).padStart(3, '0')}Z`);
        expect(parseInstant(parsed)).toBe(parsed);
        expect(instantToMicros(parsed)).toBe(BigInt(ms) * 1000n + BigInt(us));
      }),
    );
  });

  it('either refuses a text or makes an instant of it', () => {
    const unit = fc.constantFrom(...'0123456789-:.,TZtz+ ');
    fc.assert(
      fc.property(fc.string({ unit, minLength: 8, maxLength: 32 }), (text) => {
        const parsed = parseInstant(text);
        expect(parsed === undefined || isInstant(parsed)).toBe(true);
      }),
      { numRuns: propertyRuns(500) },
    );
  });
});

describe('isInstant', () => {
  it.each([
    ['2026-11-21T10:11:12.123456Z', true],
    ['2024-02-29T00:00:00.000000Z', true],
    ['2026-02-29T00:00:00.000000Z', false],
    ['2000-02-29T00:00:00.000000Z', true],
    ['1900-02-29T00:00:00.000000Z', false],
    ['2026-12-31T23:59:59.999999Z', true],
    ['2026-04-31T00:00:00.000000Z', false],
    ['2026-01-32T00:00:00.000000Z', false],
    ['2026-01-00T00:00:00.000000Z', false],
    ['2026-13-01T00:00:00.000000Z', false],
    ['2026-00-01T00:00:00.000000Z', false],
    ['2026-11-21T24:00:00.000000Z', false],
    ['2026-11-21T10:11:60.000000Z', false],
    ['2026-11-21T10:11:12.123Z', false],
    ['2026-11-21T10:11:12.123456+00:00', false],
    ['2026-11-21 10:11:12.123456Z', false],
    ['2026-11-21T10:11:12.123456Z\n', false],
  ])('%j: %s', (text, expected) => {
    expect(isInstant(text)).toBe(expected);
  });

  it('takes exactly what parseInstant leaves as it is', () => {
    const near = fc
      .tuple(epochMs, fc.nat({ max: 25 }), fc.constantFrom(...'0123456789TZ'))
      .map(([ms, at, c]) => instantFromMs(ms).slice(0, at) + c + instantFromMs(ms).slice(at + 1));
    fc.assert(
      fc.property(near, (text) => {
        expect(isInstant(text)).toBe(parseInstant(text) === text);
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});

describe('instants as numbers', () => {
  it('round-trip and sort as text', () => {
    fc.assert(
      fc.property(epochMs, epochMs, (a, b) => {
        expect(instantToMs(instantFromMs(a))).toBe(a);
        expect(instantFromMs(a) < instantFromMs(b)).toBe(a < b);
      }),
    );
  });

  it.each([FIRST_MS - 1, LAST_MS + 1, NaN])('has no instant for %d', (ms) => {
    expect(() => instantFromMs(ms)).toThrow(RangeError);
  });
});

it.each([
  ['2026-11-21T10:11:12.123456Z', 30, '2026-10-22T10:11:12.123456Z'],
  ['0001-01-31T00:00:00.000000Z', 30, '0001-01-01T00:00:00.000000Z'],
  ['0001-01-05T10:00:00.000001Z', 30, '0001-01-01T00:00:00.000000Z'],
])('%s less %d days is %s, and never of a year that PostgreSQL does not have', (at, days, expected) => {
  expect(instantDaysBefore(at, days)).toBe(expected);
});

it.each([
  ['2002-09-06', true],
  ['2024-02-29', true],
  ['0001-01-01', true],
  ['0000-12-31', false],
  ['2023-02-29', false],
  ['2026-13-01', false],
  ['2026-1-01', false],
  ['2026-01-01T00:00:00.000000Z', false],
  ['', false],
])('isDate of "%s" is %s', (text, expected) => {
  expect(isDate(text)).toBe(expected);
});
