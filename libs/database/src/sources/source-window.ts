import type { Pool } from 'pg';
import type { Instant } from '#libs/events';

/** One reading of a slice: a line of the completeness ledger. */
export interface SourceWindow {
  source: string;
  stream: string;
  /** `live`: beyond the watermark; `lookback`: again below it; `manual`: by a command. */
  kind: 'live' | 'lookback' | 'backfill' | 'manual';
  /** Names the slice: the same for each reading of it. */
  slice_key: string;
  /** Half-open; null where the slice is none of time. */
  slice_from: Instant | null;
  slice_to: Instant | null;
  /** 1, and one more for every failure in a row before it. */
  attempt: number;
  pages: number;
  /** Raw records, before the selector's filter. */
  rows_read: number;
  rows_selected: number;
  /** Canonical events that the mapping makes of the rows, by kind. */
  rows_by_event: Record<string, number>;
  /** Sum of the events' amounts by currency: exact decimals. A checksum for comparing readings, whatever the kinds. */
  amounts: Record<string, string>;
  /** Rows that the mapping refuses. */
  rejected: number;
  /** What the partner said that there are. */
  stated_total: number | null;
  /** The same for the same records in any order; null where the reading did not come to its end. */
  content_hash: string | null;
  /** Whether the slice reads otherwise than it did last time; null where there was no last time. */
  changed: boolean | null;
  /** Whether anything went into the log. */
  published: boolean;
  /** Records whose `cursor_field` went back since they were read before. */
  monotone_violations: number;
  /** Pages on which the partner's signals whether more follows did not agree. */
  paging_contradictions: number;
  started_at: Instant;
  finished_at: Instant;
  outcome: 'succeeded' | 'failed' | 'abandoned';
  error_code: string | null;
  error: string | null;
  backfill_id: string | null;
}

const COLUMNS: Record<keyof SourceWindow, string> = {
  source: 'text',
  stream: 'text',
  kind: 'text',
  slice_key: 'text',
  slice_from: 'timestamptz',
  slice_to: 'timestamptz',
  attempt: 'integer',
  pages: 'integer',
  rows_read: 'bigint',
  rows_selected: 'bigint',
  rows_by_event: 'jsonb',
  amounts: 'jsonb',
  rejected: 'bigint',
  stated_total: 'bigint',
  content_hash: 'text',
  changed: 'boolean',
  published: 'boolean',
  monotone_violations: 'bigint',
  paging_contradictions: 'integer',
  started_at: 'timestamptz',
  finished_at: 'timestamptz',
  outcome: 'text',
  error_code: 'text',
  error: 'text',
  backfill_id: 'bigint',
};

/**
 * The INSERT of a window in the statement that changes what the lease guards: nothing is inserted where `held`, a CTE
 * of that statement, has no row.
 * @param parameter of the window as JSON, as `$1`
 */
export function insertWindowWhereHeld(parameter: string): string {
  const names = Object.keys(COLUMNS).join(', ');
  const typed = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`);
  return `INSERT INTO tributary.source_windows (${names})
    SELECT ${names.replace(/\w+/g, 'w.$&')} FROM held, jsonb_to_record(${parameter}::jsonb) AS w (${typed.join(', ')})`;
}

/**
 * Content of the slice when it was last read and acknowledged; undefined where it never was, or where a later reading
 * broke off behind what it had sent.
 */
export async function readContentHash(
  pool: Pool,
  source: string,
  stream: string,
  sliceKey: string,
): Promise<string | undefined> {
  const found = await pool.query<{ content_hash: string | null }>({
    name: 'read content hash',
    text: `SELECT content_hash FROM tributary.source_windows
      WHERE source = $1 AND stream = $2 AND slice_key = $3 AND (outcome = 'succeeded' OR published)
      ORDER BY window_id DESC LIMIT 1`,
    values: [source, stream, sliceKey],
  });
  return found.rows[0]?.content_hash ?? undefined;
}

/** Removes lines of the ledger that were finished before an instant, a thousand at a time. */
export async function deleteSourceWindowsBefore(pool: Pool, before: Date): Promise<void> {
  let deleted: number | null;
  do {
    ({ rowCount: deleted } = await pool.query(
      `DELETE FROM tributary.source_windows WHERE window_id IN
        (SELECT window_id FROM tributary.source_windows WHERE finished_at < $1 ORDER BY finished_at LIMIT 1000)`,
      [before],
    ));
  } while (deleted === 1_000);
}
