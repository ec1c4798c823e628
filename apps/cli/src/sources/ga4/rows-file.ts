import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { readRowsFile } from '#apps/ga4-poller';
import { instantFromMs } from '#libs/events';
import type { Ga4Row } from '#libs/ga4';
import { CommandFailed } from '../../exit-code.js';
import type { ShardInfo } from './open-ga4.js';

/**
 * A file of rows as if it were a daily shard: in any form that exports have.
 * @throws CommandFailed where it is not there
 */
export function openRowsFile(
  path: string,
  signal: AbortSignal,
): { shard: ShardInfo; read: AsyncGenerator<{ rows: Ga4Row[] }> } {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new CommandFailed(`${path} is no file`);
  const day = /\d{8}/.exec(basename(path))?.[0] ?? '19700101';
  const shard = {
    id: basename(path),
    day,
    kind: 'daily' as const,
    modifiedAt: instantFromMs(Math.floor(found.mtimeMs)),
  };
  return { shard, read: pages(path, signal) };
}

async function* pages(path: string, signal: AbortSignal): AsyncGenerator<{ rows: Ga4Row[] }> {
  for await (const rows of readRowsFile(path, signal)) yield { rows };
}
