import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pool } from 'pg';
import QueryStream from 'pg-query-stream';
import type { ExportQuery } from './export-query.js';
import type { Format } from './formats.js';

/** Rows that are fetched at a time; all that is held of a table. */
const FETCHED_ROWS = 500;

/**
 * Streams the rows of a query, of one moment, to `out`, no faster than that takes them. A reader that closes
 * its end early, as `| head`, has what it wanted.
 * @throws what the database answered, or `out` other than EPIPE
 */
export async function exportRows(
  pool: Pool,
  query: ExportQuery,
  format: Format,
  out: Writable,
): Promise<void> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    const rows = client.query(
      new QueryStream(query.text, query.values, {
        batchSize: FETCHED_ROWS,
        highWaterMark: FETCHED_ROWS,
        rowMode: 'array',
      }),
    );
    await pipeline(rows, format(query.columns), out, { end: false });
  } catch (error) {
    failure = error as Error;
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  } finally {
    client.release(failure); // a cursor that was left open goes with its connection
  }
}
