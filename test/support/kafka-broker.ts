/** One broker process: formatted, started, paused, killed and started again in its own folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './kafka-jars.js';

const CLUSTER_ID = '5L6g3nShT-eMCtK--X86sw';
const START_LIMIT_MS = 90_000;
const LOGGING = `appender.0.type=Console
appender.0.name=S
rootLogger=WARN,S
logger.0.name=kafka.server.KafkaRaftServer
logger.0.level=INFO
`;

/** A port was taken between being chosen and being used: choose others. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
}

export class KafkaBroker {
  private child: ChildProcess | undefined;

  constructor(
    /** `host:port` for clients. */
    readonly address: string,
    /** Holds server.properties, the log, the pid and the data. */
    readonly folder: string,
    private readonly jars: string,
    private readonly jvm: readonly string[],
  ) {}

  private java(main: string, ...args: string[]): string[] {
    const logging = '-Dlog4j2.configurationFile=log4j2.properties';
    // The folder on the command line is how an orphan is recognised: see kafka-orphans.ts.
    return [...this.jvm, logging, `-Dtributary.run=${this.folder}`, '-cp', `${this.jars}/*`, main, ...args];
  }

  /** Writes the configuration and makes the data folder a cluster's member. */
  async format(properties: Record<string, string>): Promise<void> {
    const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(this.folder, 'server.properties'), lines.join(''));
    writeFileSync(join(this.folder, 'log4j2.properties'), LOGGING);
    const options = ['--config', 'server.properties', '--cluster-id', CLUSTER_ID, '--ignore-formatted'];
    const args = this.java('kafka.tools.StorageTool', 'format', ...options);
    const { code, output } = await run('java', args, this.folder);
    if (code !== 0) throw new Error(`formatting the broker's folder failed: ${output}`);
  }

  /** Starts the process; resolves when the broker serves. @throws PortTakenError */
  async start(): Promise<void> {
    const log = join(this.folder, 'broker.log');
    writeFileSync(log, '');
    const fd = openSync(log, 'a');
    const child = spawn('java', this.java('kafka.Kafka', 'server.properties'), {
      cwd: this.folder,
      stdio: ['ignore', fd, fd],
      detached: true,
    });
    closeSync(fd);
    child.unref();
    this.child = child;
    const pidFile = join(this.folder, 'broker.pid');
    writeFileSync(pidFile, String(child.pid));
    child.once('exit', () => rmSync(pidFile, { force: true }));
    for (const begin = Date.now(); ; await sleep(50)) {
      const said = readFileSync(log, 'utf8');
      if (said.includes('Kafka Server started')) return;
      if (child.exitCode !== null || child.signalCode !== null) {
        if (/BindException|Address already in use/.test(said)) throw new PortTakenError(this.address);
        throw new Error(`the broker ended while starting: ${said}`);
      }
      if (Date.now() - begin > START_LIMIT_MS) {
        await this.kill9();
        throw new Error(`the broker did not start in time: ${said}`);
      }
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.ref();
    child.kill(signal);
    await exited;
  }

  /** SIGKILL; resolves when the process is gone. Also ends a paused one. */
  kill9(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** SIGTERM: moves its leaderships away, then exits. */
  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }
}
