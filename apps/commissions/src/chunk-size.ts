/** Subjects of a run's first transaction: whoever has years behind them costs as much as a hundred others. */
export const FIRST_CHUNK = 100;
const LARGEST_CHUNK = 1_000;
const QUICK_MS = 500;
/** PostgreSQL ends a transaction in which nothing is asked for 5 s; reckoning is a part of this time. */
const SLOW_MS = 2_000;

/**
 * How many subjects the next transaction takes: more where the last one was quick, fewer where it was slow, as what a subject
 * costs depends on the months behind them and on what else the machine does.
 * @param size of the last one @param ms that it took
 */
export function nextChunk(size: number, ms: number): number {
  if (ms > SLOW_MS) return Math.max(1, Math.floor(size / 2));
  return ms < QUICK_MS ? Math.min(LARGEST_CHUNK, size * 2) : size;
}
