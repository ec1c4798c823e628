import { countOf } from '../trial-text.js';
import type { ProbedSlice } from './probed-slice.js';
import { cannotTell, ok, wrong, type Verdict } from './verdict.js';

const QUESTION = 'Do neighbouring windows tile?';

/** Whether [t, t+1) and [t+1, t+2) together hold what [t, t+2) holds, each record once. */
export function judgeTiling(first: ProbedSlice, second: ProbedSlice, both: ProbedSlice): Verdict {
  if (!(first.isWhole && second.isWhole && both.isWhole)) {
    return cannotTell(QUESTION, 'a window has more pages than may be asked for; --max-requests allows more');
  }
  const [a, b, ab] = [first, second, both].map((s) => new Set(s.records.map((r) => r.key))) as [
    Set<string>,
    Set<string>,
    Set<string>,
  ];
  if (ab.size === 0) return cannotTell(QUESTION, 'no record came; look where there are some, with --from');
  const twice = [...a].filter((key) => b.has(key)).length;
  const lost = [...ab].filter((key) => !a.has(key) && !b.has(key)).length;
  const beyond = [...a, ...b].filter((key) => !ab.has(key)).length;
  if (lost > 0) {
    return wrong(
      QUESTION,
      `${countOf(lost, 'record')} of the long window ${lost === 1 ? 'is' : 'are'} in neither of its halves`,
      {
        place: 'incremental_sync.boundary',
        text: 'rows between two windows are lost: the partner does not read the two ends as this says',
      },
    );
  }
  if (twice > 0) {
    return wrong(QUESTION, `${countOf(twice, 'record')} ${twice === 1 ? 'is' : 'are'} in both halves`, {
      place: 'incremental_sync.boundary',
      text: 'rows between two windows come twice, which does no harm but costs requests: closed is probably right',
    });
  }
  if (beyond > 0) {
    return cannotTell(
      QUESTION,
      `${countOf(beyond, 'record')} of the halves ${beyond === 1 ? 'is' : 'are'} not in the long window, which was read later: rows move while they are read`,
    );
  }
  return ok(QUESTION, `${a.size} and ${b.size} records are the ${ab.size} of the long window`);
}

/** Whether the same window reads the same twice. */
export function judgeStability(before: ProbedSlice, after: ProbedSlice): Verdict {
  const question = 'Is a window stable when it is read twice?';
  const [a, b] = [before, after].map((s) => new Map(s.records.map((r) => [r.key, r.hash]))) as [
    Map<string, string>,
    Map<string, string>,
  ];
  if (a.size === 0 && b.size === 0) return cannotTell(question, 'no record came');
  const gone = [...a.keys()].filter((key) => !b.has(key)).length;
  const come = [...b.keys()].filter((key) => !a.has(key)).length;
  const changed = [...a].filter(([key, hash]) => b.has(key) && b.get(key) !== hash).length;
  const seen = `${come} new, ${changed} changed, ${gone} gone of ${a.size} records`;
  if (gone + come + changed === 0)
    return ok(question, `${countOf(a.size, 'record')}, each the same both times`);
  if (gone > 0 && come === gone) {
    return wrong(question, seen, {
      place: 'primary_key',
      text: 'as many records go as come: does the key hold a value that is made anew with each answer?',
    });
  }
  if (changed === a.size) {
    return wrong(question, `${seen}: each record differs with each answer`, {
      place: 'record_selector',
      text: 'a field of each record is made anew with each answer, so that each reading is published again',
    });
  }
  return cannotTell(question, `${seen}: rows change while they are looked at`, {
    place: 'incremental_sync',
    text: 'a lookback_window reads them again, a longer settle_delay waits until they rest',
  });
}
