import { instantFromMs, instantToMs, type Instant } from '#libs/events';
import {
  durationMs,
  initialState,
  wireBounds,
  type IncrementalSyncDefinition,
  type Slice,
  type SliceBounds,
} from '#libs/sources';
import { CommandFailed } from '../exit-code.js';

/** Which part of a stream somebody wants to see. */
export interface Wanted {
  from?: Instant;
  to?: Instant;
  afterId?: string;
  cursor?: string;
}

/** A part of a stream, and its ends as the partner writes them. */
export interface AskedSlice {
  slice: Slice;
  bounds: SliceBounds;
}

const HOUR_MS = 3_600_000;

/**
 * The wanted part; where nothing is wanted, the newest hour of a stream that is read by time (but no more than a step),
 * else the beginning.
 * @throws CommandFailed where the stream is not read so
 */
export function sliceOf(sync: IncrementalSyncDefinition, wanted: Wanted, nowMs: number): AskedSlice {
  const { from, to, afterId, cursor } = wanted;
  const refuse = (flag: string, types: string): void => {
    throw new CommandFailed(
      `${flag} does not fit: this stream is read by ${sync.type}, and ${flag} is of ${types}`,
    );
  };
  if (sync.type !== 'datetime' && (from ?? to) !== undefined) refuse('--from and --to', 'time windows');
  if (sync.type !== 'id' && afterId !== undefined) refuse('--after-id', 'ids');
  if (sync.type !== 'cursor' && cursor !== undefined) refuse('--cursor', 'cursors');
  switch (sync.type) {
    case 'datetime': {
      const settledMs = Math.floor(nowMs / 1000) * 1000 - (durationMs(sync.settle_delay ?? '') ?? 0);
      const toMs =
        to === undefined
          ? from === undefined
            ? settledMs
            : instantToMs(from) + durationMs(sync.step)!
          : instantToMs(to);
      const length = Math.min(HOUR_MS, durationMs(sync.step)!);
      const fromMs = from === undefined ? toMs - length : instantToMs(from);
      if (fromMs >= toMs) throw new CommandFailed('--from must be before --to');
      return timeSlice(sync, fromMs, toMs);
    }
    case 'id': {
      const first = initialState(sync) as { greatest: string };
      return { slice: { type: 'id', after: afterId ?? first.greatest }, bounds: {} };
    }
    case 'cursor':
      return { slice: { type: 'cursor', cursor: cursor ?? sync.start ?? '' }, bounds: {} };
    case 'full_refresh':
      return { slice: { type: 'full_refresh' }, bounds: {} };
  }
}

/** A window of time. */
function timeSlice(
  sync: Extract<IncrementalSyncDefinition, { type: 'datetime' }>,
  fromMs: number,
  toMs: number,
): { slice: Extract<Slice, { type: 'datetime' }>; bounds: SliceBounds } {
  const slice = { type: 'datetime' as const, from: instantFromMs(fromMs), to: instantFromMs(toMs) };
  return { slice, bounds: wireBounds(sync, slice) };
}

/** The part in words: `from 2026-11-20T05:00:00Z to 2026-11-21T05:00:00Z, asked as 2026-11-20 to 2026-11-20`. */
export function sliceText({ slice, bounds }: AskedSlice): string {
  switch (slice.type) {
    case 'datetime':
      return `from ${shortInstant(slice.from)} to ${shortInstant(slice.to)}, asked as ${bounds.from} to ${bounds.to}`;
    case 'id':
      return `ids above ${slice.after}`;
    case 'cursor':
      return slice.cursor === '' ? 'from the beginning' : `behind the cursor ${slice.cursor}`;
    case 'full_refresh':
      return 'everything';
  }
}

/** Without a fraction of zeros. */
export function shortInstant(instant: Instant): string {
  return instant.replace(/\.0+Z$/, 'Z');
}
