import type { StreamDefinition } from '#libs/sources';
import { windowField, type ProbedSlice } from './probed-slice.js';
import { cannotTell, ok, type Verdict } from './verdict.js';

const QUESTION = 'In which order do records come?';

/** By which of their times records come, and whether that goes one way only. */
export function judgeOrder(
  { cursor_field: cursor }: StreamDefinition,
  slices: readonly ProbedSlice[],
): Verdict {
  const field = windowField(slices);
  const longest = [...slices].sort((a, b) => b.records.length - a.records.length)[0];
  if (!field || !longest || longest.records.length < 3)
    return cannotTell(QUESTION, 'too few records with a time came');
  const names = [...new Set(longest.records.flatMap((r) => [...r.times.keys()]))];
  const ordered = names.flatMap((name) => {
    const way = wayOf(longest.records.flatMap((r) => r.times.get(name) ?? []));
    return way === undefined ? [] : [`${name} ${way}`];
  });
  const seen = ordered.length > 0 ? `by ${ordered.join(' and ')}` : 'by none of their times';
  return ok(
    QUESTION,
    `${seen}${cursor === undefined ? '' : `; cursor_field is ${cursor}`}; windows do not depend on it`,
  );
}

function wayOf(times: readonly number[]): 'ascending' | 'descending' | undefined {
  if (new Set(times).size < 2) return undefined;
  if (times.every((at, i) => i === 0 || at >= times[i - 1]!)) return 'ascending';
  return times.every((at, i) => i === 0 || at <= times[i - 1]!) ? 'descending' : undefined;
}
