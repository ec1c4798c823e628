import type { Pool } from 'pg';
import { LAG_SECONDS } from './source-state.js';

/** How it stands with a stream. Instants are texts of ISO 8601, UTC. */
export interface StreamStatus {
  source: string;
  stream: string;
  paused: boolean;
  /** Whether a definition of it was loaded; false of one whose file is gone or refused. */
  defined: boolean;
  /** Up to where all is read; null of streams that are not read by time. */
  watermark: string | null;
  /** For how long there may have been something to read that is not read; 0: all that can be read is. */
  watermark_lag_seconds: number | null;
  last_succeeded_at: string | null;
  next_attempt_at: string;
  failures: number;
  error_code: string | null;
  error: string | null;
  last_window: {
    kind: string;
    slice: string;
    outcome: string;
    rows: number;
    published: boolean;
    finished_at: string;
  } | null;
}

/** A backfill that is open, or was finished within a day. */
export interface BackfillStatus {
  id: string;
  source: string;
  stream: string;
  from: string;
  to: string;
  position: string;
  status: string;
  rows: number;
  windows: number;
  /** Whether it waits for its stream to be resumed. */
  paused: boolean;
  error_code: string | null;
  error: string | null;
}

/** A source file that is not used. */
export interface RefusedDefinition {
  file: string;
  source: string | null;
  problems: string[];
}

const utc = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** How it stands with every stream, by name. */
export async function readStreams(pool: Pool): Promise<StreamStatus[]> {
  const found = await pool.query<StreamStatus>(
    `SELECT s.source, s.stream, s.paused, coalesce(d.defined, false) AS defined,
        ${utc("(s.state ->> 'watermark')::timestamptz")} AS watermark,
        (${LAG_SECONDS})::integer AS watermark_lag_seconds,
        ${utc('s.last_succeeded_at')} AS last_succeeded_at, ${utc('s.next_attempt_at')} AS next_attempt_at,
        s.failures, s.last_error_code AS error_code, s.last_error AS error, w.last_window
      FROM tributary.source_state s
      LEFT JOIN LATERAL (
        SELECT true AS defined FROM tributary.source_definitions d
        WHERE d.source = s.source AND s.stream = ANY (d.streams) AND d.problems = '{}' LIMIT 1) d ON true
      LEFT JOIN LATERAL (
        SELECT jsonb_build_object('kind', w.kind, 'slice', w.slice_key, 'outcome', w.outcome, 'rows', w.rows_selected,
          'published', w.published, 'finished_at', ${utc('w.finished_at')}) AS last_window
        FROM tributary.source_windows w WHERE w.source = s.source AND w.stream = s.stream
        ORDER BY w.window_id DESC LIMIT 1) w ON true
      ORDER BY s.source, s.stream`,
  );
  return found.rows;
}

/** Backfills that are open or were finished within a day, the latest first, at most twenty. */
export async function readBackfills(pool: Pool): Promise<BackfillStatus[]> {
  const found = await pool.query<BackfillStatus & { rows: string }>(
    `SELECT backfill_id AS id, source, stream, ${utc('range_from')} AS "from", ${utc('range_to')} AS "to",
        ${utc('"position"')} AS "position", status, rows, windows, b.last_error_code AS error_code,
        b.last_error AS error, b.status IN ('requested', 'running') AND coalesce(s.paused, false) AS paused
      FROM tributary.source_backfills b LEFT JOIN tributary.source_state s USING (source, stream)
      WHERE status IN ('requested', 'running') OR finished_at > now() - interval '1 day'
      ORDER BY backfill_id DESC LIMIT 20`,
  );
  return found.rows.map((b) => ({ ...b, rows: Number(b.rows) }));
}

/** Source files that were refused when a poller last started. */
export async function readRefusedDefinitions(pool: Pool): Promise<RefusedDefinition[]> {
  const found = await pool.query<RefusedDefinition>(
    `SELECT file, source, problems FROM tributary.source_definitions WHERE problems <> '{}' ORDER BY file`,
  );
  return found.rows;
}
