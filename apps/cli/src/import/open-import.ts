import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportFile } from './import-events.js';

/**
 * Opens what is to be imported so that it can be read twice: what can be read only once (standard input, a pipe) is
 * first copied into a file that has no name any more, and so is gone with this process, however it ends.
 * @param path `-` is standard input
 * @throws what the file system answers
 */
export async function openImport(path: string): Promise<ImportFile> {
  if (path === '-') return spooled(process.stdin);
  const file = await open(path);
  const stat = await file.stat();
  if (stat.isFile()) return { file, bytes: stat.size };
  return spooled(file.createReadStream());
}

async function spooled(input: AsyncIterable<Buffer>): Promise<ImportFile> {
  const file = await namelessFile();
  for await (const chunk of input) await file.appendFile(chunk);
  return { file, bytes: (await file.stat()).size };
}

async function namelessFile(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-import-'));
  try {
    return await open(join(folder, 'events'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
}
