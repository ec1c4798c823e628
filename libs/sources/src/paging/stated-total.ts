import { SliceError } from '../errors/slice-error.js';
import type { Stated } from './stop-signals.js';

/**
 * Compares what the partner said that there are with what was read; of a total that changed while paging the last one
 * counts. Records with which a page begins and the page before it ended moved while we paged, or the partner's pages
 * overlap: they count once. Where the total changed too, as many others may have moved out of sight.
 * @param read raw records
 * @param overlapping how many of them a page had in common with the end of the one before
 * @throws SliceError (transient_error, so that the slice is read again) with both numbers
 */
export function checkStatedTotal({ total, totalChanged }: Stated, read: number, overlapping: number): void {
  if (total === undefined) return;
  if (read === total && !(totalChanged && overlapping > 0)) return;
  if (read - overlapping === total) return;
  const twice = overlapping === 0 ? '' : `, ${overlapping} of them twice`;
  throw new SliceError(
    'transient_error',
    'total_mismatch',
    `the partner stated ${total} records (paginator.stop.total_path), but ${read} were read${twice}; ` +
      'rows may have come or gone while paging, which a settle_delay avoids',
  );
}
