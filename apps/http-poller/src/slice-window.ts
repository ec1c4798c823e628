import { hashParts, type Instant } from '#libs/events';
import { MAX_NEW_WINDOWS, type Slice, type StreamState } from '#libs/sources';

/** The most that a cursor's text may take in an index. */
const MAX_KEY_CHARACTERS = 500;

/** Name of a slice: the same for each reading of it. */
export function sliceKeyOf(slice: Slice): string {
  switch (slice.type) {
    case 'datetime':
      return `${slice.from}/${slice.to}`;
    case 'id':
      return `id>${shortened(slice.after)}`;
    case 'cursor':
      return `cursor:${shortened(slice.cursor)}`;
    case 'full_refresh':
      return 'all';
  }
}

/** The ends of a slice of time. */
export function endsOf(slice: Slice): { slice_from: Instant | null; slice_to: Instant | null } {
  return slice.type === 'datetime'
    ? { slice_from: slice.from, slice_to: slice.to }
    : { slice_from: null, slice_to: null };
}

/** Whether a slice lies beyond what was read before, or is read again. */
export function kindOfSlice(slice: Slice, state: StreamState): 'live' | 'lookback' {
  if (slice.type !== 'datetime' || state.type !== 'datetime') return 'live';
  const isEarlier = state.read_from !== undefined && slice.from < state.read_from;
  return slice.to <= state.watermark && !isEarlier ? 'lookback' : 'live';
}

/** Whether a slice was planned for a tier of the look-back. */
export function isOfLookback(slice: Slice): boolean {
  return slice.type === 'datetime' && slice.advancesTiers !== undefined;
}

/** Whether more is due behind a plan. The look-back is planned whole. */
export function isCutOff(plan: readonly Slice[]): boolean {
  const last = plan.at(-1);
  return plan.length >= MAX_NEW_WINDOWS && !(last?.type === 'datetime' && last.completesTiers);
}

function shortened(text: string): string {
  return text.length <= MAX_KEY_CHARACTERS ? text : `${text.slice(0, 100)}…${hashParts([text])}`;
}
