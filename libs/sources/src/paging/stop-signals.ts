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

/** How far paging has come. */
export interface PagingPlace {
  pageNumber: number;
  /** Raw records so far. */
  read: number;
  /** Those of them that are not the ones with which a page began and the one before it ended, see `stated-total.ts`. */
  distinct: number;
}

/** What the signals of an answer say together. */
export interface Verdict {
  /** Whether a page follows; undefined where there is no signal. */
  more?: boolean;
  /** The key of `paginator.stop` that says so. */
  key?: keyof StopDefinition;
  /** Whether a signal that is there says the contrary. */
  contradicted: boolean;
}

/** The explicit signals of a stream whether a page follows. */
export interface StopSignals {
  /**
   * @param hasRecords of a page without any, nothing need be stated
   * @throws SliceError where a number that must be stated never was
   */
  read(envelope: JsonValue, before: Stated, hasRecords: boolean): Stated;
  /**
   * A page follows where any signal says so: a total that is stated too low must not hide the rows behind it. A signal
   * that is absent contradicts none.
   */
  judge(envelope: JsonValue, stated: Stated, place: PagingPlace): Verdict;
}

/** A signal's word: a page follows, none does, or nothing stands there, which alone means that none does. */
type Word = 'more' | 'last' | 'absent';

/** Reads the stop paths of a paginator, which lead into the answer. */
export function compileStopSignals(stop: StopDefinition = {}): StopSignals {
  const readNext = pathOf(stop.next_url_path);
  const readMore = pathOf(stop.has_more_path);
  const readDone = pathOf(stop.done_path);
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
    judge(envelope, { total, lastPage }, { pageNumber, read, distinct }) {
      const words = new Map<keyof StopDefinition, Word>();
      if (readNext) words.set('next_url_path', wordOfNext(readNext(envelope), stop.next_url_path!));
      if (readMore) words.set('has_more_path', wordOfFlag(readMore(envelope), 'more', 'last'));
      if (readDone) words.set('done_path', wordOfFlag(readDone(envelope), 'last', 'more'));
      if (lastPage !== undefined) words.set('last_page_path', pageNumber < lastPage ? 'more' : 'last');
      // Between the two, a row may come twice, or pages overlap: the others know, if there are any.
      if (total !== undefined && (distinct >= total || read < total || words.size === 0)) {
        words.set('total_path', distinct < total ? 'more' : 'last');
      }
      if (words.size === 0) return { contradicted: false };
      const all = [...words];
      const key = all.find(([, word]) => word === 'more')?.[0];
      if (key === undefined) return { more: false, contradicted: false };
      return { more: true, key, contradicted: all.some(([, word]) => word === 'last') };
    },
  };
}

function wordOfNext(value: JsonValue | undefined, path: string): Word {
  if (value === undefined) return 'absent';
  return signalText(value, 'paginator.stop.next_url_path', path) === undefined ? 'last' : 'more';
}

function wordOfFlag(value: JsonValue | undefined, whenTrue: Word, otherwise: Word): Word {
  if (value === undefined) return 'absent';
  return isTrue(value) ? whenTrue : otherwise;
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
