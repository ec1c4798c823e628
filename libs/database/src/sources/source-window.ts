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
  /** `unfinished`: something was being published, and nobody has said since what became of it. */
  outcome: 'succeeded' | 'failed' | 'abandoned' | 'unfinished';
  error_code: string | null;
  error: string | null;
  backfill_id: string | null;
  /** The line that said that this reading publishes, see `recordUnfinished`: this one takes its place. */
  unfinished_id?: string | undefined;
  /** How it was read, of what can be read in several ways: `query`, `list`, `file`. */
  read_by?: string | null;
  /** What the partner bills for, in bytes; absent where nothing is billed by them. */
  bytes_billed?: number | null;
}

const COLUMNS: Record<Exclude<keyof SourceWindow, 'unfinished_id'>, string> = {
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
  read_by: 'text',
  bytes_billed: 'bigint',
};

const NAMES = Object.keys(COLUMNS).join(', ');
const VALUES = NAMES.replace(/\w+/g, 'w.$&');

function recordOf(parameter: string): string {
  const typed = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`);
  return `jsonb_to_record(${parameter}::jsonb) AS w (${typed.join(', ')})`;
}

/**
 * The INSERT of a window in the statement that changes what the lease guards, behind its CTE `held`: nothing is written
 * where that has no row. The line of the same reading that said that it publishes goes.
 * @param parameter of the window as JSON, as `$1`
 */
export function insertWindowWhereHeld(parameter: string): string {
  return `, replaced AS (
      DELETE FROM tributary.source_windows
      WHERE window_id = (${parameter}::jsonb ->> 'unfinished_id')::bigint AND EXISTS (SELECT FROM held))
    INSERT INTO tributary.source_windows (${NAMES}) SELECT ${VALUES} FROM held, ${recordOf(parameter)}`;
}

/**
 * Says that a slice that was read before is about to be published: whoever dies behind it leaves this line, and the
 * slice is published again whatever it then holds.
 * @returns its id, for the line that takes its place
 */
export async function recordUnfinished(pool: Pool, window: SourceWindow): Promise<string> {
  const recorded = await pool.query<{ id: string }>({
    name: 'record unfinished window',
    text: `INSERT INTO tributary.source_windows (${NAMES}) SELECT ${VALUES} FROM ${recordOf('$1')} RETURNING window_id AS id`,
    values: [JSON.stringify(window)],
  });
  return recorded.rows[0]!.id;
}

/**
 * Content of the slice when it was last read and acknowledged; undefined where it never was, or where something else of
 * it may stand in the log since: a later reading broke off behind what it had sent, or published a part of it, as the
 * backfill of another stretch does.
 */
export async function readContentHash(
  pool: Pool,
  source: string,
  stream: string,
  sliceKey: string,
): Promise<string | undefined> {
  const found = await pool.query<{ content_hash: string | null }>({
    name: 'read content hash',
    text: `SELECT CASE WHEN NOT EXISTS (
        SELECT FROM tributary.source_windows o
        WHERE o.source = $1 AND o.stream = $2 AND o.window_id > w.window_id AND o.published
          AND o.slice_from < w.slice_to AND o.slice_to > w.slice_from) THEN w.content_hash END AS content_hash
      FROM (
        SELECT window_id, content_hash, slice_from, slice_to FROM tributary.source_windows
        WHERE source = $1 AND stream = $2 AND slice_key = $3 AND (outcome = 'succeeded' OR published)
        ORDER BY window_id DESC LIMIT 1) w`,
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
