import { DateTime } from 'luxon';
import { instantFromMs, type Instant } from '#libs/events';

/** How many days back shards are looked at: GA4 rewrites a day for three days, and now and then later. */
export const LOOK_BACK_DAYS = 30;

const FORMAT = 'yyyyMMdd';

/** The day of an instant in a zone, as shards are named: `20261120`. */
export function dayAt(ms: number, zone: string): string {
  return DateTime.fromMillis(ms, { zone }).toFormat(FORMAT);
}

/** Another day, so many after this one. */
export function addDays(day: string, days: number): string {
  return DateTime.fromFormat(day, FORMAT, { zone: 'UTC' }).plus({ days }).toFormat(FORMAT);
}

/** `2026-11-20` as `20261120`. */
export function dayOfDate(date: string): string {
  return date.replaceAll('-', '');
}

/** A day of a zone as a half-open stretch of time: 23 or 25 hours where clocks change. */
export function boundsOfDay(day: string, zone: string): { from: Instant; to: Instant } {
  const start = DateTime.fromFormat(day, FORMAT, { zone }).startOf('day');
  // The day after may begin at 01:00, where clocks change at midnight
  const end = DateTime.fromFormat(addDays(day, 1), FORMAT, { zone }).startOf('day');
  return { from: instantFromMs(start.toMillis()), to: instantFromMs(end.toMillis()) };
}

/** The days of a zone that a half-open stretch of time touches, in their order. */
export function daysWithin(fromMs: number, toMs: number, zone: string): string[] {
  const last = dayAt(toMs - 1, zone);
  const days: string[] = [];
  for (let day = dayAt(fromMs, zone); day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}

/**
 * The first day whose shards are looked at: that of the definition until all from there was read once, then 30 days back,
 * yet never before the definition's.
 * @param today in the property's zone
 * @param start of the definition; absent: 30 days back
 * @param readFrom from which day on all was read once; absent: not yet
 */
export function firstDay(today: string, start: string | undefined, readFrom: string | undefined): string {
  const lookBack = addDays(today, -LOOK_BACK_DAYS);
  if (start === undefined) return lookBack;
  if (readFrom === undefined || start < readFrom) return start;
  return start > lookBack ? start : lookBack;
}
