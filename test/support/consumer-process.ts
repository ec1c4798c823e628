import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from './until.js';

/** How another process reaches the log under test. */
export type EngineAddress = { name: 'postgres'; url: string } | { name: 'kafka'; brokers: string[] };

export interface ConsumerSettings {
  engine: EngineAddress;
  group: string;
  topic: string;
  sessionTimeoutMs: number;
  maxBatchRecords: number;
  /** The handler of the batch with this value takes `stallMs`. */
  stallAtValue?: string;
  stallMs: number;
}

/** What the process says, in the order in which it happened. */
export type ConsumerReport =
  | { type: 'joined' }
  | { type: 'begin' | 'done'; partition: number; values: (string | null)[] }
  | { type: 'lost'; partition: number }
  | { type: 'warning'; message: string };

const PROGRAM = fileURLToPath(new URL('../../dist/test/support/consumer-child.js', import.meta.url));

/** A consumer in a process of its own. */
export class ConsumerProcess {
  readonly reports: ConsumerReport[] = [];

  private constructor(private readonly child: ChildProcess) {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      this.reports.push(JSON.parse(line) as ConsumerReport);
    });
  }

  /** Resolves when it has joined its group. */
  static async start(settings: ConsumerSettings): Promise<ConsumerProcess> {
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const consumer = new ConsumerProcess(child);
    await until('the consumer process joins', () => {
      if (child.exitCode !== null) throw new Error(`the consumer process ended with ${child.exitCode}`);
      return consumer.reports.some(({ type }) => type === 'joined');
    });
    return consumer;
  }

  /** Values of the batches it has begun, or finished, handling. */
  values(type: 'begin' | 'done'): string[] {
    return this.reports.flatMap((report) =>
      report.type === type && 'values' in report ? report.values.map(String) : [],
    );
  }

  kill9(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** Lets it finish what it has begun, and leave. */
  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}
