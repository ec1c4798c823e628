import type { Pool } from 'pg';
import type { Instant } from '#libs/events';
import type { Database } from '../database.js';
import { instantOf, instantText } from '../instants.js';
import type { StreamFailure, StreamKey } from './source-state.js';
import { insertWindowWhereHeld, type SourceWindow } from './source-window.js';

/** A backfill whose lease was taken. */
export interface ClaimedBackfill extends StreamKey {
  id: string;
  token: string;
  /** What is still to be read: from the end of the last window that was, to before `to`. */
  position: Instant;
  to: Instant;
  failures: number;
}

/** Asks for a stretch of history to be read again, from its first instant to before its last. @returns its id */
export async function requestBackfill(
  database: Database,
  asked: StreamKey & { from: Instant; to: Instant; askedBy: string },
): Promise<string> {
  return database.transaction(async (client) => {
    const made = await client.query<{ id: string }>(
      `INSERT INTO tributary.source_backfills (source, stream, range_from, range_to, "position", requested_by)
        VALUES ($1, $2, $3, $4, $3, $5) RETURNING backfill_id AS id`,
      [asked.source, asked.stream, asked.from, asked.to, asked.askedBy],
    );
    const { id } = made.rows[0]!;
    await client.query(
      `INSERT INTO tributary.source_changes (source, stream, change, asked_by, new_state)
        VALUES ($1, $2, 'backfill', $3, jsonb_build_object('backfill_id', $4::text, 'from', $5::text, 'to', $6::text))`,
      [asked.source, asked.stream, asked.askedBy, id, asked.from, asked.to],
    );
    return id;
  });
}

/** Ends a backfill where it stands. @returns false where none with this id was open */
export async function cancelBackfill(database: Database, id: string, askedBy: string): Promise<boolean> {
  const cancelled = await database.pool.query(
    `WITH ended AS (
        UPDATE tributary.source_backfills SET status = 'cancelled', finished_at = now(), lease_token = lease_token + 1,
          lease_until = NULL
        WHERE backfill_id = $1 AND status IN ('requested', 'running') RETURNING source, stream)
      INSERT INTO tributary.source_changes (source, stream, change, asked_by, new_state)
        SELECT source, stream, 'cancel_backfill', $2, jsonb_build_object('backfill_id', $1::text) FROM ended`,
    [id, askedBy],
  );
  return cancelled.rowCount === 1;
}

/**
 * Takes the lease of the backfill of one of these streams that was asked for first, is due, and is held by nobody. Those
 * of a stream that is paused wait.
 * @param among the streams that may be read now
 */
export async function claimBackfill(
  pool: Pool,
  among: readonly StreamKey[],
  lease: { owner: string; lifeMs: number },
): Promise<ClaimedBackfill | undefined> {
  const claimed = await pool.query<Omit<ClaimedBackfill, 'to'> & { range_to: string }>({
    name: 'claim backfill',
    text: `UPDATE tributary.source_backfills SET status = 'running', lease_owner = $3, lease_token = lease_token + 1,
        lease_until = now() + $4 * interval '1 ms', last_started_at = now()
      WHERE backfill_id = (
        SELECT b.backfill_id FROM tributary.source_backfills b
        JOIN unnest($1::text[], $2::text[]) AS s (source, stream) ON b.source = s.source AND b.stream = s.stream
        WHERE b.status IN ('requested', 'running') AND b.next_attempt_at <= now()
          AND (b.lease_until IS NULL OR b.lease_until < now())
          AND NOT EXISTS (SELECT FROM tributary.source_state p
            WHERE p.source = b.source AND p.stream = b.stream AND p.paused)
        ORDER BY b.backfill_id LIMIT 1 FOR UPDATE OF b SKIP LOCKED)
      RETURNING backfill_id AS id, source, stream, lease_token AS token, failures,
        ${instantText('"position"').replace(/ AS .*/, ' AS position')}, ${instantText('range_to')}`,
    values: [among.map((s) => s.source), among.map((s) => s.stream), lease.owner, lease.lifeMs],
  });
  const row = claimed.rows[0];
  if (!row) return undefined;
  const { range_to, position, ...rest } = row;
  return { ...rest, position: instantOf(position), to: instantOf(range_to) };
}

/** @returns false where the lease is no longer this one's */
export async function renewBackfillLease(
  pool: Pool,
  id: string,
  token: string,
  lifeMs: number,
): Promise<boolean> {
  const renewed = await pool.query({
    name: 'renew backfill lease',
    text: `UPDATE tributary.source_backfills SET lease_until = now() + $3 * interval '1 ms'
      WHERE backfill_id = $1 AND lease_token = $2`,
    values: [id, token, lifeMs],
  });
  return renewed.rowCount === 1;
}

/**
 * A window of the backfill is read, and the log has all of it.
 * @param position up to where all is read now; its end ends the backfill
 * @returns false where the lease is no longer this one's; nothing is written then
 */
export async function advanceBackfill(
  pool: Pool,
  id: string,
  token: string,
  position: Instant,
  window: SourceWindow,
): Promise<boolean> {
  const written = await pool.query({
    name: 'advance backfill',
    text: `WITH held AS (
        UPDATE tributary.source_backfills SET "position" = least($3::timestamptz, range_to),
          rows = rows + $4, windows = windows + 1, failures = 0, last_error_code = NULL, last_error = NULL,
          status = CASE WHEN $3 >= range_to THEN 'succeeded' ELSE status END,
          finished_at = CASE WHEN $3 >= range_to THEN now() END
        WHERE backfill_id = $1 AND lease_token = $2 RETURNING 1)
      ${insertWindowWhereHeld('$5')}`,
    values: [id, token, position, window.rows_selected, JSON.stringify(window)],
  });
  return written.rowCount === 1;
}

/**
 * Gives the lease back after a failure; the backfill goes on where it stands when the time to wait is over.
 * @param window the reading that failed; absent where none had begun
 * @returns false where the lease is no longer this one's; nothing is written then
 */
export async function failBackfill(
  pool: Pool,
  id: string,
  token: string,
  failure: StreamFailure,
  window?: SourceWindow,
): Promise<boolean> {
  const update = `UPDATE tributary.source_backfills SET failures = failures + 1, last_error_code = $3, last_error = $4,
      next_attempt_at = now() + $5 * interval '1 ms', lease_until = NULL, lease_owner = NULL
    WHERE backfill_id = $1 AND lease_token = $2`;
  const values = [id, token, failure.code, failure.text, failure.waitMs];
  const written = await pool.query(
    window
      ? {
          text: `WITH held AS (${update} RETURNING 1) ${insertWindowWhereHeld('$6')}`,
          values: [...values, JSON.stringify(window)],
        }
      : { text: update, values },
  );
  return written.rowCount === 1;
}

/** Gives the lease back; what is left is due at once. */
export async function releaseBackfill(pool: Pool, id: string, token: string): Promise<void> {
  await pool.query(
    `UPDATE tributary.source_backfills SET lease_until = NULL, lease_owner = NULL
      WHERE backfill_id = $1 AND lease_token = $2`,
    [id, token],
  );
}
