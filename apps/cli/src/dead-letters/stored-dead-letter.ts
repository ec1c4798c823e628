import { instantOf } from '#libs/database';
import type { Instant } from '#libs/events';

/** A dead letter as its table keeps it. */
export interface StoredDeadLetter {
  dead_letter_id: string;
  reason: string;
  /** JSON pointer into the original. */
  path: string;
  detail: string;
  source: string | null;
  receipt_id: string | null;
  event_id: string | null;
  topic: string;
  partition: number;
  /** Decimal string. */
  record_offset: string;
  record_key: string;
  original: string;
  /** The whole did not fit into the log: only its beginning is kept here. */
  original_truncated: boolean;
  app: string;
  app_version: string;
  failed_at: Instant;
  replayed_at: Instant | null;
}

/** The columns of a dead letter for a SELECT, to be read by `storedDeadLetterOf`. */
export const DEAD_LETTER_COLUMNS = `dead_letter_id, reason, path, detail, source, receipt_id, event_id, topic,
  partition, record_offset, record_key, original, original_truncated, app, app_version,
  (failed_at AT TIME ZONE 'UTC')::text AS failed_at, (replayed_at AT TIME ZONE 'UTC')::text AS replayed_at`;

/** A row of `DEAD_LETTER_COLUMNS`. */
export type DeadLetterRow = Omit<StoredDeadLetter, 'record_key' | 'original'> & {
  record_key: Buffer;
  original: Buffer;
};

/** The row with its bytes and instants as text. */
export function storedDeadLetterOf(row: DeadLetterRow): StoredDeadLetter {
  return {
    ...row,
    record_key: row.record_key.toString('utf8'),
    original: row.original.toString('utf8'),
    failed_at: instantOf(row.failed_at),
    replayed_at: row.replayed_at === null ? null : instantOf(row.replayed_at),
  };
}
