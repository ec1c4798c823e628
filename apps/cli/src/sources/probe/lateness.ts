import { durationMs, type IncrementalSyncDefinition } from '#libs/sources';
import { count } from '../../print.js';
import type { ProbedSlice } from './probed-slice.js';
import { cannotTell, ok, wrong, type Verdict } from './verdict.js';

const QUESTION = 'How late do rows change?';
const STEPS: readonly (readonly [text: string, ms: number])[] = (
  [
    'PT1M',
    'PT5M',
    'PT15M',
    'PT1H',
    'PT6H',
    'P1D',
    'P3D',
    'P7D',
    'P14D',
    'P30D',
    'P60D',
    'P90D',
    'P180D',
  ] as const
).map((text) => [text, durationMs(text)!] as const);
/** Fields of an event that tell of its last change. */
const MODIFIED = ['version', 'modified_at', 'updated_at'];
const HAPPENED = ['created_at', 'registered_at', 'occurred_at'];
const COVERED = 0.999;
const BAR = 40;

/** How long after it happened a record changed, of each record that tells both; milliseconds. */
export function changeDelays(slices: readonly ProbedSlice[]): number[] {
  const records = new Map(slices.flatMap((s) => s.records.map((r) => [r.key, r] as const)));
  return [...records.values()].flatMap(({ times }) => {
    const modified = firstOf(times, MODIFIED);
    const happened = firstOf(times, HAPPENED);
    return modified === undefined || happened === undefined || modified === happened
      ? []
      : [modified - happened];
  });
}

/** How long after it happened a record was seen to come or change, while a window was read again and again. */
export function watchedDelays(readings: readonly ProbedSlice[]): number[] {
  const known = new Map<string, string>();
  const delays: number[] = [];
  readings.forEach(({ records, readAtMs }, i) => {
    for (const { key, hash, times } of records) {
      const before = known.get(key);
      known.set(key, hash);
      const happened = firstOf(times, HAPPENED);
      if (i > 0 && before !== hash && happened !== undefined) delays.push(readAtMs - happened);
    }
  });
  return delays;
}

function firstOf(times: ReadonlyMap<string, number>, names: readonly string[]): number | undefined {
  const name = names.find((n) => times.has(n));
  return name === undefined ? undefined : times.get(name);
}

/** Whether the look-back reaches as far back as rows were seen to change. */
export function judgeLateness(
  sync: IncrementalSyncDefinition,
  delays: readonly number[],
  watched: boolean,
): Verdict {
  if (delays.length === 0) {
    return cannotTell(
      QUESTION,
      watched
        ? 'no row came or changed while it was watched'
        : 'no record tells both when it happened and when it changed; --watch P1D reads again and sees',
    );
  }
  const sorted = [...delays].map((ms) => Math.max(0, ms)).sort((a, b) => a - b);
  const needed = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * COVERED) - 1)]!;
  const step = STEPS.find(([, ms]) => ms >= needed)?.[0] ?? 'P365D';
  const seen = `${count(delays.length)} rows changed up to ${durationText(sorted.at(-1)!)} after they happened`;
  if (sync.type !== 'datetime') return ok(QUESTION, seen);
  const reach = durationMs(sync.lookback_window ?? '') ?? 0;
  if (reach >= needed)
    return ok(QUESTION, `${seen}; lookback_window ${sync.lookback_window} reaches that far`);
  return wrong(QUESTION, seen, {
    place: sync.lookback_window === undefined ? 'incremental_sync' : 'incremental_sync.lookback_window',
    text: `write lookback_window: ${step}, where windows go by when a row happened; where they go by when it changed, it needs none`,
  });
}

/** How long to wait until nine of ten of those rows are there that come within an hour; undefined: none does. */
export function settlingTime(delays: readonly number[]): string | undefined {
  const soon = delays.filter((ms) => ms <= 3_600_000).sort((a, b) => a - b);
  if (soon.length === 0) return undefined;
  const needed = soon[Math.ceil(soon.length * 0.9) - 1]!;
  return STEPS.find(([, ms]) => ms >= needed)?.[0];
}

/** Bars of how many rows changed within which time. */
export function histogram(delays: readonly number[]): string[] {
  const counts = STEPS.map(([text, ms], i) => {
    const least = i === 0 ? -Infinity : STEPS[i - 1]![1];
    return { text, n: delays.filter((d) => d > least && d <= ms).length };
  });
  const used = counts.filter(({ n }) => n > 0);
  const most = Math.max(1, ...used.map(({ n }) => n));
  return used.map(
    ({ text, n }) =>
      `within ${text.padEnd(5)} ${'█'.repeat(Math.max(1, Math.round((n / most) * BAR)))} ${count(n)}`,
  );
}

function durationText(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 60) return `${Math.ceil(minutes)} min`;
  return minutes < 48 * 60 ? `${Math.ceil(minutes / 60)} h` : `${Math.ceil(minutes / 1440)} days`;
}
