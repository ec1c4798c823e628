import { DateTime } from 'luxon';
import { instantFromMs, instantToMs, type Instant } from '#libs/events';
import { CommandFailed } from '../../exit-code.js';

/** Days of a property's zone, both included, as `20261120`. */
export interface Days {
  from: string;
  to: string;
}

/**
 * The days that somebody wants: `--from` to before `--to`. A midnight of UTC, as `--from 2026-11-20` is one, names the
 * property's day of that date; any other instant the property's day that it lies in.
 * @param usual how many days where nothing is wanted, today included; `--from` alone is one day
 * @throws CommandFailed where there is no day between them
 */
export function wantedDays(
  wanted: { from?: Instant; to?: Instant },
  zone: string,
  nowMs: number,
  usual: number,
): Days {
  const from = wanted.from === undefined ? undefined : dateOf(wanted.from, zone);
  const before = wanted.to === undefined ? undefined : endOf(wanted.to, zone);
  const to = before?.minus({ days: 1 }) ?? from ?? DateTime.fromMillis(nowMs, { zone });
  const first = from ?? to.minus({ days: usual - 1 });
  if (dayText(first) > dayText(to)) throw new CommandFailed('--from must be before --to');
  return { from: dayText(first), to: dayText(to) };
}

/** How many days they are. */
export function countDays({ from, to }: Days): number {
  const [first, last] = [from, to].map((day) => DateTime.fromFormat(day, 'yyyyMMdd', { zone: 'utc' }));
  return Math.round(last!.diff(first!, 'days').days) + 1;
}

/** The instants at which they begin and end in that zone. */
export function boundsOf({ from, to }: Days, zone: string): { from: Instant; to: Instant } {
  // Where clocks change at midnight a day begins at 01:00
  const start = (day: string, plus: number): Instant =>
    instantFromMs(
      DateTime.fromFormat(day, 'yyyyMMdd', { zone }).plus({ days: plus }).startOf('day').toMillis(),
    );
  return { from: start(from, 0), to: start(to, 1) };
}

/** `2026-11-20`. */
export function dayName(day: string): string {
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}

/** The day of the zone that an epoch (ms) lies in. */
export function dayAt(ms: number, zone: string): string {
  return dayText(DateTime.fromMillis(ms, { zone }));
}

function dateOf(instant: Instant, zone: string): DateTime {
  const utc = DateTime.fromMillis(instantToMs(instant), { zone: 'utc' });
  return isMidnight(utc) ? utc.setZone(zone, { keepLocalTime: true }) : utc.setZone(zone);
}

/** The first day that is not wanted any more. */
function endOf(instant: Instant, zone: string): DateTime {
  const local = dateOf(instant, zone);
  return isMidnight(local) ? local : local.plus({ days: 1 });
}

function isMidnight(time: DateTime): boolean {
  return time.toMillis() === time.startOf('day').toMillis();
}

function dayText(time: DateTime): string {
  return time.toFormat('yyyyMMdd');
}
