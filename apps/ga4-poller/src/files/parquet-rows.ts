import { gunzipSync } from 'node:zlib';
import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
} from 'hyparquet';
import { SELECTED_COLUMNS } from '#libs/ga4';
import type { JsonObject, SliceError } from '#libs/sources';
import { isGzipped, type RowFile } from './open-bytes.js';
import { plainValue } from './plain-value.js';
import { unreadable } from './shard-file-error.js';

const BATCH_ROWS = 1_000;

/** Codecs beside none and snappy, which the reader has. */
const COMPRESSORS = { GZIP: (packed: Uint8Array) => gunzipSync(packed) } satisfies Compressors;
const UNDERSTOOD = ['UNCOMPRESSED', 'SNAPPY', ...Object.keys(COMPRESSORS)];
const SELECTED: ReadonlySet<string> = new Set(SELECTED_COLUMNS);

/**
 * Rows of a Parquet file with their selected columns, in batches of up to 1,000; a row group is held at a time.
 * @param skip so many rows at the beginning are left out; the row groups before them are not read
 * @throws SliceError where it is none, is damaged, or is packed by a codec that is not understood
 */
export async function* parquetRows(
  file: RowFile,
  signal: AbortSignal,
  skip: number,
): AsyncGenerator<JsonObject[]> {
  if (isGzipped(file)) {
    throw unreadable(
      file.name,
      'a Parquet file is packed within: unzip it, or export it with compression GZIP',
    );
  }
  const buffer = await asyncBufferFromFile(file.path);
  const metadata = await readMetadata(file, buffer);
  checkCodecs(file, metadata);
  const there = parquetSchema(metadata).children.map(({ element }) => element.name);
  const columns = there.filter((name) => SELECTED.has(name));
  let start = 0;
  for (const { num_rows } of metadata.row_groups) {
    const end = start + Number(num_rows);
    const rowStart = Math.max(start, skip);
    start = end;
    if (rowStart >= end) continue;
    signal.throwIfAborted();
    const rows = await readGroup(file, { file: buffer, metadata, columns, rowStart, rowEnd: end });
    for (let at = 0; at < rows.length; at += BATCH_ROWS) {
      yield rows.slice(at, at + BATCH_ROWS).map((row) => plainValue(row) as JsonObject);
    }
  }
}

async function readMetadata(file: RowFile, buffer: AsyncBuffer): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(buffer);
  } catch (error) {
    throw damaged(file, error);
  }
}

async function readGroup(
  file: RowFile,
  options: Parameters<typeof parquetReadObjects>[0],
): Promise<Record<string, unknown>[]> {
  try {
    return await parquetReadObjects({ ...options, compressors: COMPRESSORS });
  } catch (error) {
    throw damaged(file, error);
  }
}

/** Before anything is read, so that the codec is named and not the column that first shows it. */
function checkCodecs({ name }: RowFile, { row_groups }: FileMetaData): void {
  const codecs = new Set(row_groups.flatMap(({ columns }) => columns.map((c) => c.meta_data?.codec)));
  for (const codec of codecs) {
    if (codec === undefined || UNDERSTOOD.includes(codec)) continue;
    throw unreadable(name, `its codec ${codec} is not understood; ${UNDERSTOOD.join(', ')} are`);
  }
}

function damaged({ name }: RowFile, error: unknown): SliceError {
  const why = error instanceof Error ? error.message : String(error);
  return unreadable(name, `it cannot be read as Parquet: ${why}`, error);
}
