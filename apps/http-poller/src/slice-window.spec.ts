import { instantFromMs } from '#libs/events';
import type { DatetimeSyncDefinition } from '#libs/sources';
import { planSlices } from '#libs/sources';
import { isCutOff } from './slice-window.js';

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
