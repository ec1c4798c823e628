import { DateTime, type Zone } from 'luxon';
import { UNITS, type Unit } from './wire-format.js';

/** Marks on the line of time, in epoch milliseconds. */
export interface Ruler {
  /** The last mark at or before. */
  floor(ms: number): number;
  /** The first mark after. */
  next(ms: number): number;
}

const LENGTHS_MS: Partial<Record<Unit, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
};

/** Whether a unit takes so long that its rows cannot wait until it is over. */
export function isCoarse(unit: Unit): boolean {
  return UNITS.indexOf(unit) >= UNITS.indexOf('hour');
}

/** A mark wherever a unit begins in the zone: days of 23 or 25 hours, months of any length. */
export function unitRuler(unit: Unit, zone: Zone): Ruler {
  const lengthMs = LENGTHS_MS[unit];
  const floor =
    lengthMs === undefined ? (ms: number) => beginning(ms, unit, zone) : withinDay(lengthMs, zone);
  return {
    floor,
    next(ms) {
      if (lengthMs !== undefined) return floor(ms) + lengthMs;
      const start = DateTime.fromMillis(floor(ms), { zone });
      // A zone can leave out a whole day, as Samoa did on 30 December 2011.
      for (let n = 1; ; n++) {
        const mark = beginning(start.plus({ [unit]: n }).toMillis(), unit, zone);
        if (mark > ms) return mark;
      }
    },
  };
}

function withinDay(lengthMs: number, zone: Zone): (ms: number) => number {
  return (ms) => {
    const offsetMs = zone.offset(ms) * 60_000;
    return Math.floor((ms + offsetMs) / lengthMs) * lengthMs - offsetMs;
  };
}

/** Where midnight comes twice, the day begins with the first one. */
function beginning(ms: number, unit: Unit, zone: Zone): number {
  const start = DateTime.fromMillis(ms, { zone }).startOf(unit);
  return Math.min(...start.getPossibleOffsets().map((at) => at.toMillis()));
}
