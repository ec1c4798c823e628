import fc from 'fast-check';
import { DateTime } from 'luxon';
import { anyDatetimeSync } from '#test/any-datetime-sync';
import { instantFromMs, instantToMs } from '#libs/events';
import { propertyRuns } from '#test/property-runs';
import type { DatetimeSyncDefinition } from '../definition.js';
import type { DatetimeSlice } from './datetime-slices.js';
import { backfillSlices } from './plan-slices.js';
import { stepGrid } from './step-grid.js';
import { wireBounds } from './wire-bounds.js';
import { parseWireFormat, zoneOf } from './wire-format.js';

describe('what the API is asked for', () => {
  const day = ['2026-07-02T04:00:00Z', '2026-07-03T04:00:00Z'];
  const hour = ['2026-07-02T04:00:00Z', '2026-07-02T05:00:00Z'];

  it.each<[string, DatetimeSyncDefinition['boundary'], string, string[], string[]]>([
    ['yyyy-MM-dd', 'closed', 'America/New_York', day, ['2026-07-02', '2026-07-02']],
    ['yyyy-MM-dd', undefined, 'America/New_York', day, ['2026-07-02', '2026-07-03']],
    ['yyyy-MM-dd', 'open', 'America/New_York', day, ['2026-07-01', '2026-07-03']],
    ['dd LLL yyyy', 'closed', 'America/New_York', day, ['02 Jul 2026', '02 Jul 2026']],
    ['yyyy-MM-dd HH:mm:ss', 'closed', '-05:00', hour, ['2026-07-01 23:00:00', '2026-07-01 23:59:59']],
    [
      'yyyy-MM-dd HH:mm:ss',
      'closed',
      'America/New_York',
      hour,
      ['2026-07-02 00:00:00', '2026-07-02 00:59:59'],
    ],
    ['yyyy-MM-dd HH:mm', 'open', 'UTC', hour, ['2026-07-02 03:59', '2026-07-02 05:00']],
    ['epoch_seconds', 'closed', 'UTC', hour, ['1782964800', '1782968399']],
    ['epoch_ms', 'half_open', 'UTC', hour, ['1782964800000', '1782968400000']],
    ['iso', 'half_open', '-05:00', hour, ['2026-07-01T23:00:00.000-05:00', '2026-07-02T00:00:00.000-05:00']],
    [
      "yyyy-MM-dd'T'HH:mm:ssZZ",
      'closed',
      'UTC',
      hour,
      ['2026-07-02T04:00:00+00:00', '2026-07-02T04:59:59+00:00'],
    ],
  ])('%s, %s, %s', (format, boundary, timezone, [from, to], expected) => {
    const bounds = wireBounds(sync({ format, boundary, timezone }), slice(from!, to!));
    expect([bounds.from, bounds.to]).toEqual(expected);
  });

  it('differs between -05:00 and America/New_York in summer only', () => {
    const asked = (timezone: string, from: string, to: string) =>
      wireBounds(sync({ format: 'yyyy-MM-dd HH:mm:ss', timezone }), slice(from, to));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 364 * 24 }), (hours) => {
        const fromMs = Date.UTC(2026, 0, 1) + hours * 3_600_000;
        const [from, to] = [fromMs, fromMs + 3_600_000].map((ms) => new Date(ms).toISOString()) as [
          string,
          string,
        ];
        const summer = to > '2026-03-08T07' && from < '2026-11-01T06';
        const same = asked('-05:00', from, to).from === asked('America/New_York', from, to).from;
        expect(same).toBe(!summer);
      }),
    );
  });

  it('is both of two hours that cannot be told apart', () => {
    const local = sync({ format: 'yyyy-MM-dd HH:mm', timezone: 'America/New_York' });
    const both = { from: '2026-11-01 01:00', to: '2026-11-01 02:00' };
    expect(wireBounds(local, slice('2026-11-01T05:00:00Z', '2026-11-01T06:00:00Z'))).toEqual(both);
    expect(wireBounds(local, slice('2026-11-01T06:00:00Z', '2026-11-01T07:00:00Z'))).toEqual(both);
    expect(wireBounds(local, slice('2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'))).toEqual(both);
    expect(
      wireBounds({ ...local, format: 'iso' }, slice('2026-11-01T05:00:00Z', '2026-11-01T06:00:00Z')),
    ).toEqual({
      from: '2026-11-01T01:00:00.000-04:00',
      to: '2026-11-01T01:00:00.000-05:00',
    });
  });

  it('gives every row of the window, and no other where clocks are not put back', () => {
    const place = fc.double({ min: -1, max: 2, noNaN: true });
    fc.assert(
      fc.property(anyDatetimeSync, fc.nat(40), fc.array(place, { maxLength: 20 }), (given, nth, places) => {
        const grid = stepGrid(given);
        const firstMs = grid.startMs + nth * given.stepMs;
        const [window] = backfillSlices(given, instantFromMs(firstMs), instantFromMs(firstMs + given.stepMs));
        const { from, to } = window as DatetimeSlice;
        const [fromMs, toMs] = [instantToMs(from), instantToMs(to)];
        const gives = partner(given, wireBounds(given, window as DatetimeSlice));
        const rows = places.map((at) => grid.units.floor(Math.round(fromMs + at * (toMs - fromMs))));
        rows.push(fromMs, grid.units.floor(fromMs - 1), grid.units.floor(toMs - 1), toMs);
        const zone = zoneOf(given.timezone);
        const putBack = zone.offset(fromMs - DAY_MS * 31) > zone.offset(toMs + DAY_MS * 31);
        const changes = [-31, -2, 2, 31].some(
          (days) => zone.offset(fromMs + days * DAY_MS) !== zone.offset(fromMs),
        );
        for (const row of rows) {
          const within = row >= fromMs && row < toMs;
          if (within) expect([row, gives(row)]).toEqual([row, true]);
          else if (!putBack && !changes) expect([row, gives(row)]).toEqual([row, false]);
        }
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});

const DAY_MS = 86_400_000;

/** A partner that writes its rows' times in the format and compares texts, or numbers and instants. */
function partner(given: DatetimeSyncDefinition, bounds: { from: string; to: string }) {
  const format = parseWireFormat(given.format);
  const zone = zoneOf(given.timezone);
  const value = (text: string): string | number => {
    if (given.format === 'iso') return Date.parse(text);
    return given.format.startsWith('epoch') ? Number(text) : text;
  };
  const [from, to] = [value(bounds.from), value(bounds.to)];
  return (ms: number): boolean => {
    const row = value(format.text(DateTime.fromMillis(ms, { zone })));
    if (given.boundary === 'closed') return row >= from && row <= to;
    return (given.boundary === 'open' ? row > from : row >= from) && row < to;
  };
}

function sync(part: Partial<DatetimeSyncDefinition>): DatetimeSyncDefinition {
  return { type: 'datetime', start: '2024-01-01', step: 'P1D', format: 'iso', timezone: 'UTC', ...part };
}

function slice(from: string, to: string): DatetimeSlice {
  return { type: 'datetime', from: instantFromMs(Date.parse(from)), to: instantFromMs(Date.parse(to)) };
}
