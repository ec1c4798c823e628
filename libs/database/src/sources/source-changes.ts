import type { Pool } from 'pg';
import type { StreamKey } from './source-state.js';

/**
 * Puts a stream at another state; whoever reads it now loses the lease. Recorded with the state before.
 * @param state null: as if the stream had never been read
 * @returns false where there is no such stream yet
 */
export async function resetStream(
  pool: Pool,
  { source, stream }: StreamKey,
  state: object | null,
  askedBy: string,
): Promise<boolean> {
  return change(
    pool,
    'reset',
    { source, stream, askedBy },
    `state = $5::jsonb, behind_since = NULL, failures = 0, last_error_code = NULL, last_error = NULL, next_attempt_at = now(),
      lease_token = s.lease_token + 1, lease_until = NULL, lease_owner = NULL`,
    state && JSON.stringify(state),
  );
}

/** Stops or resumes the reading of a stream, its backfills too: they go on where they stand. Recorded. @returns false where there is no such stream yet */
export async function setPaused(
  pool: Pool,
  { source, stream }: StreamKey,
  paused: boolean,
  askedBy: string,
): Promise<boolean> {
  return change(
    pool,
    paused ? 'pause' : 'resume',
    { source, stream, askedBy },
    `paused = $5::boolean, lease_token = s.lease_token + 1, lease_until = NULL, lease_owner = NULL`,
    paused,
    `UPDATE tributary.source_backfills b SET lease_token = b.lease_token + 1, lease_until = NULL, lease_owner = NULL
      FROM before s WHERE b.source = s.source AND b.stream = s.stream AND b.status = 'running'`,
  );
}

async function change(
  pool: Pool,
  kind: 'reset' | 'pause' | 'resume',
  { source, stream, askedBy }: StreamKey & { askedBy: string },
  assignments: string,
  value: string | boolean | null,
  more?: string,
): Promise<boolean> {
  const changed = await pool.query(
    `WITH before AS (
        SELECT * FROM tributary.source_state WHERE source = $1 AND stream = $2 FOR UPDATE),
      changed AS (
        UPDATE tributary.source_state s SET ${assignments}, updated_at = now()
        FROM before b WHERE s.source = b.source AND s.stream = b.stream RETURNING s.state)${more ? `, more AS (${more})` : ''}
      INSERT INTO tributary.source_changes (source, stream, change, asked_by, old_state, new_state)
        SELECT b.source, b.stream, $3, $4, b.state, c.state FROM before b, changed c`,
    [source, stream, kind, askedBy, value],
  );
  return changed.rowCount === 1;
}
