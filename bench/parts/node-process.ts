import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repositoryRoot } from '#test/kafka-jars';
import type { Closers } from './closers.js';

/** How long a process may take from SIGTERM to its end. */
const STOP_LIMIT_MS = 30_000;

/** What a process is started with. */
export interface NodeProcessOptions {
  /** Its whole environment besides PATH: a `.env` or a variable of ours must not reach it. */
  environment?: Record<string, string>;
  arguments?: readonly string[];
  /** Folder for V8's CPU profile, written when it ends. */
  profileTo?: string | undefined;
}

/** A line of JSON on a process's standard output. */
export type Line = Readonly<Record<string, unknown>>;

/** A Node process of the benchmark that says what it does in lines of JSON. */
export class NodeProcess {
  readonly pid: number;
  private readonly listeners = new Set<(line: Line) => void>();
  private ended = false;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    this.pid = child.pid!;
    child.once('exit', () => (this.ended = true));
    createInterface(child.stdout!).on('line', (text) => {
      if (!text.startsWith('{')) return;
      const line = JSON.parse(text) as Line;
      for (const listener of this.listeners) listener(line);
    });
  }

  /**
   * Starts a compiled script of this repository.
   * @param script its path under `dist/`
   */
  static start(name: string, script: string, closers: Closers, options: NodeProcessOptions): NodeProcess {
    const { environment = {}, profileTo } = options;
    const profile = profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`];
    const path = join(repositoryRoot(), 'dist', script);
    const child = spawn(process.execPath, [...profile, path, ...(options.arguments ?? [])], {
      cwd: tmpdir(),
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const started = new NodeProcess(name, child);
    closers.add(() => started.stop());
    return started;
  }

  /** Has every further line told to `listener`; returns what ends that. */
  onLine(listener: (line: Line) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The first line from now on that `accepts`. @throws Error when the process ends before */
  line(accepts: (line: Line) => boolean): Promise<Line> {
    return this.until<Line>((found) => this.onLine((line) => accepts(line) && found(line)));
  }

  /**
   * Takes what the process sends by `process.send`, up to the message from which `take` reads something.
   * @throws Error when the process ends before
   */
  untilMessage<T>(take: (message: unknown) => T | undefined): Promise<T> {
    return this.until<T>((found) => {
      const onMessage = (message: unknown): void => {
        const taken = take(message);
        if (taken !== undefined) found(taken);
      };
      this.child.on('message', onMessage);
      return () => this.child.off('message', onMessage);
    });
  }

  private until<T>(watch: (found: (value: T) => void) => () => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const onClose = (): void => {
        off();
        reject(new Error(`${this.name} ended with ${this.child.signalCode ?? this.child.exitCode}`));
      };
      const off = watch((value) => {
        off();
        this.child.off('close', onClose);
        resolve(value);
      });
      this.child.once('close', onClose);
    });
  }

  /** SIGTERM, and SIGKILL where that does not end it in time. */
  async stop(): Promise<void> {
    if (this.ended) return;
    const exited = once(this.child, 'exit');
    const force = setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS);
    this.child.kill('SIGTERM');
    await exited;
    clearTimeout(force);
  }
}
