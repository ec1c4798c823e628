import { readContentHash, recordUnfinished, type SourceWindow } from '#libs/database';
import { instantFromMs } from '#libs/events';
import { SliceFailedError, Tally, failureOf } from '#libs/polling';
import type { RecordBatch, Slice, SliceResult } from '#libs/sources';
import type { CursorMemory } from './cursor-memory.js';
import type { PolledStream } from './polled-stream.js';
import type { HttpPollerParts } from './http-poller-parts.js';
import { readAhead } from './read-ahead.js';
import { SlicePublication } from './slice-publication.js';
import { endsOf, sliceKeyOf } from './slice-window.js';

/** One reading of a slice that is to be done. */
export interface SliceTask {
  slice: Slice;
  kind: SourceWindow['kind'];
  attempt: number;
  backfillId?: string;
  signal: AbortSignal;
}

/**
 * Reads a slice and publishes its records; resolves when the log has acknowledged all of them.
 * @returns its line of the ledger, and what the reader found
 * @throws SliceFailedError
 */
export async function readSlice(
  stream: PolledStream,
  cursors: CursorMemory,
  task: SliceTask,
  parts: HttpPollerParts,
): Promise<{ window: SourceWindow; result: SliceResult }> {
  const { slice, kind, signal } = task;
  const startedAtMs = parts.now();
  const tally = new Tally();
  const pages = { last: 0 };
  let publication: SlicePublication | undefined;
  let unfinished: Promise<string> | undefined;
  let unfinishedId: string | undefined;
  const windowOf = (more: Partial<SourceWindow> & Pick<SourceWindow, 'outcome'>): SourceWindow => ({
    source: stream.source,
    stream: stream.stream,
    kind,
    slice_key: sliceKeyOf(slice),
    ...endsOf(slice),
    attempt: task.attempt,
    pages: pages.last,
    rows_read: tally.selected,
    rows_selected: tally.selected,
    rows_by_event: tally.rowsByEvent,
    amounts: tally.amounts,
    rejected: tally.rejected,
    stated_total: null,
    content_hash: null,
    changed: null,
    published: publication?.sent ?? false,
    monotone_violations: tally.monotoneViolations,
    paging_contradictions: 0,
    started_at: instantFromMs(startedAtMs),
    finished_at: instantFromMs(parts.now()),
    error_code: null,
    error: null,
    backfill_id: task.backfillId ?? null,
    unfinished_id: unfinishedId,
    ...more,
  });
  /** What the log may have of a slice that was read before is said before it has it: we may not live to say it after. */
  const sendWhenSaid: typeof parts.send = async (records) => {
    unfinished ??= recordUnfinished(parts.pool, windowOf({ outcome: 'unfinished', published: true }));
    unfinishedId = await unfinished;
    return parts.send(records);
  };

  try {
    const alwaysPublishes = kind === 'backfill' || kind === 'manual';
    const before = alwaysPublishes
      ? undefined
      : await readContentHash(parts.pool, stream.source, stream.stream, sliceKeyOf(slice));
    const mayBeKnown = alwaysPublishes || before !== undefined;
    publication = new SlicePublication(mayBeKnown ? sendWhenSaid : parts.send, parts.room, before);
    const take = publicationInto(stream, cursors, tally, publication);
    const urgency = kind === 'backfill' ? 'backfill' : 'live';
    const read = (wanted: AbortSignal) => stream.read(slice, urgency, wanted);
    const result = await readAhead(read, signal, async (batch) => {
      signal.throwIfAborted();
      pages.last = batch.page;
      await take(batch);
    });
    signal.throwIfAborted();
    const { contentHash, changed } = await publication.end();
    const { pages: pagesRead, read: rowsRead, statedTotal, contradictions = 0 } = result;
    const window = windowOf({
      outcome: 'succeeded',
      pages: pagesRead,
      rows_read: rowsRead,
      stated_total: statedTotal ?? null,
      paging_contradictions: contradictions,
      content_hash: contentHash,
      changed,
    });
    return { window, result };
  } catch (error) {
    await publication?.abandon();
    const failure = failureOf(error);
    const { code, text } = failure;
    const end = parts.isStopping()
      ? ({ outcome: 'abandoned', error_code: 'stopping', error: 'the poller was stopped' } as const)
      : ({ outcome: 'failed', error_code: code, error: text } as const);
    throw new SliceFailedError(windowOf(end), failure, error);
  }
}

/** What is done with each batch of records. */
function publicationInto(
  stream: PolledStream,
  cursors: CursorMemory,
  tally: Tally,
  publication: SlicePublication,
): (batch: RecordBatch) => Promise<void> {
  return ({ records, receivedAt }) => {
    const encoded = stream.encode(records, receivedAt);
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      const goesBack = cursors.sees(encoded[i]!.natural_key, stream.cursorOf?.(record));
      tally.add(stream.tell(record, receivedAt), goesBack);
    }
    return publication.add(encoded);
  };
}
