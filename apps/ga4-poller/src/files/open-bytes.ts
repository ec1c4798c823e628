import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isGone, unreadable } from './shard-file-error.js';

/** A file with rows. */
export interface RowFile {
  /** Without its folder. */
  name: string;
  path: string;
}

/** A file of a shard. */
export interface ShardFile extends RowFile {
  bytes: number;
  /** Epoch milliseconds. */
  modifiedMs: number;
}

/** Whether the file is gzipped as a whole. */
export function isGzipped({ name }: { name: string }): boolean {
  return /\.gz$/i.test(name);
}

/** The bytes of a file, unzipped where its name says that it is gzipped. *
 * @throws SliceError where they are damaged, or the file is gone */
export async function* openBytes(file: RowFile, signal: AbortSignal): AsyncGenerator<Buffer> {
  const read = createReadStream(file.path, { signal });
  const bytes: Readable = isGzipped(file) ? pipeline(read, createGunzip(), () => {}) : read;
  try {
    yield* bytes as AsyncIterable<Buffer>;
  } catch (error) {
    signal.throwIfAborted();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw isGone(file.name);
    if (code?.startsWith('Z_')) throw unreadable(file.name, `it is no whole gzip file (${code})`, error);
    throw error;
  } finally {
    bytes.destroy();
  }
}

/** The first character that is no white space; undefined where the file is empty. A byte order mark is none. */
export async function firstCharacter(file: RowFile, signal: AbortSignal): Promise<string | undefined> {
  for await (const chunk of openBytes(file, signal)) {
    const [character] = chunk
      .toString('latin1')
      .replace(/^\u00ef\u00bb\u00bf/, '')
      .trimStart();
    if (character !== undefined) return character;
  }
  return undefined;
}
