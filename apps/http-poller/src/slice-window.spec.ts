import { instantFromMs, type Instant } from '#libs/events';
import type { DatetimeSyncDefinition } from '#libs/sources';
import { planSlices } from '#libs/sources';
import { isCutOff, kindOfSlice } from './slice-window.js';

const minutes: DatetimeSyncDefinition = {
  type: 'datetime',
  start: '2026-03-01T00:00:00Z',
  step: 'PT1M',
  format: 'iso',
  timezone: 'UTC',
  lookback_window: 'P1D',
};
const plan = (watermark: string, now: string) =>
  planSlices(
    minutes,
    { type: 'datetime', watermark: instantFromMs(Date.parse(watermark)), tiers: {} },
    instantFromMs(Date.parse(now)),
  );

it('a plan is cut off where history is missing, not where the look-back is long', () => {
  expect(isCutOff(plan('2026-03-02T00:00:00Z', '2026-03-03T00:00:00Z'))).toBe(true);
  const long = plan('2026-03-03T00:00:00Z', '2026-03-03T00:01:00Z');
  expect([long.length, isCutOff(long)]).toEqual([1 + 24 * 60, false]);
});

it('a window is live where it was not read before, be it new or of a start that was moved back', () => {
  const day = (n: number): Instant => instantFromMs(Date.UTC(2026, 2, n));
  const state = { type: 'datetime', read_from: day(3), watermark: day(5), tiers: {} } as const;
  const kindOf = (n: number) => kindOfSlice({ type: 'datetime', from: day(n), to: day(n + 1) }, state);
  expect([2, 3, 4, 5].map(kindOf)).toEqual(['live', 'lookback', 'lookback', 'live']);
});
