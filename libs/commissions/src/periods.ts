import { DateTime } from 'luxon';
import { instantFromMs, type Instant } from '#libs/events';
import type { Period } from './model.js';

/** Half open. */
export interface Bounds {
  from: Instant;
  to: Instant;
}

/** Nothing is reckoned of what happened then or later: whoever tells of such a time is mistaken. */
export const END_OF_TIME: Instant = '2100-01-01T00:00:00.000000Z';

/** The east of Kiribati: where days begin first, 14 hours before UTC. */
const EARLIEST_OFFSET_MS = 14 * 3_600_000;

/** The last month that has begun, anywhere on earth. */
export function lastBegun(now: Date): Period {
  return new Date(now.getTime() + EARLIEST_OFFSET_MS).toISOString().slice(0, 7);
}

/**
 * When a local day begins. Where the zone leaves its midnight out, with the first instant behind it; where midnight comes
 * twice, with the first one.
 * @param zone IANA name @param day `2026-10-03`
 */
export function startOfDay(zone: string, day: string): Instant {
  const start = DateTime.fromISO(day, { zone });
  if (!start.isValid) throw new RangeError(`no day ${day} in the zone ${zone}`);
  return instantFromMs(Math.min(...start.getPossibleOffsets().map((at) => at.toMillis())));
}

/** When a month begins and ends in a zone. */
export function boundsOf(zone: string, period: Period): Bounds {
  return { from: startOf(zone, period), to: startOf(zone, nextPeriod(period)) };
}

function startOf(zone: string, period: Period): Instant {
  const key = `${zone} ${period}`;
  let start = known.get(key);
  if (start === undefined) {
    start = startOfDay(zone, `${period}-01`);
    known.set(key, start);
  }
  return start;
}
// Asked for each trigger of each player; luxon takes a tenth of a millisecond
const known = new Map<string, Instant>();

/** The month that an instant lies in, in a zone. */
export function periodOf(zone: string, instant: Instant): Period {
  const ofUtc = instant.slice(0, 7);
  const { from, to } = boundsOf(zone, ofUtc);
  if (instant < from) return previousPeriod(ofUtc);
  return instant < to ? ofUtc : nextPeriod(ofUtc);
}

/** The months, one or two, of a zone that a day of UTC (`2026-10-31`) reaches into. */
export function periodsOfDay(zone: string, utcDay: string): Period[] {
  const first = periodOf(zone, `${utcDay}T00:00:00.000000Z`);
  const last = periodOf(zone, `${utcDay}T23:59:59.999999Z`);
  return first === last ? [first] : [first, last];
}

export function nextPeriod(period: Period): Period {
  const [year, month] = partsOf(period);
  return month === 12 ? periodFrom(year + 1, 1) : periodFrom(year, month + 1);
}

export function previousPeriod(period: Period): Period {
  const [year, month] = partsOf(period);
  return month === 1 ? periodFrom(year - 1, 12) : periodFrom(year, month - 1);
}

/** The days of a month, in order: `2026-10-01`, … */
export function daysOf(period: Period): string[] {
  const [year, month] = partsOf(period);
  const count = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Array.from({ length: count }, (_, i) => `${period}-${String(i + 1).padStart(2, '0')}`);
}

function partsOf(period: Period): [year: number, month: number] {
  return [Number(period.slice(0, 4)), Number(period.slice(5, 7))];
}

function periodFrom(year: number, month: number): Period {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
}
