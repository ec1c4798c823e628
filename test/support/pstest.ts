/** Google's own fake of Pub/Sub (`pstest`, a Go package): built once into the cache folder. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { cacheFolder, repositoryRoot, run } from './kafka-jars.js';
import { isReady, recordSkipped } from './skipped-parts.js';

const PART = "Pub/Sub's contract against Google's own fake";
const REFUSED = /\b(403|404|410)\b|Forbidden|no matching versions/;

/** A server at work. */
export interface Pstest {
  host: string;
  stop(): Promise<void>;
}

/**
 * Whether the part can be tested here. Where the registry of Go modules refuses the source it is left out, and said so;
 * where only Go is missing it must be there under `CI=true`.
 */
export async function isPstestReady(): Promise<boolean> {
  const reason = await pstestBinary().then(
    () => 'ready',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (!REFUSED.test(reason)) return isReady(PART, reason);
  recordSkipped(PART, `the registry refuses it: ${reason}`);
  return false;
}

/** Starts one; it ends with this process. */
export async function startPstest(): Promise<Pstest> {
  const child = spawn(await pstestBinary(), [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [host] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    host,
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Path of the program, built when it is not there yet. @throws Error with what Go said */
async function pstestBinary(): Promise<string> {
  const source = join(repositoryRoot(), 'test', 'pubsub', 'pstest');
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'main.go']) hash.update(readFileSync(join(source, file)));
  const target = join(cacheFolder(), `pstest-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(target)) return target;
  mkdirSync(cacheFolder(), { recursive: true });
  const staging = `${target}.${process.pid}`;
  try {
    const { code, output } = await run(goCommand(), ['build', '-mod=readonly', '-o', staging, '.'], source);
    if (code !== 0) throw new Error(output.trim().split('\n').slice(-3).join(' '));
    renameSync(staging, target);
    return target;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error('go (1.26 or later) is not installed', { cause: error });
    }
    throw error;
  } finally {
    rmSync(staging, { force: true });
  }
}

/** Go of the path, else where its installer puts it. */
function goCommand(): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/go/bin'];
  return folders.map((folder) => join(folder, 'go')).find((path) => existsSync(path)) ?? 'go';
}
