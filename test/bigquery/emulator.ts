/** goccy's emulator of BigQuery: built once from a pinned Go module into a cache folder; takes minutes and 6 GiB. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts } from '#test/kafka-cluster';
import { repositoryRoot, run } from '#test/kafka-jars';
import { recordSkipped } from '#test/skipped-parts';
import { until } from '#test/until';

const VERSION = '0.8.1';
const PACKAGE = 'github.com/goccy/bigquery-emulator/cmd/bigquery-emulator';
const PART = 'BigQuery (SQL against the emulator)';
/** What the module proxy says where it does not hand the module out. */
const REFUSED = /\b(403|404|410)\b|forbidden|not found/i;

/** Outside the tree, so that every checkout has the same: `TRIBUTARY_CACHE_DIR`, else `~/.cache/tributary`. */
function cacheFolder(): string {
  return resolve(process.env.TRIBUTARY_CACHE_DIR ?? join(homedir(), '.cache', 'tributary'));
}

/** Path of the program; built where it is not there. Undefined, and said so, where it cannot be had.
 * @throws Error under `CI=true` where it cannot be had, unless the module proxy refuses it */
export async function emulatorProgram(): Promise<string | undefined> {
  const program = join(cacheFolder(), `bigquery-emulator-${VERSION}`);
  if (existsSync(program)) return program;
  const go = await findGo();
  if (go === undefined) return unavailable('Go is not installed', false);
  mkdirSync(cacheFolder(), { recursive: true });
  const staging = mkdtempSync(`${program}.`);
  try {
    process.stderr.write(`building the BigQuery emulator into ${program}: minutes, and 6 GiB of memory\n`);
    const built = join(staging, 'program');
    const { code, output } = await run(
      'env',
      ['CGO_ENABLED=0', go, 'build', '-mod=readonly', '-o', built, PACKAGE],
      join(repositoryRoot(), 'test', 'bigquery', 'emulator'),
    );
    if (code !== 0) {
      const why = output.trim().split('\n').slice(-3).join(' ');
      return unavailable(`the build failed: ${why}`, REFUSED.test(output));
    }
    renameSync(built, program);
    return program;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function unavailable(reason: string, isRefused: boolean): undefined {
  if (process.env.CI === 'true' && !isRefused)
    throw new Error(`${PART} must be tested under CI=true: ${reason}`);
  recordSkipped(PART, reason);
  return undefined;
}

async function findGo(): Promise<string | undefined> {
  for (const go of ['go', '/usr/local/go/bin/go']) {
    if (
      await run(go, ['version']).then(
        ({ code }) => code === 0,
        () => false,
      )
    )
      return go;
  }
  return undefined;
}

/** An emulator at work. */
export class Emulator {
  private constructor(
    private readonly process: ChildProcess,
    readonly project: string,
    /** As `BIGQUERY_EMULATOR_HOST`. */
    readonly url: string,
  ) {}

  static async start(program: string, project: string, dataset: string): Promise<Emulator> {
    const [port, grpcPort] = await freePorts(2);
    const where = ['--host=127.0.0.1', `--port=${port}`, `--grpc-port=${grpcPort}`];
    const child = spawn(program, [...where, `--project=${project}`, `--dataset=${dataset}`], {
      stdio: 'ignore',
    });
    const url = `http://127.0.0.1:${port}`;
    const answers = (): Promise<boolean> =>
      fetch(`${url}/bigquery/v2/projects/${project}/datasets`).then(
        (answer) => answer.ok,
        () => false,
      );
    await until('the emulator answers', answers);
    return new Emulator(child, project, url);
  }

  /** Runs a statement to its end. @throws Error with what the emulator said */
  async run(sql: string): Promise<void> {
    const answer = await fetch(`${this.url}/bigquery/v2/projects/${this.project}/queries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: sql, useLegacySql: false }),
    });
    if (!answer.ok) throw new Error(`${answer.status}: ${(await answer.text()).slice(0, 1_000)}`);
  }

  async stop(): Promise<void> {
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }
}
