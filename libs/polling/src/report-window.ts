import type { SourceWindow, StreamKey } from '#libs/database';
import { instantToMs } from '#libs/events';
import type { Failure } from './failure.js';
import type { PollerParts } from './poller-parts.js';

/**
 * Counts a reading, and says it in one line.
 * @param lagSeconds for which there may have been something to read, where it is known
 * @param error what ended it, where it did not come to its end
 */
export function reportWindow(
  { logger, metrics }: PollerParts,
  window: SourceWindow,
  lagSeconds: number | undefined,
  error?: unknown,
): void {
  const { source, stream, kind, outcome } = window;
  const ms = instantToMs(window.finished_at) - instantToMs(window.started_at);
  const line = {
    source,
    stream,
    kind,
    slice: window.slice_key,
    attempt: window.attempt,
    pages: window.pages,
    rows: window.rows_selected,
    events: window.rows_by_event,
    rejected: window.rejected,
    published: window.published,
    ...(window.paging_contradictions > 0 && { paging_contradictions: window.paging_contradictions }),
    ...(window.read_by && { read_by: window.read_by, bytes_billed: window.bytes_billed }),
    ms,
    lag_s: lagSeconds,
  };
  const label = outcome === 'succeeded' && window.changed === false ? 'unchanged' : outcome;
  metrics.sourceSlices.inc({
    source,
    stream,
    kind,
    outcome: outcome === 'failed' ? window.error_code! : label,
  });
  if (outcome !== 'succeeded') {
    const code = window.error_code;
    logger.warn({ ...line, code, why: window.error, ...unforeseen(code, error) }, `the slice ${outcome}`);
    return;
  }
  metrics.sourceRows.inc({ source, stream, kind }, window.rows_selected);
  metrics.sourceSliceSeconds.observe({ source, stream }, ms / 1000);
  logger.info(line, 'read a slice');
}

/** Counts and says that a poll failed before it had begun to read. */
export function reportFailure(
  { logger, metrics }: PollerParts,
  { source, stream }: StreamKey,
  { code, text }: Failure,
  error: unknown,
): void {
  metrics.sourceSlices.inc({ source, stream, kind: 'live', outcome: code });
  logger.warn({ source, stream, code, why: text, ...unforeseen(code, error) }, 'the stream cannot be polled');
}

/** Counts and says that what was read is not recorded. */
export function reportLostLease({ logger, metrics }: PollerParts, { source, stream }: StreamKey): void {
  metrics.sourceSlices.inc({ source, stream, kind: 'live', outcome: 'abandoned' });
  logger.warn({ source, stream }, 'the lease was lost: another goes on with the stream, or it was reset');
}

/** Where an error comes from that nobody has thought of. */
function unforeseen(code: string | null, error: unknown): { error?: unknown } {
  return code === 'unforeseen' ? { error } : {};
}
