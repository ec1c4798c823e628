import { basename } from 'node:path';
import { SELECTED_COLUMNS, type Ga4Row } from '#libs/ga4';
import { avroRows } from './avro-rows.js';
import { jsonRows } from './json-rows.js';
import type { RowFile } from './open-bytes.js';
import { parquetRows } from './parquet-rows.js';
import type { RowFormat } from './shard-file.js';

/** Batches of rows from the first one that is not skipped; a reader that can leaves `skip` rows unread. */
type ReadRows = (file: RowFile, signal: AbortSignal, skip: number) => AsyncGenerator<Ga4Row[]>;

const READERS = {
  json: (file, signal, skip) => behind(skip, jsonRows(file, signal)),
  avro: (file, signal, skip) => behind(skip, avroRows(file, signal)),
  parquet: parquetRows,
} satisfies Record<RowFormat, ReadRows>;

/**
 * The rows of a file with the selected columns alone, in batches of up to 1,000.
 * @param skip so many rows at its beginning are left out
 * @throws SliceError, the signal's reason
 */
export async function* rowsOfFile(
  file: RowFile,
  format: RowFormat,
  skip: number,
  signal: AbortSignal,
): AsyncGenerator<Ga4Row[]> {
  for await (const rows of READERS[format](file, signal, skip)) {
    signal.throwIfAborted();
    yield rows.map(selected);
  }
}

/**
 * The rows of a file that is named, whatever shard it is of; its ending says how it is written.
 * @throws SliceError
 */
export function readRowsFile(path: string, signal: AbortSignal): AsyncGenerator<Ga4Row[]> {
  const name = basename(path);
  const ending = /\.(avro|parquet)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase();
  return rowsOfFile({ name, path }, (ending as RowFormat | undefined) ?? 'json', 0, signal);
}

async function* behind(skip: number, batches: AsyncGenerator<Ga4Row[]>): AsyncGenerator<Ga4Row[]> {
  let left = skip;
  for await (const rows of batches) {
    if (left < rows.length) yield left === 0 ? rows : rows.slice(left);
    left = Math.max(0, left - rows.length);
  }
}

function selected(row: Ga4Row): Ga4Row {
  const columns: Ga4Row = {};
  for (const name of SELECTED_COLUMNS) {
    const value = row[name];
    if (value !== undefined) columns[name] = value;
  }
  return columns;
}
