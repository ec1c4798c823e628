import type { Ga4Row } from '#libs/ga4';
import { LostCheckpointError, type Ga4Export, type Ga4Page } from '../export.js';
import type { ShardFile } from './open-bytes.js';
import { rowsOfFile } from './rows-of-file.js';
import { hasChanged, isGone, unreadable } from './shard-file-error.js';
import type { RowFormat } from './shard-file.js';
import { shardsIn, type FolderShard } from './shard-folder.js';

/** What the export to files is read with. */
export interface FilesWorld {
  /** Where the shards are. */
  folder: string;
  /** Epoch milliseconds. */
  now: () => number;
}

/** A shard whose files were changed within this time may still be written: it waits. */
const SETTLE_MS = 5_000;

/** Where a reading goes on: behind so many rows of a file. Files are read in the order of their names. */
interface Place {
  file: string;
  rows: number;
  /** Of the shard that it is a place in. */
  parts: string;
}

/**
 * GA4's export as files in a folder, such as BigQuery's exports to Cloud Storage: a shard is the files whose names begin
 * with its table's. Its version is the newest modification time of its files; `parts` tells whether they are others.
 */
export function filesExport({ folder, now }: FilesWorld): Ga4Export {
  const find = async (id: string): Promise<FolderShard> => {
    const [there] = await shardsIn(folder, id);
    if (!there) throw isGone(id);
    return there;
  };
  return {
    async listShards(fromDay, toDay, signal) {
      const shards = await shardsIn(folder);
      signal.throwIfAborted();
      return shards
        .filter(({ day, files }) => fromDay <= day && day <= toDay && isSettled(files, now()))
        .map(({ files, formats: _formats, ...shard }) => ({ ...shard, bytes: bytesOf(files) }));
    },

    async plan({ id, parts }) {
      const { formats } = await find(id);
      formatOf(id, formats);
      const why = `exported files, read from ${folder}`;
      return { way: 'file', why, ...(parts !== undefined && { parts }) };
    },

    async *read({ id }, _plan, checkpoint, signal) {
      const { files, formats, parts } = await find(id);
      const format = formatOf(id, formats);
      const start = checkpoint === undefined ? undefined : (JSON.parse(checkpoint) as Place);
      // What was read before is no longer there: all of it is read as it is now
      if (start && start.parts !== parts) throw new LostCheckpointError(`${id} has changed`);
      const assertUnchanged = async (): Promise<void> => {
        if ((await find(id)).parts !== parts) throw hasChanged(id);
      };
      let waiting: Ga4Page | undefined;
      try {
        for await (const { rows, place } of pagesFrom(files, format, start, signal)) {
          await assertUnchanged();
          if (waiting) yield waiting;
          waiting = { rows, checkpoint: JSON.stringify({ ...place, parts } satisfies Place) };
        }
      } catch (error) {
        signal.throwIfAborted();
        await assertUnchanged(); // What is written meanwhile is damaged only for now
        throw error;
      }
      await assertUnchanged();
      if (waiting) yield { ...waiting, checkpoint: undefined };
    },
  };
}

async function* pagesFrom(
  files: readonly ShardFile[],
  format: RowFormat,
  start: Place | undefined,
  signal: AbortSignal,
): AsyncGenerator<{ rows: Ga4Row[]; place: Omit<Place, 'parts'> }> {
  for (const file of files) {
    if (start && file.name < start.file) continue;
    let rows = start?.file === file.name ? start.rows : 0;
    for await (const batch of rowsOfFile(file, format, rows, signal)) {
      rows += batch.length;
      yield { rows: batch, place: { file: file.name, rows } };
    }
  }
}

function isSettled(files: FolderShard['files'], nowMs: number): boolean {
  return files.every(({ modifiedMs }) => Math.abs(nowMs - modifiedMs) >= SETTLE_MS);
}

function bytesOf(files: FolderShard['files']): number {
  return files.reduce((bytes, file) => bytes + file.bytes, 0);
}

/** @throws SliceError where its table was exported twice into the folder: its rows would be read twice */
function formatOf(id: string, formats: FolderShard['formats']): FolderShard['formats'][number] {
  const [format, other] = formats;
  if (format !== undefined && other === undefined) return format;
  throw unreadable(id, `it is there as ${formats.join(' and as ')}: leave one of them`);
}
