import type { StreamDefinition } from '#libs/sources';
import { countOf } from '../trial-text.js';
import type { ProbedSlice } from './probed-slice.js';
import { cannotTell, ok, wrong, type Verdict } from './verdict.js';

const QUESTION = 'Is the page size honoured?';
/** Round numbers at which partners cut what they answer. */
const CAPS = [50, 100, 200, 250, 500, 1_000, 2_000, 2_500, 5_000, 10_000, 50_000, 100_000];
const DEFAULT_MAX_PAGES = 10_000;

/** Whether pages are as long as was asked for, and whether windows come near a limit. */
export function judgePaging({ paginator }: StreamDefinition, slices: readonly ProbedSlice[]): Verdict {
  const asked =
    paginator && ('limit' in paginator ? paginator.limit : 'size' in paginator ? paginator.size : undefined);
  const most = Math.max(0, ...slices.flatMap((s) => s.pages));
  const multi = slices.filter((s) => s.pages.length > 1 || !s.isWhole);
  if (most === 0) return cannotTell(QUESTION, 'no record came');
  if (!paginator || paginator.type === 'none') {
    if (!CAPS.includes(most))
      return ok(QUESTION, `there are no pages; the longest answer has ${countOf(most, 'record')}`);
    return wrong(QUESTION, `an answer has exactly ${countOf(most, 'record')}, which looks as if it was cut`, {
      place: 'incremental_sync.step',
      text: 'ask for less at a time, or say how the partner pages',
    });
  }
  if (asked === undefined)
    return ok(QUESTION, `no size is asked for; the longest page has ${countOf(most, 'record')}`);
  if (most > asked) {
    return wrong(QUESTION, `${asked} were asked for, and ${most} came`, {
      place: 'paginator',
      text: 'the partner does not know this parameter for the size',
    });
  }
  if (multi.length === 0) {
    return most === asked
      ? cannotTell(QUESTION, `one page of ${most} came, just as many as were asked for`)
      : cannotTell(QUESTION, `no window has a second page; the longest first one has ${most} of ${asked}`);
  }
  const full = Math.max(...multi.map((s) => s.pages[0] ?? 0));
  if (full < asked) {
    return wrong(QUESTION, `${asked} were asked for, and full pages have ${full}`, {
      place: 'paginator',
      text: `the partner gives at most ${full}: write size: ${full}`,
    });
  }
  const pages = Math.max(...slices.map((s) => s.pages.length));
  const maxPages = paginator.max_pages ?? DEFAULT_MAX_PAGES;
  if (pages > maxPages / 2) {
    return wrong(QUESTION, `a window has ${pages} of at most ${maxPages} pages`, {
      place: 'incremental_sync.step',
      text: 'a shorter step keeps windows away from max_pages',
    });
  }
  return ok(QUESTION, `full pages have ${full} records, as asked`);
}
