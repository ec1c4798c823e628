import { canonicalJson, hashParts, instantToMs, isInstant, type CanonicalEvent } from '#libs/events';
import type { JsonObject } from '#libs/sources';
import { dataOf } from '../trial-text.js';
import type { TriedRecord } from '../try-records.js';

/** A record as far as probing looks at it. */
export interface ProbedRecord {
  key: string;
  hash: string;
  /** Instants that the mapping finds in it, by the event's fields; epoch milliseconds. */
  times: ReadonlyMap<string, number>;
}

/** A slice that was read to its end, or to the most pages. */
export interface ProbedSlice {
  fromMs: number;
  toMs: number;
  records: ProbedRecord[];
  /** How many records each page had, before the filter's choice. */
  pages: number[];
  /** Whether it was read to its end. */
  isWhole: boolean;
  readAtMs: number;
}

/** Instants of a record that its mapping finds. */
export function probedRecord({ record, naturalKey, events }: TriedRecord): ProbedRecord {
  const hash = hashOf(record);
  return { key: naturalKey ?? hash, hash, times: timesOf(events) };
}

function hashOf(record: JsonObject): string {
  return hashParts([canonicalJson(record)]);
}

function timesOf(events: readonly CanonicalEvent[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const event of events) {
    const data = dataOf(event);
    const record = (data['record'] ?? {}) as Record<string, unknown>;
    for (const [name, value] of [...Object.entries(record), ...Object.entries(data)]) {
      if (typeof value === 'string' && isInstant(value)) times.set(name, instantToMs(value));
    }
  }
  return times;
}

/**
 * The time by which the partner cuts its windows: the field whose instants lie inside most often. Undefined where no
 * record has a time.
 * @param shiftMs added to each instant
 */
export function windowField(
  slices: readonly ProbedSlice[],
  shiftMs = 0,
): { name: string; inside: number } | undefined {
  const names = new Set(slices.flatMap((s) => s.records.flatMap((r) => [...r.times.keys()])));
  return [...names]
    .map((name) => ({ name, inside: insideOf(slices, name, shiftMs) }))
    .sort((a, b) => b.inside - a.inside)[0];
}

/** Part of the records whose time lies inside the window that was asked for. */
export function insideOf(slices: readonly ProbedSlice[], name: string, shiftMs: number): number {
  let [all, inside] = [0, 0];
  for (const { fromMs, toMs, records } of slices) {
    for (const { times } of records) {
      const at = times.get(name);
      if (at === undefined) continue;
      all++;
      if (at + shiftMs >= fromMs && at + shiftMs < toMs) inside++;
    }
  }
  return all === 0 ? 0 : inside / all;
}
