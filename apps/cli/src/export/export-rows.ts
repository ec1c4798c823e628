import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pool } from 'pg';
import { readRows } from '#libs/database';
import type { ExportQuery } from './export-query.js';
import type { Format, Row } from './formats.js';

/** Rows that are fetched at a time. */
const FETCHED_ROWS = 500;

/**
 * Streams the rows of a query, of one moment, to `out`, no faster than that takes them. A reader that closes
 * its end early, as `| head`, has what it wanted.
 * @throws as `readRows`, or what `out` says other than EPIPE
 */
export async function exportRows(
  pool: Pool,
  { text, values, columns }: ExportQuery,
  format: Format,
  out: Writable,
): Promise<void> {
  const chunks = readRows<Row>(pool, { text, values, rowMode: 'array' }, FETCHED_ROWS);
  try {
    await pipeline(rowByRow(chunks), format(columns), out, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

async function* rowByRow(chunks: AsyncIterable<Row[]>): AsyncGenerator<Row> {
  for await (const rows of chunks) yield* rows;
}
