import fc from 'fast-check';
import type { DatetimeSyncDefinition } from '#libs/sources';

const HOUR_MS = 3_600_000;

/** Zones and years in which clocks change in every way: by half an hour, at midnight, by a whole day. */
const ZONES: Record<string, [firstYear: number, lastYear: number]> = {
  UTC: [2024, 2026],
  '-05:00': [2024, 2026],
  '+05:45': [2024, 2026],
  'America/New_York': [2024, 2026],
  'Europe/Kyiv': [2024, 2026],
  'Africa/Casablanca': [2019, 2026],
  'America/Havana': [2019, 2024], // 00:00 to 01:00 comes twice
  'America/Sao_Paulo': [2015, 2019], // midnight is left out, or 23:00 comes twice
  'Australia/Lord_Howe': [2022, 2026], // half an hour
  'Pacific/Apia': [2010, 2012], // 30 December 2011 is left out
};

const STEPS: Record<string, number> = {
  PT1M: HOUR_MS / 60,
  PT7M: (7 * HOUR_MS) / 60,
  PT1H: HOUR_MS,
  PT6H: 6 * HOUR_MS,
  P1D: 24 * HOUR_MS,
  P1DT12H: 36 * HOUR_MS,
  P7D: 168 * HOUR_MS,
  P1M: 730 * HOUR_MS,
};

/** Formats whose texts sort as times do, with the shortest step that each is tried with. */
const FORMATS: Record<string, number> = {
  'yyyy-MM': 168 * HOUR_MS,
  'yyyy-MM-dd': 6 * HOUR_MS,
  yyyyMMddHH: HOUR_MS,
  'yyyy-MM-dd HH:mm': 0,
  'yyyy-MM-dd HH:mm:ss': 0,
  epoch_seconds: 0,
  epoch_ms: 0,
  iso: 0,
};

/** Definitions of streams that are read by time; `stepMs` is about how long a step is. */
export const anyDatetimeSync: fc.Arbitrary<DatetimeSyncDefinition & { stepMs: number }> = fc
  .record({
    timezone: fc.constantFrom(...Object.keys(ZONES)),
    step: fc.constantFrom(...Object.keys(STEPS)),
    format: fc.constantFrom(...Object.keys(FORMATS)),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    settle_delay: fc.constantFrom(undefined, 'PT0S', 'PT90S', 'PT3H'),
    boundary: fc.constantFrom(undefined, 'half_open' as const, 'closed' as const, 'open' as const),
  })
  .filter(({ step, format }) => STEPS[step]! >= FORMATS[format]!)
  // Where an hour is not a whole one, no format of hours can tell its halves apart.
  .filter(({ timezone, format }) => timezone !== 'Australia/Lord_Howe' || format !== 'yyyyMMddHH')
  .map(({ at, ...sync }) => {
    const [first, last] = ZONES[sync.timezone]!.map((year) => Date.UTC(year)) as [number, number];
    const start = new Date(first + Math.round((at * (last - first)) / 60_000) * 60_000).toISOString();
    return { type: 'datetime', ...sync, start, stepMs: STEPS[sync.step]! };
  });
