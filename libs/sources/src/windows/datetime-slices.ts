import { instantFromMs, instantToMs, type Instant } from '#libs/events';
import type { DatetimeSyncDefinition } from '../definition.js';
import type { Slice, StreamState } from '../slices.js';
import { advanceTiers, lookback } from './look-back.js';
import { stepGrid, type StepGrid } from './step-grid.js';

export type DatetimeState = Extract<StreamState, { type: 'datetime' }>;
export type DatetimeSlice = Extract<Slice, { type: 'datetime' }>;

/** A plan has at most so many new windows, and so many of history; while new ones fill plans, nothing else is read. */
export const MAX_NEW_WINDOWS = 1000;

/** Nothing is read yet. */
export function initialDatetimeState(sync: DatetimeSyncDefinition): DatetimeState {
  const start = instantFromMs(stepGrid(sync).startMs);
  return { type: 'datetime', read_from: start, watermark: start, tiers: {} };
}

/**
 * First the windows from the watermark to the last settled unit, oldest first; then, where the unit is an hour or
 * longer, the unit that is not over, which is read again by every poll until it is; then the look-back; then, where
 * `start` was moved back, the history from there on, newest first, so that what is read stays one stretch.
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
  slices.push(...lookback(sync, grid, state, Math.min(watermarkMs, settledMs), now));
  return [...slices, ...earlierHistory(grid, state)];
}

/** What lies between the `start` of the definition and where reading has begun. */
function earlierHistory(grid: StepGrid, { read_from }: DatetimeState): DatetimeSlice[] {
  const slices: DatetimeSlice[] = [];
  let toMs = read_from === undefined ? grid.startMs : instantToMs(read_from);
  while (toMs > grid.startMs && slices.length < MAX_NEW_WINDOWS) {
    const fromMs = grid.floor(toMs - 1);
    slices.push({ type: 'datetime', from: instantFromMs(fromMs), to: instantFromMs(toMs) });
    toMs = fromMs;
  }
  return slices;
}

/**
 * The state after a window was read and acknowledged. The watermark comes to the window's end, but not past what was
 * settled when the window was planned; a window that begins past the watermark, as one of a backfill may, leaves it.
 * What is read begins where a window begins that ends in it.
 * @param now the instant that the window was planned with: what came after it has not been read
 */
export function advanceDatetime(
  sync: DatetimeSyncDefinition,
  state: DatetimeState,
  slice: DatetimeSlice,
  now: Instant,
): DatetimeState {
  const grid = stepGrid(sync);
  const settled = instantFromMs(grid.settledMs(now));
  const read = slice.to < settled ? slice.to : settled;
  const reached = slice.from <= state.watermark && read > state.watermark ? read : state.watermark;
  const start = instantFromMs(grid.startMs);
  const begun = state.read_from ?? (start < state.watermark ? start : state.watermark);
  const from = slice.from < begun && slice.to >= begun ? slice.from : begun;
  return { type: 'datetime', read_from: from, watermark: reached, ...advanceTiers(state, slice, now) };
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
