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

/** GA4 rewrites a day for three days. */
const REWRITTEN_DAYS = 3;

/** How far the reading of the shards has come. */
export interface DaysRead {
  /** The first day of the definition; absent: 30 days back. */
  start: string | undefined;
  /** From this day on all was read once; absent: not yet. */
  readFrom: string | undefined;
  /** The last day that was read of, or the one behind it; absent: nothing was read. */
  reached: string | undefined;
}

/**
 * The first day whose shards are looked at: that of the definition until all from there was read once, then 30 days back,
 * or where nothing could be read for as long, as without access, back to what was; yet never before the definition's.
 * @param today in the property's zone
 */
export function firstDay(today: string, { start, readFrom, reached = today }: DaysRead): string {
  const rewritten = addDays(reached, -REWRITTEN_DAYS);
  const ofToday = addDays(today, -LOOK_BACK_DAYS);
  const lookBack = rewritten < ofToday ? rewritten : ofToday;
  if (start === undefined) return lookBack;
  if (readFrom === undefined || start < readFrom) return start;
  return start > lookBack ? start : lookBack;
}
