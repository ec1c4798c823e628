/** Brokers never outlive the tests: not after a crash, nor after a kill -9 of the test process. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = `tributary-kafka-${process.getuid?.() ?? 0}-`;

// Reaches its end of input when the test process ends in whatever way; $1 is the run's folder. The number of a broker
// that a test has killed may belong to another program by now.
const GUARD = `cat >/dev/null
for file in "$1"/*/broker.pid; do
  [ -f "$file" ] || continue
  pid=$(cat "$file")
  ps -o command= -ww -p "$pid" | grep -qF "$1" && kill -9 "$pid"
done
rm -rf "$1"`;

/** A new folder of one cluster, removed together with its brokers as soon as this process has ended. */
export function guardedFolder(): { folder: string; release: () => Promise<void> } {
  sweepOrphans();
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(folder, 'owner.pid'), String(process.pid));
  const guard = spawn('sh', ['-c', GUARD, 'guard', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  // The pipe must not keep this process alive either.
  (guard.stdin as unknown as { unref(): void }).unref();
  const release = async () => {
    const ended = once(guard, 'exit');
    guard.ref();
    guard.stdin.end();
    await ended;
  };
  return { folder, release };
}

/** A file's text; empty when it is not there (any more). */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Ends brokers of earlier runs whose guard was killed too, and removes their folders. */
function sweepOrphans(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    const owner = readIfThere(join(folder, 'owner.pid'));
    // Without an owner it is being made or removed by another process at this moment.
    if (owner === '' || isAlive(Number(owner))) continue;
    for (const broker of readdirSync(folder)) {
      const pid = readIfThere(join(folder, broker, 'broker.pid'));
      if (pid === '') continue;
      // The number may belong to another program by now.
      const command = spawnSync('ps', ['-o', 'command=', '-ww', '-p', pid], { encoding: 'utf8' }).stdout;
      if (command.includes(folder)) process.kill(Number(pid), 'SIGKILL');
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
