import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashParts, instantFromMs } from '#libs/events';
import type { Shard } from '#libs/ga4';
import { SliceError } from '#libs/sources';
import type { ShardFile } from './open-bytes.js';
import { parseShardFile, type NamedShardFile, type RowFormat } from './shard-file.js';

/** A shard and its files. */
export interface FolderShard extends Shard {
  /** Name of its table. */
  id: string;
  /** More than one where a table was exported twice into the folder. */
  formats: RowFormat[];
  /** By name. */
  files: ShardFile[];
  /** A hash of the files' names, sizes and times. */
  parts: string;
}

/**
 * The shards of a folder, by name. Files of other names, and folders in it, are no shards.
 * @param only the id of the one that is wanted
 * @throws SliceError where the folder is not there
 */
export async function shardsIn(folder: string, only?: string): Promise<FolderShard[]> {
  const found = new Map<string, { named: NamedShardFile; formats: Set<RowFormat>; files: ShardFile[] }>();
  for (const name of (await namesIn(folder)).sort()) {
    const named = parseShardFile(name);
    if (!named || (only !== undefined && named.shard !== only)) continue;
    const file = await fileAt(join(folder, name), name);
    if (!file) continue;
    const shard = found.get(named.shard) ?? { named, formats: new Set(), files: [] };
    shard.formats.add(named.format);
    shard.files.push(file);
    found.set(named.shard, shard);
  }
  return [...found.values()].map(({ named, formats, files }) => ({
    id: named.shard,
    day: named.day,
    kind: named.kind,
    modifiedAt: instantFromMs(Math.max(...files.map((f) => f.modifiedMs))),
    formats: [...formats],
    files,
    parts: hashParts(files.flatMap((f) => [f.name, String(f.bytes), String(f.modifiedMs)])),
  }));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SliceError('config_error', 'definition', `export.folder: ${folder} cannot be read (${code})`, {
      cause: error,
    });
  }
}

/** Undefined where it has gone meanwhile, or is a folder. */
async function fileAt(path: string, name: string): Promise<ShardFile | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    return { name, path, bytes: found.size, modifiedMs: Math.floor(found.mtimeMs) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
