import fc from 'fast-check';
import { addDays, boundsOfDay, dayAt, daysWithin, firstDay } from './property-days.js';

const NEW_YORK = 'America/New_York';
const at = (text: string): number => Date.parse(text);

describe("the property's days", () => {
  it.each([
    ['2026-11-21T04:59:59.999Z', NEW_YORK, '20261120'],
    ['2026-11-21T05:00:00.000Z', NEW_YORK, '20261121'],
    ['2026-11-20T14:59:59.999Z', 'Asia/Tokyo', '20261120'],
    ['2026-11-20T15:00:00.000Z', 'Asia/Tokyo', '20261121'],
    // The night in which clocks go back, and that in which they go forward
    ['2026-11-01T03:59:59.999Z', NEW_YORK, '20261031'],
    ['2026-11-01T04:00:00.000Z', NEW_YORK, '20261101'],
    ['2026-11-02T04:59:59.999Z', NEW_YORK, '20261101'],
    ['2026-11-02T05:00:00.000Z', NEW_YORK, '20261102'],
  ])('%s in %s is %s', (instant, zone, day) => {
    expect(dayAt(at(instant), zone)).toBe(day);
  });

  it.each([
    ['20261120', NEW_YORK, 24],
    ['20261101', NEW_YORK, 25],
    ['20260308', NEW_YORK, 23],
    // Clocks go forward at midnight: the day begins at 01:00
    ['20180821', 'America/Sao_Paulo', 24],
    ['20181104', 'America/Sao_Paulo', 23],
  ])('%s in %s has %d hours', (day, zone, hours) => {
    const { from, to } = boundsOfDay(day, zone);
    expect((at(to) - at(from)) / 3_600_000).toBe(hours);
    expect(dayAt(at(from), zone)).toBe(day);
    expect(dayAt(at(to) - 1, zone)).toBe(day);
    expect(dayAt(at(to), zone)).toBe(addDays(day, 1));
  });

  it('tile any stretch of time', () => {
    const zones = [NEW_YORK, 'UTC', 'Asia/Tokyo', 'America/Sao_Paulo', 'Australia/Lord_Howe'];
    fc.assert(
      fc.property(
        fc.integer({ min: at('2018-01-01'), max: at('2030-01-01') }),
        fc.integer({ min: 1, max: 20 * 86_400_000 }),
        fc.constantFrom(...zones),
        (fromMs, lengthMs, zone) => {
          const bounds = daysWithin(fromMs, fromMs + lengthMs, zone).map((day) => boundsOfDay(day, zone));
          expect(at(bounds[0]!.from)).toBeLessThanOrEqual(fromMs);
          expect(at(bounds.at(-1)!.to)).toBeGreaterThanOrEqual(fromMs + lengthMs);
          for (const [i, { to }] of bounds.slice(0, -1).entries()) expect(bounds[i + 1]!.from).toBe(to);
        },
      ),
    );
  });

  it.each([
    ['nothing is said', undefined, undefined, undefined, '20261022'],
    ['the first reading goes back to the start', '20250101', undefined, undefined, '20250101'],
    ['all from the start was read', '20250101', '20250101', '20261121', '20261022'],
    ['the start was moved back', '20240101', '20250101', '20261121', '20240101'],
    ['the start is near', '20261115', '20261115', '20261121', '20261115'],
    ['the start was moved forward', '20261115', '20250101', '20261121', '20261115'],
    ['nothing could be read for long', '20250101', '20250101', '20260910', '20260907'],
    ['nothing could be read for long, and no start is said', undefined, '20260801', '20260910', '20260907'],
    [
      'nothing could be read for long, and the start is later',
      '20260915',
      '20250101',
      '20260910',
      '20260915',
    ],
    ['nothing could be read for four weeks', '20250101', '20250101', '20261024', '20261021'],
  ])('are looked at from the right one on where %s', (_case, start, readFrom, reached, first) => {
    expect(firstDay('20261121', { start, readFrom, reached })).toBe(first);
  });
});
