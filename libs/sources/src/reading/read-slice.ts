import type { IncrementalSyncDefinition } from '../definition.js';
import { SliceError, definitionError } from '../errors/slice-error.js';
import type { JsonValue } from '../json.js';
import { compilePath } from '../path.js';
import { compareIds } from '../paging/compare-ids.js';
import { overlapOf, type PageFingerprint } from '../paging/page-fingerprint.js';
import type { PageSeen, PageStep, Paginator } from '../paging/paginator.js';
import { guardPaging } from '../paging/paging-guard.js';
import { signalText } from '../paging/signal-text.js';
import { checkStatedTotal } from '../paging/stated-total.js';
import type { Stated, StopSignals, Verdict } from '../paging/stop-signals.js';
import type { RequestDraft } from '../requesting/request-draft.js';
import type { RecordBatch, SliceResult } from '../slices.js';
import { readPage, type PageRead, type PageReading, type PageWorld } from './read-page.js';

/** How the slices of a stream are read. */
export interface SliceReading extends PageReading {
  paginator: Paginator;
  stop: StopSignals;
  maxPages: number | undefined;
  sync: IncrementalSyncDefinition;
}

/** What is asked for. */
export interface SliceAsk {
  /** Where the slice begins, if it goes by ids or cursors. */
  after: string;
  first: PageStep;
  draft: (step: PageStep) => RequestDraft;
}

/**
 * Reads the pages of a slice until its signals say that one is the last and none of them that more follows, or one is
 * empty; never because one is short or the filter emptied it.
 * @throws SliceError; the signal's reason
 */
export async function* readSlice(
  ask: SliceAsk,
  reading: SliceReading,
  world: PageWorld,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch, SliceResult> {
  const { paginator, stop } = reading;
  const guard = guardPaging(reading.maxPages, ask.after);
  const tally = tallyPages(reading);
  let stated: Stated = { totalChanged: false };
  for (let step: PageStep | undefined = ask.first; step;) {
    const asked: PageStep = step;
    guard.step(asked);
    const page = yield* readPage(tally.pages() + 1, () => ask.draft(asked), reading, world, signal);
    tally.add(page);
    stated = stop.read(page.envelope, stated, page.read > 0);
    if (page.fingerprint && page.read > 0) guard.page(page.fingerprint.hash);
    const place = { pageNumber: asked.number, read: tally.read(), distinct: tally.distinct() };
    const verdict = stop.judge(page.envelope, stated, place);
    if (verdict.contradicted || (verdict.more && page.read === 0)) tally.countContradiction();
    const isLast = page.read === 0 || verdict.more === false;
    step = isLast ? undefined : paginator.next(seenPage(asked, page, tally.read(), paginator));
    if (!isLast && !step) checkNoneFollows(verdict);
  }
  checkStatedTotal(stated, tally.read(), tally.read() - tally.distinct());
  return tally.result(stated);
}

/** The answer leads to no page; of a total, what was read is compared with it. @throws SliceError where one follows */
function checkNoneFollows({ more, key }: Verdict): void {
  if (!more || key === 'total_path') return;
  throw new SliceError(
    'system_error',
    'signals_disagree',
    `paginator.stop.${key} says that a page follows, but the answer leads to none: ` +
      'take the signal out that the partner does not keep to',
  );
}

function seenPage(step: PageStep, page: PageRead, readSoFar: number, { idPath = '' }: Paginator): PageSeen {
  const { url, headers, envelope, greatestIds } = page;
  const greatestId = greatestIds.get(idPath);
  return { step, url, headers, envelope, readSoFar, ...(greatestId === undefined ? {} : { greatestId }) };
}

/** Adds up what the pages of one slice held. */
function tallyPages({ sync }: Pick<SliceReading, 'sync'>) {
  const idPath = sync.type === 'id' ? sync.id_path : undefined;
  const cursorPath = sync.type === 'cursor' ? sync.cursor_path : undefined;
  const readCursor = cursorPath === undefined ? () => undefined : compilePath(cursorPath);
  let [pages, read, selected, overlapping, contradictions] = [0, 0, 0, 0, 0];
  let before: PageFingerprint | undefined;
  let greatestId: string | undefined;
  let nextCursor: string | undefined;

  const cursorIn = (envelope: JsonValue) =>
    signalText(readCursor(envelope), 'incremental_sync.cursor_path', cursorPath ?? '');
  return {
    pages: () => pages,
    read: () => read,
    /** Without those with which a page began and the one before it ended. */
    distinct: () => read - overlapping,
    add(page: PageRead) {
      pages += 1;
      read += page.read;
      selected += page.selected;
      if (before && page.fingerprint) overlapping += overlapOf(before, page.fingerprint);
      before = page.fingerprint;
      nextCursor = cursorIn(page.envelope) ?? nextCursor;
      if (idPath === undefined) return;
      const id = page.greatestIds.get(idPath);
      if (id !== undefined && (greatestId === undefined || compareIds(id, greatestId) > 0)) greatestId = id;
      if (page.read > 0 && id === undefined) {
        throw definitionError('incremental_sync.id_path', `no record has an id at ${idPath}`);
      }
    },
    countContradiction: () => void (contradictions += 1),
    result: ({ total }: Stated): SliceResult => ({
      pages,
      read,
      selected,
      ...(contradictions === 0 ? {} : { contradictions }),
      ...(total === undefined ? {} : { statedTotal: total }),
      ...(nextCursor === undefined ? {} : { nextCursor }),
      ...(greatestId === undefined ? {} : { greatestId }),
    }),
  };
}
