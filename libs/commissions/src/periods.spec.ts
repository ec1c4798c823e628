import fc from 'fast-check';
import { instantFromMs } from '#libs/events';
import {
  boundsOf,
  daysOf,
  lastBegun,
  nextPeriod,
  periodOf,
  periodsOfDay,
  previousPeriod,
  startOfDay,
} from './periods.js';

const ZONES = [
  'UTC',
  'Europe/Malta',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Havana',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
];

const zone = fc.constantFrom(...ZONES);
const instant = fc
  .date({ min: new Date('2005-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
  .map((date) => instantFromMs(date.getTime()));

describe('boundsOf', () => {
  it.each([
    ['UTC', '2026-10', '2026-10-01T00:00', '2026-11-01T00:00'],
    ['Europe/Malta', '2026-10', '2026-09-30T22:00', '2026-10-31T23:00'], // clocks went back on the 25th
    ['Europe/Malta', '2026-03', '2026-02-28T23:00', '2026-03-31T22:00'],
    ['America/New_York', '2026-12', '2026-12-01T05:00', '2027-01-01T05:00'],
    ['Pacific/Apia', '2011-12', '2011-12-01T10:00', '2011-12-31T10:00'], // had no 30th
  ])('%s %s', (zone, period, from, to) => {
    expect(boundsOf(zone, period)).toEqual({ from: `${from}:00.000000Z`, to: `${to}:00.000000Z` });
  });
});

describe('startOfDay', () => {
  it.each([
    ['America/Sao_Paulo', '2017-10-15', '2017-10-15T03:00:00.000000Z'], // had no midnight
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000000Z'], // had it twice
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000000Z'], // was left out
  ])('%s %s', (zone, day, start) => {
    expect(startOfDay(zone, day)).toBe(start);
  });

  it('refuses a day or zone that is none', () => {
    expect(() => startOfDay('Europe/Malta', '2026-02-30')).toThrow(RangeError);
    expect(() => startOfDay('Europe/Atlantis', '2026-02-03')).toThrow(RangeError);
  });
});

describe('periodOf', () => {
  it('is the month whose bounds hold the instant', () => {
    fc.assert(
      fc.property(zone, instant, (zone, at) => {
        const { from, to } = boundsOf(zone, periodOf(zone, at));
        expect(from <= at && at < to).toBe(true);
      }),
    );
  });

  it.each([
    ['UTC', '2026-10-01T00:00:00.000000Z', '2026-10'],
    ['UTC', '2026-09-30T23:59:59.999999Z', '2026-09'],
    ['Europe/Malta', '2026-09-30T22:00:00.000000Z', '2026-10'],
    ['America/New_York', '2026-10-01T04:00:00.000000Z', '2026-10'],
    ['America/New_York', '2026-10-01T03:59:59.999999Z', '2026-09'],
  ])('%s %s', (zone, at, period) => {
    expect(periodOf(zone, at)).toBe(period);
  });

  it('leaves neither gap nor overlap between months', () => {
    fc.assert(
      fc.property(zone, instant, (zone, at) => {
        const period = periodOf(zone, at);
        expect(boundsOf(zone, nextPeriod(period)).from).toBe(boundsOf(zone, period).to);
      }),
    );
  });
});

describe('periodsOfDay', () => {
  it.each([
    ['UTC', '2026-10-31', ['2026-10']],
    ['Europe/Malta', '2026-10-31', ['2026-10', '2026-11']],
    ['Europe/Malta', '2026-11-01', ['2026-11']],
    ['America/New_York', '2026-11-01', ['2026-10', '2026-11']],
    ['America/New_York', '2026-10-31', ['2026-10']],
  ])('%s %s', (zone, day, periods) => {
    expect(periodsOfDay(zone, day)).toEqual(periods);
  });
});

it('knows the last month that has begun anywhere on earth', () => {
  expect(lastBegun(new Date('2026-10-31T09:59:59Z'))).toBe('2026-10');
  expect(lastBegun(new Date('2026-10-31T10:00:00Z'))).toBe('2026-11');
  expect(boundsOf('Pacific/Kiritimati', '2026-11').from).toBe('2026-10-31T10:00:00.000000Z');
});

it('goes from month to month and back', () => {
  expect(nextPeriod('2026-12')).toBe('2027-01');
  expect(previousPeriod('2026-01')).toBe('2025-12');
  expect(previousPeriod(nextPeriod('2026-09'))).toBe('2026-09');
  expect(daysOf('2028-02')).toHaveLength(29);
  expect(daysOf('2026-02').at(-1)).toBe('2026-02-28');
});
