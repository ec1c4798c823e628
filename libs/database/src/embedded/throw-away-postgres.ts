import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { addHolder, hasLiveHolder } from './holders.js';
import {
  openEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresLog,
} from './embedded-postgres.js';
import { temporaryFolder } from './server-account.js';
import { stopServer } from './server.js';

const prefix = `tributary-db-${process.getuid?.() ?? 'user'}-`;

/**
 * Makes a folder for a server that is thrown away, after removing those (servers included) whose processes
 * are gone. It counts as in use while this process lives.
 * @returns the folder, to be used as `dataDir`, and what stops its server and removes it
 */
export async function throwAwayFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const parent = temporaryFolder();
  await sweep(parent);
  const folder = mkdtempSync(join(parent, prefix));
  chmodSync(folder, 0o711); // the server's account must pass through
  const removeHolder = addHolder(folder);
  const remove = async (): Promise<void> => {
    removeHolder();
    await discard(folder);
  };
  return { folder, remove };
}

/** A fresh server without fsync in a temporary folder; `close` removes it with all its data. */
export async function openThrowAwayPostgres(log: EmbeddedPostgresLog): Promise<EmbeddedPostgres> {
  const { folder, remove } = await throwAwayFolder();
  try {
    const server = await openEmbeddedPostgres({ dataDir: folder, durable: false, log });
    let closing: Promise<void> | undefined;
    return { ...server, close: () => (closing ??= server.close().then(remove)) };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function sweep(parent: string): Promise<void> {
  for (const name of readdirSync(parent).filter((each) => each.startsWith(prefix))) {
    const folder = join(parent, name);
    if (isBeingMade(folder) || hasLiveHolder(folder) || hasLiveHolder(join(folder, 'postgres'))) continue;
    await discard(folder);
  }
}

/** A young folder without any note may be in the making, or in removal, by another process. */
function isBeingMade(folder: string): boolean {
  try {
    if (Date.now() - statSync(folder).mtimeMs > 60_000) return false;
    return readdirSync(join(folder, 'holders')).length === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

async function discard(folder: string): Promise<void> {
  await stopServer(join(folder, 'postgres'));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
