import { instantToMs, type Instant } from '#libs/events';
import type { DatetimeSyncDefinition } from '../definition.js';
import type { DatetimeSlice, DatetimeState } from './datetime-slices.js';
import { durationOf, type StepGrid } from './step-grid.js';

/**
 * Whole windows of the grid, up to the watermark, for the tiers that are due: first the tier that has the least to be
 * read, so that a long one does not keep a short one waiting; each window once. A tier that an earlier poll has begun
 * goes on where it stands: reading all of it may take longer than one poll may last.
 */
export function lookback(
  { lookback_window: whole, lookback_tiers }: DatetimeSyncDefinition,
  grid: StepGrid,
  { tiers: readAt, underway = {} }: DatetimeState,
  endMs: number,
  now: Instant,
): DatetimeSlice[] {
  const tiers = lookback_tiers ?? (whole === undefined ? [] : [{ window: whole, every: 'PT0S' }]);
  const due = tiers.flatMap(({ window, every }) => {
    const fromMs = Math.max(grid.startMs, grid.floor(grid.before(endMs, window)));
    const toMs = underway[window] && instantToMs(underway[window].to);
    if (toMs !== undefined && toMs > fromMs && toMs < endMs) return { window, fromMs: grid.floor(toMs) };
    return fromMs < endMs && (underway[window] || isDue(readAt[window], every, now))
      ? { window, fromMs }
      : [];
  });
  const marks = [...new Set(due.map(({ fromMs }) => fromMs))].sort((a, b) => b - a);
  return marks.flatMap((fromMs, i) => {
    const advancesTiers = due.filter((tier) => tier.fromMs === fromMs).map(({ window }) => window);
    const slices = [...grid.windows(fromMs, marks[i - 1] ?? endMs)].map((window): DatetimeSlice => ({
      type: 'datetime',
      ...window,
      advancesTiers,
    }));
    return slices.with(-1, { ...slices.at(-1)!, completesTiers: advancesTiers });
  });
}

/** How far the tiers have come when the slice is read. @param now the instant of its plan */
export function advanceTiers(
  { tiers, underway = {} }: DatetimeState,
  { to, advancesTiers = [], completesTiers = [] }: DatetimeSlice,
  now: Instant,
): Pick<DatetimeState, 'tiers' | 'underway'> {
  const next = { tiers: { ...tiers }, underway: { ...underway } };
  for (const window of advancesTiers) {
    const since = underway[window]?.since ?? now;
    if (completesTiers.includes(window)) {
      next.tiers[window] = since;
      delete next.underway[window];
    } else {
      next.underway[window] = { since, to };
    }
  }
  return Object.keys(next.underway).length > 0 ? next : { tiers: next.tiers };
}

/** An instant yet to come is that of a clock which has been put back. */
function isDue(readAt: Instant | undefined, every: string, now: Instant): boolean {
  if (readAt === undefined || readAt > now) return true;
  return instantToMs(now) - instantToMs(readAt) >= durationOf('every', every).toMillis();
}
