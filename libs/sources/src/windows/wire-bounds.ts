import { DateTime, FixedOffsetZone, type Zone } from 'luxon';
import { instantToMs } from '#libs/events';
import type { DatetimeSyncDefinition } from '../definition.js';
import type { Slice } from '../slices.js';
import { unitRuler } from './ruler.js';
import { parseWireFormat, zoneOf } from './wire-format.js';

/** Longer than any clock has been put back, and shorter than from one change of the clocks to the next. */
const CHANGE_MS = 26 * 3_600_000;

/**
 * What an API is asked for so that it gives the rows of a half-open window, by how it reads its two ends. In whole
 * units of the format (days, seconds) each is exact: no row is left out, none is read twice.
 * - `half_open`: from the first unit to the one behind the last.
 * - `closed`: from the first unit to the last.
 * - `open`: from the unit before the first to the one behind the last.
 *
 * Where rows have finer times than the format can say and the API compares them as they are, `open` reads those
 * within the unit before the window twice, and `closed` leaves out those within the last unit: such an API is to be
 * declared `half_open`, and then gives a row that lies on a boundary twice. An API that cuts its times to the format
 * before it compares them, as it does with days, is exact.
 *
 * When the clocks go back, an hour comes twice that a format without an offset cannot tell apart: windows that hold
 * one of the two are asked for both. Rows read twice do no harm.
 */
export function wireBounds(
  sync: DatetimeSyncDefinition,
  slice: Extract<Slice, { type: 'datetime' }>,
): { from: string; to: string } {
  const format = parseWireFormat(sync.format);
  const zone = zoneOf(sync.timezone);
  const window = { fromMs: instantToMs(slice.from), toMs: instantToMs(slice.to) };
  const wireZone = format.exact ? zone : FixedOffsetZone.utcInstance;
  const { fromMs, toMs } = format.exact ? window : onLocalClock(window.fromMs, window.toMs, zone);
  const units = unitRuler(format.unit, wireZone);
  const from = units.floor(fromMs);
  const to = units.floor(toMs) === toMs ? toMs : units.next(toMs);
  const text = (ms: number): string => format.text(DateTime.fromMillis(ms, { zone: wireZone }));
  switch (sync.boundary ?? 'half_open') {
    case 'half_open':
      return { from: text(from), to: text(to) };
    case 'closed':
      return { from: text(from), to: text(units.floor(to - 1)) };
    case 'open':
      return { from: text(units.floor(from - 1)), to: text(to) };
  }
}

/** The least time that a clock in the zone shows within the window, and what follows the greatest, as if of UTC. */
function onLocalClock(fromMs: number, toMs: number, zone: Zone): { fromMs: number; toMs: number } {
  const local = (ms: number): number => ms + zone.offset(ms) * 60_000;
  const lastMs = toMs - 1;
  const least = [local(fromMs)];
  const ends = [local(lastMs) + 1];
  const afterFirst = putBack(fromMs, Math.min(lastMs, fromMs + CHANGE_MS), zone);
  if (afterFirst !== undefined) least.push(local(afterFirst));
  const beforeLast = putBack(Math.max(fromMs, lastMs - CHANGE_MS), lastMs, zone);
  if (beforeLast !== undefined) ends.push(local(beforeLast - 1) + 1);
  return { fromMs: Math.min(...least), toMs: Math.max(...ends) };
}

/** The instant within the stretch at which the clocks go back, if they do. */
function putBack(fromMs: number, toMs: number, zone: Zone): number | undefined {
  const before = zone.offset(fromMs);
  if (zone.offset(toMs) >= before) return undefined;
  let [low, high] = [fromMs, toMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offset(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
