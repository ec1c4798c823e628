import type { Pool } from 'pg';
import type { StreamFailure, StreamKey } from './source-state.js';

/** How it stands with a stream that is not polled but flows. */
export type StreamHealth = StreamKey &
  (
    | {
        /** What was told before is in the log, as far as is known (epoch milliseconds). */
        watermarkMs: number;
      }
    | {
        failure: StreamFailure;
        /** In a row, with this one. */
        failures: number;
      }
  );

/** Keeps it for those who ask for the status; of several processes the last one to say so stands. */
export async function noteStreamHealth(pool: Pool, health: StreamHealth): Promise<void> {
  const { source, stream } = health;
  if ('watermarkMs' in health) {
    const state = { watermark: new Date(health.watermarkMs).toISOString() };
    await pool.query(
      `UPDATE tributary.source_state SET state = $3, last_succeeded_at = now(), failures = 0,
         last_error_code = NULL, last_error = NULL, updated_at = now() WHERE source = $1 AND stream = $2`,
      [source, stream, JSON.stringify(state)],
    );
    return;
  }
  const { code, text, waitMs } = health.failure;
  await pool.query(
    `UPDATE tributary.source_state SET failures = $3, last_error_code = $4, last_error = $5,
       next_attempt_at = now() + $6 * interval '1 ms', updated_at = now() WHERE source = $1 AND stream = $2`,
    [source, stream, health.failures, code, text.replaceAll('\0', ''), waitMs],
  );
}
