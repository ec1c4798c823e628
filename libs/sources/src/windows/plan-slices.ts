import type { Instant } from '#libs/events';
import type { IncrementalSyncDefinition } from '../definition.js';
import type { Slice, SliceResult, StreamState } from '../slices.js';
import {
  advanceDatetime,
  backfillDatetimeSlices,
  datetimeBehindSince,
  initialDatetimeState,
  planDatetimeSlices,
} from './datetime-slices.js';

/** The state of a stream of which nothing has been read. @throws RangeError for a definition that cannot be read */
export function initialState(sync: IncrementalSyncDefinition): StreamState {
  switch (sync.type) {
    case 'datetime':
      return initialDatetimeState(sync);
    case 'id':
      return { type: 'id', greatest: idText(sync.start ?? 0) };
    case 'cursor':
      return { type: 'cursor', cursor: sync.start ?? '' };
    case 'full_refresh':
      return { type: 'full_refresh' };
  }
}

/**
 * What one poll reads, in this order; after a slice that failed, none of the rest may be read. Every slice that was
 * read and acknowledged goes to `advance`, with the same `now`.
 * @throws RangeError for a definition that cannot be read, or a state of another type
 */
export function planSlices(sync: IncrementalSyncDefinition, state: StreamState, now: Instant): Slice[] {
  switch (sync.type) {
    case 'datetime':
      return planDatetimeSlices(sync, ofType(state, sync.type), now);
    case 'id': {
      const { greatest } = ofType(state, sync.type);
      return [{ type: 'id', after: lowered(greatest, sync.lookback_count ?? 0, idText(sync.start ?? 0)) }];
    }
    case 'cursor':
      return [{ type: 'cursor', cursor: ofType(state, sync.type).cursor }];
    case 'full_refresh':
      return [{ type: 'full_refresh' }];
  }
}

/**
 * The state after a slice whose every record the log has acknowledged.
 * @param now the instant that the slice was planned with
 */
export function advance(
  sync: IncrementalSyncDefinition,
  state: StreamState,
  slice: Slice,
  result: SliceResult,
  now: Instant,
): StreamState {
  switch (sync.type) {
    case 'datetime':
      return advanceDatetime(sync, ofType(state, sync.type), ofType(slice, sync.type), now);
    case 'id': {
      const { greatest } = ofType(state, sync.type);
      return { type: 'id', greatest: greater(greatest, result.greatestId) };
    }
    case 'cursor':
      return { type: 'cursor', cursor: result.nextCursor ?? ofType(state, sync.type).cursor };
    case 'full_refresh':
      return { type: 'full_refresh', read_at: now };
  }
}

/**
 * Since when there may be something that could be read and is not; undefined of streams that are not read by time.
 * @param state behind the slice
 * @param now the instant that the slice was planned with
 */
export function behindSince(
  sync: IncrementalSyncDefinition,
  state: StreamState,
  slice: Slice,
  now: Instant,
): Instant | undefined {
  return sync.type === 'datetime' && state.type === 'datetime' && slice.type === 'datetime'
    ? datetimeBehindSince(sync, state, slice, now)
    : undefined;
}

/** Windows that read a stretch of time once more. @throws RangeError for streams that are not read by time */
export function backfillSlices(sync: IncrementalSyncDefinition, from: Instant, to: Instant): Slice[] {
  if (sync.type === 'datetime') return backfillDatetimeSlices(sync, from, to);
  throw new RangeError(`a stream that is read by ${sync.type} has no stretches of time`);
}

function ofType<T extends { type: string }, N extends T['type']>(value: T, type: N): Extract<T, { type: N }> {
  if (value.type === type) return value as Extract<T, { type: N }>;
  throw new RangeError(`expected ${type}, but it is ${value.type}: the stream has to be reset`);
}

const INTEGER = /^-?\d+$/;

function idText(id: string | number): string {
  if (typeof id === 'string') return id;
  if (Number.isSafeInteger(id)) return String(id);
  throw new RangeError('start: an id beyond 2^53 has to stand in quotes');
}

function lowered(id: string, by: number, least: string): string {
  if (by === 0) return id;
  if (!INTEGER.test(id) || !INTEGER.test(least)) {
    throw new RangeError('lookback_count: the ids of the stream are no integers');
  }
  const after = BigInt(id) - BigInt(by);
  return String(after > BigInt(least) ? after : BigInt(least));
}

/** Ids that are no integers are in the order in which the partner gives them. */
function greater(id: string, other: string | undefined): string {
  if (other === undefined) return id;
  return INTEGER.test(id) && INTEGER.test(other) && BigInt(id) >= BigInt(other) ? id : other;
}
