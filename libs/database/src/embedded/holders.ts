import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOCK_WAIT_MS = 180_000;
const LOCK_POLL_MS = 20;

/**
 * Names a process so that a later process with the same pid is not taken for it: pid and, where the system
 * tells (Linux), its start time in clock ticks since boot.
 */
function identityOf(pid: number): string {
  return `${pid} ${startTicks(pid)}`;
}

function startTicks(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name is in parentheses and may hold anything; field 22 counts from behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '?';
  } catch {
    return '?'; // no /proc: the pid alone must do
  }
}

/** Whether a process runs under this pid (EPERM: it does, as someone else). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isSameProcessAlive(identity: string): boolean {
  const pid = Number.parseInt(identity, 10);
  return pid > 0 && isAlive(pid) && identityOf(pid) === identity;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Writes down that this process uses the server of `home`; one file per use, so a process may hold several.
 * @returns takes the note away
 */
export function addHolder(home: string): () => void {
  const folder = join(home, 'holders');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${process.pid}-${randomBytes(4).toString('hex')}`);
  writeFileSync(file, identityOf(process.pid));
  return () => rmSync(file, { force: true });
}

/** Whether a living process uses the server of `home`. Notes of dead ones are removed. */
export function hasLiveHolder(home: string): boolean {
  const folder = join(home, 'holders');
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  return names
    .map((name) => {
      const identity = readIfThere(join(folder, name));
      if (identity === undefined) return false;
      if (isSameProcessAlive(identity)) return true;
      rmSync(join(folder, name), { force: true });
      return false;
    })
    .includes(true);
}

/**
 * Runs `work` while no other process (or other call here) does so for the same `home`: starting, attaching
 * and stopping must not overlap. A lock left by a dead process is broken.
 * @throws Error when another process keeps the lock for three minutes
 */
export async function exclusively<T>(home: string, work: () => Promise<T>): Promise<T> {
  const release = await lock(join(home, 'lock'));
  try {
    return await work();
  } finally {
    release();
  }
}

async function lock(path: string): Promise<() => void> {
  const mine = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  const content = `${identityOf(process.pid)}`;
  writeFileSync(mine, content);
  try {
    for (const deadline = Date.now() + LOCK_WAIT_MS; Date.now() < deadline; await sleep(LOCK_POLL_MS)) {
      try {
        linkSync(mine, path); // a link appears with its content, where a new file would first be empty
        return () => rmSync(path, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      breakIfStale(path, `${mine}.stale`);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  throw new Error(`${path} has been kept by process ${readIfThere(path) ?? '?'} for too long`);
}

function breakIfStale(path: string, aside: string): void {
  const identity = readIfThere(path);
  if (identity === undefined || isSameProcessAlive(identity)) return;
  try {
    renameSync(path, aside); // only one of several breakers succeeds
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Between reading and renaming, another breaker may have been through and a live lock stand here: put back.
  if (readIfThere(aside) !== identity) linkSync(aside, path);
  rmSync(aside, { force: true });
}
