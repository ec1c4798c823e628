import { instantFromMs, instantToMs, type Instant } from '#libs/events';
import type { DatetimeSyncDefinition } from '../definition.js';
import type { Slice, StreamState } from '../slices.js';
import { advanceTiers, lookback } from './look-back.js';
import { stepGrid } from './step-grid.js';

export type DatetimeState = Extract<StreamState, { type: 'datetime' }>;
export type DatetimeSlice = Extract<Slice, { type: 'datetime' }>;

/** A plan has at most so many new windows; while history is caught up in such plans, nothing else is read. */
export const MAX_NEW_WINDOWS = 1000;

/** Nothing is read yet. */
export function initialDatetimeState(sync: DatetimeSyncDefinition): DatetimeState {
  return { type: 'datetime', watermark: instantFromMs(stepGrid(sync).startMs), tiers: {} };
}

/**
 * First the windows from the watermark to the last settled unit, oldest first; then, where the unit is an hour or
 * longer, the unit that is not over, which is read again by every poll until it is; then the look-back.
 */
export function planDatetimeSlices(
  sync: DatetimeSyncDefinition,
  state: DatetimeState,
  now: Instant,
): DatetimeSlice[] {
  const grid = stepGrid(sync);
  const settledMs = grid.settledMs(now);
  const watermarkMs = grid.units.floor(instantToMs(state.watermark));
  const slices: DatetimeSlice[] = [];
  for (const window of grid.windows(watermarkMs, settledMs)) {
    slices.push({ type: 'datetime', ...window });
    if (slices.length === MAX_NEW_WINDOWS) return slices;
  }
  if (grid.coarse && watermarkMs <= settledMs) {
    const to = grid.units.next(settledMs);
    slices.push({ type: 'datetime', from: instantFromMs(settledMs), to: instantFromMs(to) });
  }
  return [...slices, ...lookback(sync, grid, state, Math.min(watermarkMs, settledMs), now)];
}

/**
 * The state after a window was read and acknowledged. The watermark comes to the window's end, but not past what was
 * settled when the window was planned; a window that begins past the watermark, as one of a backfill may, leaves it.
 * @param now the instant that the window was planned with: what came after it has not been read
 */
export function advanceDatetime(
  sync: DatetimeSyncDefinition,
  state: DatetimeState,
  slice: DatetimeSlice,
  now: Instant,
): DatetimeState {
  const settled = instantFromMs(stepGrid(sync).settledMs(now));
  const read = slice.to < settled ? slice.to : settled;
  const reached = slice.from <= state.watermark && read > state.watermark ? read : state.watermark;
  return { type: 'datetime', watermark: reached, ...advanceTiers(state, slice, now) };
}

/**
 * From this instant on there may be something to read that was not there when the slice was read: what is read, plus the
 * delay that is left to it to settle. A unit that is not over, as today, is read up to the instant of its plan.
 * @param state behind the slice
 * @param now the instant that the window was planned with
 */
export function datetimeBehindSince(
  sync: DatetimeSyncDefinition,
  { watermark }: DatetimeState,
  slice: DatetimeSlice,
  now: Instant,
): Instant {
  const isOpen = slice.from <= watermark && watermark < slice.to;
  const readTo = isOpen ? (slice.to < now ? slice.to : now) : watermark;
  return instantFromMs(instantToMs(readTo) + stepGrid(sync).settleMs);
}

/** Windows of the grid that cover a stretch of time, rounded to whole units of the format. */
export function backfillDatetimeSlices(
  sync: DatetimeSyncDefinition,
  from: Instant,
  to: Instant,
): DatetimeSlice[] {
  const grid = stepGrid(sync);
  const toMs = instantToMs(to);
  const endMs = grid.units.floor(toMs) === toMs ? toMs : grid.units.next(toMs);
  return [...grid.windows(grid.units.floor(instantToMs(from)), endMs)].map((window) => ({
    type: 'datetime',
    ...window,
  }));
}
