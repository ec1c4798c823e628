import type { Pool } from 'pg';
import type { Instant } from '#libs/events';
import { insertWindowWhereHeld, type SourceWindow } from './source-window.js';

/** Which stream. */
export interface StreamKey {
  source: string;
  stream: string;
}

/** A lease that was taken: whoever holds the greatest token of a row may write it. */
export interface ClaimedStream {
  token: string;
  /** As it was stored; null before the first slice is read. */
  state: object | null;
  /** In a row, up to now. */
  failures: number;
  /** See `advanceStream`; null where that is not known. */
  behindSinceMs: number | null;
}

/** SQL for the seconds for which there may have been something to read; null of a stream that is not read by time. */
export const LAG_SECONDS = `CASE WHEN state ->> 'watermark' IS NOT NULL THEN
  greatest(0, extract(epoch FROM now() - coalesce(behind_since, (state ->> 'watermark')::timestamptz))) END`;

/** What became of an attempt. */
export interface StreamFailure {
  code: string;
  text: string;
  /** Until the next attempt. */
  waitMs: number;
}

/** SQL for an instant in epoch milliseconds. */
function epochMs(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::float8`;
}

/**
 * Makes the rows of streams that are new. Where a stream's definition has changed since it failed, it is due at once.
 */
export async function registerStreams(
  pool: Pool,
  streams: readonly (StreamKey & { definitionHash: string })[],
): Promise<void> {
  const sorted = [...streams].sort((a, b) =>
    a.source === b.source ? (a.stream < b.stream ? -1 : 1) : a.source < b.source ? -1 : 1,
  );
  await pool.query(
    `INSERT INTO tributary.source_state AS s (source, stream, definition_hash)
      SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
      ON CONFLICT (source, stream) DO UPDATE SET definition_hash = excluded.definition_hash,
        next_attempt_at = CASE WHEN s.failures > 0 THEN now() ELSE s.next_attempt_at END, updated_at = now()
      WHERE s.definition_hash <> excluded.definition_hash`,
    [sorted.map((s) => s.source), sorted.map((s) => s.stream), sorted.map((s) => s.definitionHash)],
  );
}

/**
 * Takes the lease of a stream that is due and that nobody reads. All leases are measured by the database's clock.
 * @returns undefined where it is not due, paused, or held
 */
export async function claimStream(
  pool: Pool,
  { source, stream }: StreamKey,
  lease: { owner: string; lifeMs: number },
): Promise<ClaimedStream | undefined> {
  const claimed = await pool.query<ClaimedStream>({
    name: 'claim stream',
    text: `UPDATE tributary.source_state SET lease_owner = $3, lease_token = lease_token + 1,
        lease_until = now() + $4 * interval '1 ms', last_started_at = now(), updated_at = now()
      WHERE source = $1 AND stream = $2 AND NOT paused AND next_attempt_at <= now()
        AND (lease_until IS NULL OR lease_until < now())
      RETURNING lease_token AS token, state, failures, ${epochMs('behind_since')} AS "behindSinceMs"`,
    values: [source, stream, lease.owner, lease.lifeMs],
  });
  return claimed.rows[0];
}

/** The stream's state as it is stored; undefined where no poller has seen the stream. */
export async function readStreamState(
  pool: Pool,
  { source, stream }: StreamKey,
): Promise<{ state: object | null } | undefined> {
  const found = await pool.query<{ state: object | null }>(
    'SELECT state FROM tributary.source_state WHERE source = $1 AND stream = $2',
    [source, stream],
  );
  return found.rows[0];
}

/** Those of the streams that are paused. */
export async function readPaused(pool: Pool, streams: readonly StreamKey[]): Promise<StreamKey[]> {
  const found = await pool.query<StreamKey>({
    name: 'read paused',
    text: `SELECT source, stream FROM tributary.source_state
      WHERE paused AND (source, stream) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
    values: [streams.map((s) => s.source), streams.map((s) => s.stream)],
  });
  return found.rows;
}

/** What the table says of a stream before it is claimed. */
export interface StreamLook {
  /** In how many milliseconds it may be claimed; null while it is paused. */
  waitMs: number | null;
  /** For which there may have been something to read; null of a stream that is not read by time, or not yet. */
  lagSeconds: number | null;
}

/** @returns undefined where the stream has no row */
export async function lookAtStream(
  pool: Pool,
  { source, stream }: StreamKey,
): Promise<StreamLook | undefined> {
  const found = await pool.query<StreamLook>({
    name: 'look at stream',
    text: `SELECT
        CASE WHEN NOT paused THEN
          ceil(extract(epoch FROM greatest(next_attempt_at, lease_until, now()) - now()) * 1000)::float8 END AS "waitMs",
        (${LAG_SECONDS})::float8 AS "lagSeconds"
      FROM tributary.source_state WHERE source = $1 AND stream = $2`,
    values: [source, stream],
  });
  return found.rows[0];
}

