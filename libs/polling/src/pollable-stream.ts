import type { SourceWindow, StreamKey } from '#libs/database';
import type { Instant } from '#libs/events';

/** A stream, and how it is polled and read again. */
export interface PollableStream extends StreamKey {
  /** Changes with the definition. */
  definitionHash: string;
  /** In how many milliseconds there may be something to do, as the table says; it may change any time. */
  msUntilDue(): Promise<number>;
  /**
   * Leases the stream and reads what is due, for as long as a turn lasts. A failure is recorded and ends the poll.
   * @throws what the database answered where not even the failure can be recorded
   */
  poll(): Promise<void>;
  /** The slices of a stretch of history, in their order; none where the stream has no history by time. */
  backfill(from: Instant, to: Instant): BackfillSlice[];
}

/** A part of a backfill that is read in one go. */
export interface BackfillSlice {
  /** Up to where all of the backfill is read behind it. */
  to: Instant;
  /**
   * Resolves when the log has what was read.
   * @returns its line of the ledger
   * @throws SliceFailedError
   */
  read(task: { attempt: number; backfillId: string; signal: AbortSignal }): Promise<SourceWindow>;
}
