import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from './kafka-cluster.js';
import { repositoryRoot } from './kafka-jars.js';
import { until } from './until.js';

/** The apps that run as processes of their own, and the command line. */
export type AppName =
  | 'pixel-ingress'
  | 'http-poller'
  | 'ga4-poller'
  | 'pubsub-bridge'
  | 'normalizer'
  | 'attribution'
  | 'commissions'
  | 'console'
  | 'cli';

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** What `/livez` or `/readyz` answered; status 0: nothing did. */
export interface HealthAnswer {
  status: number;
  body: string;
}

// The test's end of standard input closes when the test process ends in whatever way: the app then ends too.
const END_WITH_PARENT =
  'data:text/javascript,process.stdin.resume().on("end",()=>process.kill(process.pid,"SIGKILL"));process.stdin.unref()';

const ANSWER_LIMIT_MS = 5_000;
// Each answer of readiness asks the log and the database: oftener, and the asking is most of the work.
const ASK_EVERY_MS = 100;
const KEPT_LINES = 2_000;

/** One app as a process of its own, run from `dist` as an orchestrator would. */
export class AppProcess {
  /** What it said on standard output, line by line, and on standard error. */
  readonly output: string[] = [];
  errors = '';
  readonly exited: Promise<Exit>;
  private readonly child: ChildProcess;

  private constructor(
    readonly app: AppName,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly args: readonly string[],
  ) {
    const program = join(repositoryRoot(), 'dist', 'apps', app, 'src', 'main.js');
    this.child = spawn(process.execPath, [`--import=${END_WITH_PARENT}`, program, ...args], {
      cwd: tmpdir(), // no `.env` of a developer's checkout
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.exited = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.output.push(line);
      if (this.output.length > KEPT_LINES) this.output.shift();
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
  }

  /** Starts the process and does not wait for it. It gets a free admin port unless the environment names one. */
  static async spawn(
    app: AppName,
    environment: Readonly<Record<string, string>> = {},
    args: readonly string[] = [],
  ): Promise<AppProcess> {
    const port = environment.ADMIN_PORT ?? String((await freePorts(1))[0]);
    return new AppProcess(app, { ADMIN_HOST: '127.0.0.1', ...environment, ADMIN_PORT: port }, args);
  }

  /** Runs a command to its end. @returns its exit code, with what it said on both outputs */
  static async run(
    app: AppName,
    environment: Readonly<Record<string, string>>,
    args: readonly string[] = [],
  ): Promise<Exit & { output: string; errors: string }> {
    const process = await AppProcess.spawn(app, environment, args);
    await once(process.child, 'close');
    return { ...(await process.exited), output: process.output.join('\n'), errors: process.errors };
  }

  /** The same once more, on the same ports; begins when this one has ended. */
  async again(): Promise<AppProcess> {
    await this.exited;
    return AppProcess.spawn(this.app, this.environment, this.args);
  }

  get pid(): number {
    return this.child.pid!;
  }

  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Waits for 200 of `/readyz`. @throws Error with what it said when it ends instead, or is too late */
  async ready(limitMs = 90_000): Promise<void> {
    let last: HealthAnswer = { status: 0, body: '' };
    await until(
      `${this.app} is ready`,
      async () => {
        if (this.hasExited) throw new Error(`${this.app} ended instead of getting ready: ${this.said()}`);
        last = await this.ask('/readyz');
        return last.status === 200;
      },
      limitMs,
      ASK_EVERY_MS,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; its last answer: ${last.status} ${last.body}; ${this.said()}`);
    });
  }

  /** Asks the admin port. */
  async ask(path: '/livez' | '/readyz' | '/metrics'): Promise<HealthAnswer> {
    const url = `http://127.0.0.1:${this.environment.ADMIN_PORT}${path}`;
    const headers = { connection: 'close' };
    return fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) }).then(
      async (answer) => ({ status: answer.status, body: await answer.text() }),
      (error: unknown) => ({ status: 0, body: String(error) }),
    );
  }

  /** Where an ingress takes pixels. */
  get pixelUrl(): string {
    return `http://127.0.0.1:${this.environment.PIXEL_PORT}`;
  }

  kill9(): Promise<Exit> {
    return this.end('SIGKILL');
  }

  /** SIGTERM; resolves when it has drained and ended. */
  term(): Promise<Exit> {
    return this.end('SIGTERM');
  }

  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** The last lines that are worth a word, for messages of failed tests. */
  said(): string {
    const lines = this.output.filter((line) => !/"level":(10|20|30)\b/.test(line)).slice(-10);
    return [...lines, this.errors.slice(-2_000)].join('\n');
  }

  private async end(signal: NodeJS.Signals): Promise<Exit> {
    if (!this.hasExited) this.child.kill(signal);
    return this.exited;
  }
}
