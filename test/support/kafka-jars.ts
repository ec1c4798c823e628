/** The Kafka broker's jars: downloaded once with Maven into a cache folder. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '4.1.1';

/** The repository's root: the same from the sources and from `dist/`. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('no package.json above the test support folder');
    folder = parent;
  }
  return folder;
}

/** Where what was downloaded or built for tests is kept. */
export function cacheFolder(): string {
  return resolve(process.env.TRIBUTARY_CACHE_DIR ?? join(repositoryRoot(), '.cache'));
}

/** Runs a command to its end; resolves to its exit code and everything it said. */
export function run(
  command: string,
  args: string[],
  cwd?: string,
): Promise<{ code: number; output: string }> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', failed);
    child.once('close', (code) => done({ code: code ?? 1, output }));
  });
}

async function isInstalled(command: string): Promise<boolean> {
  return run(command, ['-version']).then(
    ({ code }) => code === 0,
    () => false,
  );
}

/** The folder of the jars, downloaded when it is not there yet. @throws Error with what Maven said */
export async function kafkaJars(): Promise<string> {
  const target = join(cacheFolder(), `kafka-${VERSION}`);
  if (existsSync(target)) return target;
  mkdirSync(cacheFolder(), { recursive: true });
  // Several processes may download at once: each into its own folder, the first to rename wins.
  const staging = mkdtempSync(`${target}.`);
  try {
    const pom = join(repositoryRoot(), 'test', 'support', 'kafka', 'pom.xml');
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${staging}`];
    const { code, output } = await run('mvn', ['-q', '-B', '-f', pom, ...goal]);
    if (code !== 0) throw new Error(output.trim().split('\n').slice(0, 3).join(' '));
    try {
      renameSync(staging, target);
    } catch (error) {
      if (!existsSync(target)) throw error;
    }
    return target;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * Whether Kafka can be had here: `'ready'` (the jars are downloaded, or `TEST_KAFKA_BROKERS` names brokers
 * of your own), otherwise the reason in one line.
 */
export async function kafkaAvailability(): Promise<string> {
  if (process.env.TEST_KAFKA_BROKERS) return 'ready';
  return brokerAvailability();
}

/** As `kafkaAvailability`, for tests that start and kill brokers and so cannot use your own. */
export async function brokerAvailability(): Promise<string> {
  if (!(await isInstalled('java'))) return 'java is not installed';
  if (!existsSync(join(cacheFolder(), `kafka-${VERSION}`)) && !(await isInstalled('mvn'))) {
    return 'mvn (Maven) is not installed';
  }
  return kafkaJars().then(
    () => 'ready',
    (error: unknown) => `the download was refused: ${String(error)}`,
  );
}