/** @returns false where the lease is no longer this one's */
export async function renewStreamLease(
  pool: Pool,
  { source, stream }: StreamKey,
  token: string,
  lifeMs: number,
): Promise<boolean> {
  const renewed = await pool.query({
    name: 'renew stream lease',
    text: `UPDATE tributary.source_state SET lease_until = now() + $4 * interval '1 ms'
      WHERE source = $1 AND stream = $2 AND lease_token = $3`,
    values: [source, stream, token, lifeMs],
  });
  return renewed.rowCount === 1;
}

/**
 * The CTE `held` of a statement that advances a stream ($1, $2) under a lease ($3) to a state ($4).
 * @param behindSince from then on there may be something to read, as SQL; null: as the state's watermark says
 */
export function heldAndAdvanced(behindSince: string): string {
  return `held AS (
    UPDATE tributary.source_state SET state = $4, behind_since = greatest(behind_since, ${behindSince}::timestamptz),
      last_succeeded_at = now(), updated_at = now(),
      failures = CASE WHEN state = $4 THEN failures ELSE 0 END,
      last_error_code = CASE WHEN state = $4 THEN last_error_code END,
      last_error = CASE WHEN state = $4 THEN last_error END
    WHERE source = $1 AND stream = $2 AND lease_token = $3 RETURNING behind_since)`;
}

/**
 * The slice is read, and the log has all of it: its line in the ledger and the new state, together. Where the state is
 * the old one, as behind the hour that every poll reads again, the failures in a row go on.
 * @param behindSince from then on there may be something to read; kept where an earlier reading came further
 * @returns undefined where the lease is no longer this one's; nothing is written then
 */
export async function advanceStream(
  pool: Pool,
  token: string,
  state: object,
  window: SourceWindow,
  behindSince?: Instant,
): Promise<{ behindSinceMs: number | null } | undefined> {
  const written = await pool.query<{ behindSinceMs: number | null }>({
    name: 'advance stream',
    text: `WITH ${heldAndAdvanced('$6')}
      ${insertWindowWhereHeld('$5')} RETURNING (SELECT ${epochMs('behind_since')} FROM held) AS "behindSinceMs"`,
    values: [window.source, window.stream, token, JSON.stringify(state), JSON.stringify(window), behindSince],
  });
  return written.rows[0];
}

/**
 * Gives the lease back after a failure.
 * @param window the reading that failed; absent where none had begun
 * @returns false where the lease is no longer this one's; nothing is written then
 */
export async function failStream(
  pool: Pool,
  { source, stream }: StreamKey,
  token: string,
  failure: StreamFailure,
  window?: SourceWindow,
): Promise<boolean> {
  const update = `UPDATE tributary.source_state SET failures = failures + 1, last_error_code = $4, last_error = $5,
      next_attempt_at = now() + $6 * interval '1 ms', lease_until = NULL, lease_owner = NULL, updated_at = now()
    WHERE source = $1 AND stream = $2 AND lease_token = $3`;
  const values = [source, stream, token, failure.code, failure.text, failure.waitMs];
  const written = await pool.query(
    window
      ? {
          name: 'fail stream with window',
          text: `WITH held AS (${update} RETURNING 1) ${insertWindowWhereHeld('$7')}`,
          values: [...values, JSON.stringify(window)],
        }
      : { name: 'fail stream', text: update, values },
  );
  return written.rowCount === 1;
}

/**
 * Gives the lease back without a failure.
 * @param next all that was due is read: due again so many milliseconds after this lease began, and at once where that
 *   is past; or `now`: something is left
 * @param abandoned the reading that was given up, for the ledger
 */
export async function releaseStream(
  pool: Pool,
  { source, stream }: StreamKey,
  token: string,
  next: { intervalMs: number } | 'now',
  abandoned?: SourceWindow,
): Promise<void> {
  const update = `UPDATE tributary.source_state SET lease_until = NULL, lease_owner = NULL, updated_at = now(),
      next_attempt_at = greatest(last_started_at + $4 * interval '1 ms', now()),
      failures = CASE WHEN $5 THEN 0 ELSE failures END,
      last_error_code = CASE WHEN NOT $5 THEN last_error_code END,
      last_error = CASE WHEN NOT $5 THEN last_error END,
      last_succeeded_at = CASE WHEN $5 THEN now() ELSE last_succeeded_at END
    WHERE source = $1 AND stream = $2 AND lease_token = $3`;
  const values = [source, stream, token, next === 'now' ? 0 : next.intervalMs, next !== 'now'];
  await pool.query(
    abandoned
      ? {
          name: 'release stream with window',
          text: `WITH held AS (${update} RETURNING 1) ${insertWindowWhereHeld('$6')}`,
          values: [...values, JSON.stringify(abandoned)],
        }
      : { name: 'release stream', text: update, values },
  );
}
