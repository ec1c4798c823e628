import type { StopDefinition } from '../definition.js';
import { SliceError } from '../errors/slice-error.js';
import type { JsonValue } from '../json.js';
import { compilePath } from '../path.js';
import { signalText } from './signal-text.js';

/** What the partner said of the whole; a later page's word replaces an earlier one's. */
export interface Stated {
  /** Records in all. */
  total?: number;
  /** Number of the last page. */
  lastPage?: number;
  /** Whether the total was another on an earlier page. */
  totalChanged: boolean;
}

/** The explicit signals of a stream that no page follows. */
export interface StopSignals {
  /**
   * @param hasRecords of a page without any, nothing need be stated
   * @throws SliceError where a number that must be stated never was
   */
  read(envelope: JsonValue, before: Stated, hasRecords: boolean): Stated;
  /** Whether any signal says that the page was the last. @param distinct records read so far, see `stated-total.ts` */
  isLast(envelope: JsonValue, stated: Stated, pageNumber: number, distinct: number): boolean;
}

/** Reads the stop paths of a paginator, which lead into the answer. */
export function compileStopSignals(stop: StopDefinition = {}): StopSignals {
  const readNext = pathOf(stop.next_url_path);
  const readMore = pathOf(stop.has_more_path);
  const readTotal = numberAt(stop.total_path, 'total_path');
  const readLastPage = numberAt(stop.last_page_path, 'last_page_path');
  return {
    read(envelope, before, hasRecords) {
      const total = readTotal?.(envelope, before.total, hasRecords);
      const lastPage = readLastPage?.(envelope, before.lastPage, hasRecords);
      return {
        ...(total === undefined ? {} : { total }),
        ...(lastPage === undefined ? {} : { lastPage }),
        totalChanged: before.totalChanged || (before.total !== undefined && before.total !== total),
      };
    },
    isLast(envelope, { total, lastPage }, pageNumber, distinct) {
      if (
        readNext &&
        signalText(readNext(envelope), 'paginator.stop.next_url_path', stop.next_url_path!) === undefined
      )
        return true;
      if (readMore && !isTrue(readMore(envelope))) return true;
      return (lastPage !== undefined && pageNumber >= lastPage) || (total !== undefined && distinct >= total);
    },
  };
}

function pathOf(path: string | undefined) {
  return path === undefined ? undefined : compilePath(path);
}

function numberAt(path: string | undefined, key: string) {
  if (path === undefined) return undefined;
  const read = compilePath(path);
  return (envelope: JsonValue, before: number | undefined, hasRecords: boolean): number | undefined => {
    const value = read(envelope);
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
    // Some partners state it on the first page only, and of nothing at all something odd.
    if (!hasRecords || ((value === undefined || value === null) && before !== undefined)) return before;
    const what = value === undefined || value === null ? 'the answer has no' : 'no whole number stands at';
    throw new SliceError('config_error', 'stop_signal', `paginator.stop.${key}: ${what} ${path}`);
  };
}

function isTrue(value: JsonValue | undefined): boolean {
  return (
    value === true || value === 1 || value === '1' || (typeof value === 'string' && /^true$/i.test(value))
  );
}
