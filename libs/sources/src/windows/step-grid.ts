import { DateTime, Duration } from 'luxon';
import { instantFromMs, instantToMs, type Instant } from '#libs/events';
import type { DatetimeSyncDefinition } from '../definition.js';
import { isCoarse, unitRuler, type Ruler } from './ruler.js';
import { parseWireFormat, zoneOf } from './wire-format.js';

/** The windows that a stream's `start` and `step` lay out, each to be read in one go. All times in milliseconds. */
export interface StepGrid {
  /** Where history begins. */
  startMs: number;
  /** Marks wherever a unit of the wire format begins: no window can begin or end elsewhere. */
  units: Ruler;
  /** The API can only be asked for long stretches of time, as whole days. */
  coarse: boolean;
  /** What is left to rows to settle. */
  settleMs: number;
  /** The end of the last unit that is over and settled. */
  settledMs(now: Instant): number;
  /** The window that holds the instant begins here. */
  floor(ms: number): number;
  /** So long ago by the calendar. */
  before(ms: number, duration: string): number;
  /** Windows from a mark to another; only those at the ends are shorter than a step. */
  windows(fromMs: number, toMs: number): Generator<{ from: Instant; to: Instant }>;
}

/** Days of a month on average; only to come near. */
const DAYS_OF_MONTH = 30.436875;

/**
 * Steps are laid out from `start` by the calendar of the zone: `P1D` is a day of 23, 24 or 25 hours, and the n-th
 * `P1M` after 31 January the last day of its month. A step shorter than the format's unit is taken for one unit.
 * @throws RangeError for a start, step, duration, format or zone that is none
 */
export function stepGrid(sync: DatetimeSyncDefinition): StepGrid {
  const zone = zoneOf(sync.timezone);
  const { unit } = parseWireFormat(sync.format);
  const units = unitRuler(unit, zone);
  const start = DateTime.fromISO(sync.start, { zone });
  if (!start.isValid) throw new RangeError(`start: ${JSON.stringify(sync.start)} is no day or instant`);
  const step = durationOf('step', sync.step);
  const { years, months, ...rest } = step.shiftTo('years', 'months', 'milliseconds').toObject();
  const stepMs = (years! * 12 + months!) * DAYS_OF_MONTH * 86_400_000 + rest.milliseconds!;
  if (!(stepMs >= 1)) throw new RangeError(`step: ${JSON.stringify(sync.step)} is no time at all`);
  const settleMs = durationOf('settle_delay', sync.settle_delay ?? 'PT0S').toMillis();

  const mark = (n: number): number => units.floor(start.plus(step.mapUnits((count) => count * n)).toMillis());
  /** Number of the last mark at or before. */
  const numberAt = (ms: number): number => {
    let n = Math.floor((ms - start.toMillis()) / stepMs);
    while (mark(n) > ms) n--;
    while (mark(n + 1) <= ms) n++;
    return n;
  };

  return {
    startMs: mark(0),
    settleMs,
    units,
    coarse: isCoarse(unit),
    settledMs: (now) => units.floor(instantToMs(now) - settleMs),
    floor: (ms) => mark(numberAt(ms)),
    before: (ms, duration) =>
      DateTime.fromMillis(ms, { zone }).minus(durationOf('window', duration)).toMillis(),
    *windows(fromMs, toMs) {
      for (let n = numberAt(fromMs), at = fromMs; at < toMs; n++) {
        const end = Math.min(mark(n + 1), toMs);
        if (end <= at) continue; // a mark that is not on this clock falls on the next one
        yield { from: instantFromMs(at), to: instantFromMs(end) };
        at = end;
      }
    },
  };
}

/** @throws RangeError */
export function durationOf(field: string, text: string): Duration {
  const duration = Duration.fromISO(text);
  if (!duration.isValid) throw new RangeError(`${field}: ${JSON.stringify(text)} is no ISO 8601 duration`);
  return duration;
}
