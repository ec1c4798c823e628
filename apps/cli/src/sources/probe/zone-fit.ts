import { insideOf, windowField, type ProbedSlice } from './probed-slice.js';
import { cannotTell, ok, wrong, type Verdict } from './verdict.js';

const QUESTION = 'Does the stated time zone fit?';
const QUARTER_MS = 15 * 60_000;
const MOST_HOURS = 26;
/** So much better another offset must fit, and so well. */
const BETTER = 0.02;
const WELL = 0.95;
/** Fewer records outside may lie on an end. */
const LEAST_OUTSIDE = 3;

/**
 * Whether the records lie inside the windows that were asked for, and whether another offset would fit better.
 * @param ahead what a window that lies wholly after now holds
 */
export function judgeZone(
  slices: readonly ProbedSlice[],
  ahead: ProbedSlice | undefined,
  nowMs: number,
): Verdict {
  const field = windowField(slices);
  if (!field) return cannotTell(QUESTION, 'no record with a time came');
  const fits = insideOf(slices, field.name, 0);
  const best = bestShift(slices);
  const outside = (1 - fits) * slices.reduce((n, s) => n + s.records.length, 0);
  if (
    best &&
    best.shiftMs !== 0 &&
    outside >= LEAST_OUTSIDE &&
    best.inside >= Math.max(WELL, fits + BETTER)
  ) {
    return wrong(
      QUESTION,
      `${percent(fits)} of ${best.name} lie inside the windows that were asked for; moved by ${offsetText(best.shiftMs)} it would be ${percent(best.inside)}`,
      {
        place: 'incremental_sync.timezone',
        text: `this zone and the timezone of ${best.name} in mapping do not belong together: one of them is off by ${offsetText(Math.abs(best.shiftMs)).slice(1)}`,
      },
    );
  }
  const future =
    ahead?.records.flatMap((r) => r.times.get(field.name) ?? []).filter((at) => at > nowMs + QUARTER_MS) ??
    [];
  if (future.length > 0) {
    const hours = Math.ceil((Math.max(...future) - nowMs) / 3_600_000);
    return wrong(QUESTION, `records lie up to ${hours} h in the future`, {
      place: 'incremental_sync.timezone',
      text: `the partner's clock shows later times than this zone: it is about ${hours} h further east`,
    });
  }
  if (fits < WELL) {
    return cannotTell(
      QUESTION,
      `${percent(fits)} of ${field.name}, which fits best, lie inside the windows: the partner goes by a time that is not mapped`,
    );
  }
  return ok(QUESTION, `${percent(fits)} of ${field.name} lie inside the windows, and none in the future`);
}

function bestShift(
  slices: readonly ProbedSlice[],
): { name: string; inside: number; shiftMs: number } | undefined {
  let best: { name: string; inside: number; shiftMs: number } | undefined;
  const most = (MOST_HOURS * 3_600_000) / QUARTER_MS;
  for (let i = 0; i <= most; i++) {
    for (const shiftMs of i === 0 ? [0] : [i * QUARTER_MS, -i * QUARTER_MS]) {
      const field = windowField(slices, shiftMs);
      if (field && (!best || field.inside > best.inside)) best = { ...field, shiftMs };
    }
  }
  return best;
}

function offsetText(ms: number): string {
  const minutes = Math.abs(ms) / 60_000;
  const text = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')} h`;
  return ms < 0 ? `−${text}` : `+${text}`;
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
