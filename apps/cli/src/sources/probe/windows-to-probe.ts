import { instantFromMs, instantToMs } from '#libs/events';
import {
  backfillSlices,
  durationMs,
  wireBounds,
  type DatetimeSyncDefinition,
  type SliceBounds,
} from '#libs/sources';

/** A window, half-open; epoch milliseconds. */
export interface Window {
  fromMs: number;
  toMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What probing takes for one window: an hour, or a day where the format tells no hours. */
export function unitOf(sync: DatetimeSyncDefinition): 'PT1H' | 'P1D' {
  const at = (ms: number): string => boundsOf(sync, { fromMs: ms, toMs: ms + HOUR_MS }, 'half_open').from!;
  return at(0) === at(HOUR_MS) || at(12 * HOUR_MS) === at(13 * HOUR_MS) ? 'P1D' : 'PT1H';
}

/** Two windows side by side that were over by then. */
export function neighboursBefore(sync: DatetimeSyncDefinition, beforeMs: number): [Window, Window] {
  const unit = unitOf(sync);
  const unitMs = durationMs(unit)!;
  const from = instantFromMs(beforeMs - 5 * unitMs);
  const to = instantFromMs(beforeMs + 2 * unitMs); // so that none before is cut short
  const over = backfillSlices({ ...sync, start: '1971-01-01', step: unit }, from, to)
    .flatMap((slice) =>
      slice.type === 'datetime' ? [{ fromMs: instantToMs(slice.from), toMs: instantToMs(slice.to) }] : [],
    )
    .filter(({ toMs }) => toMs <= beforeMs);
  return [over.at(-2)!, over.at(-1)!];
}

/** The ends of a window as the partner writes them. @param boundary in the place of the definition's */
export function boundsOf(
  sync: DatetimeSyncDefinition,
  { fromMs, toMs }: Window,
  boundary = sync.boundary,
): SliceBounds {
  return wireBounds(
    { ...sync, ...(boundary && { boundary }) },
    { type: 'datetime', from: instantFromMs(fromMs), to: instantFromMs(toMs) },
  );
}

/**
 * The beginning of the unit of the format that holds an instant, if a window can begin and end with the instant itself:
 * where the format tells days, the beginning of its day; else the instant, if the format can write it. Undefined: it is
 * finer than the format.
 */
export function writableTime(sync: DatetimeSyncDefinition, atMs: number): number | undefined {
  const unit = unitOf(sync);
  if (unit === 'P1D') {
    const [day] = backfillSlices(
      { ...sync, start: '1971-01-01', step: unit },
      instantFromMs(atMs),
      instantFromMs(atMs + 1),
    );
    return day?.type === 'datetime' ? instantToMs(day.from) : undefined;
  }
  const from = (ms: number): string => boundsOf(sync, { fromMs: ms, toMs: ms + DAY_MS }, 'half_open').from!;
  return from(atMs) !== from(atMs - 1) ? atMs : undefined;
}
