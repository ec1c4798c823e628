import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Pool } from 'pg';
import { startPolling, type PollerTimes } from '#apps/http-poller';
import { Topic } from '#libs/events';
import {
  databaseOf,
  migrate,
  openPlatform,
  type Environment,
  type Platform,
  type RunningApp,
} from '#libs/runtime';
import { PlayedPartner, playedSource, type Answer, type PlayedStream } from '#test/played-partner';
import type { PollerChildSettings } from '#test/poller-child';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { until } from '#test/until';
import { storedIn } from '../normalizer/log-probe.js';

export const HOUR_MS = 3_600_000;
/** Everything quick, but a lease that outlives a slow machine. */
export const TIMES: PollerTimes = { leaseMs: 20_000, turnMs: 30_000, lookMs: 50, graceMs: 200, jitterMs: 5 };

/** A line of the ledger as the tests look at it. */
export interface LedgerLine {
  kind: string;
  slice_key: string;
  outcome: string;
  attempt: number;
  error_code: string | null;
  published: boolean;
  changed: boolean | null;
  rows_selected: string;
  rows_by_event: Record<string, number>;
  amounts: Record<string, string>;
  rejected: string;
  monotone_violations: string;
}

/** A database, a log and pollers on them, for the tests of one file. */
export class PollingWorld {
  private readonly running: RunningApp[] = [];
  private readonly partners: PlayedPartner[] = [];
  private readonly children: PollerChild[] = [];
  private sources = 0;

  private constructor(
    private readonly home: TestDatabase,
    readonly environment: Record<string, string>,
    readonly platform: Platform,
  ) {}

  static async open(more: Record<string, string> = {}): Promise<PollingWorld> {
    const home = await testDatabase();
    const environment = { DATABASE_URL: home.url, KAFKA_PARTITIONS: '3', LOG_LEVEL: 'silent', ...more };
    const platform = await openPlatform('test', environment, { database: true });
    await migrate(platform);
    return new PollingWorld(home, environment, platform);
  }

  get pool() {
    return databaseOf(this.platform).pool;
  }

  newSource(): string {
    return `partner${++this.sources}`;
  }

  async partner(answers: Record<string, (from: string) => Answer | Promise<Answer>>): Promise<PlayedPartner> {
    const partner = await PlayedPartner.start(answers);
    this.partners.push(partner);
    return partner;
  }

  /** A stream of hourly windows whose history begins so many whole hours ago. */
  stream(partner: PlayedPartner, more: Partial<PlayedStream> & { hours: number }): PlayedStream {
    const { hours, ...rest } = more;
    const startMs = (Math.floor(Date.now() / HOUR_MS) - hours) * HOUR_MS;
    return {
      url: partner.url,
      source: this.newSource(),
      stream: 'payouts',
      startMs,
      stepMs: HOUR_MS,
      pollIntervalMs: HOUR_MS,
      ...rest,
    };
  }

  async poll(streams: PlayedStream[], times: Partial<PollerTimes> = {}): Promise<RunningApp> {
    const app = await startPolling(this.platform, () => [playedSource(streams)], { ...TIMES, ...times });
    this.running.push(app);
    return app;
  }

  async child(settings: Omit<PollerChildSettings, 'environment'>): Promise<PollerChild> {
    const environment: Environment = { ...this.environment, LOG_LEVEL: 'info' };
    const child = new PollerChild({ ...settings, environment });
    this.children.push(child);
    return child;
  }

  /** The readings that have ended. */
  async ledger(stream: PlayedStream): Promise<LedgerLine[]> {
    return (await this.wholeLedger(stream)).filter(({ outcome }) => outcome !== 'unfinished');
  }

  /** Those that publish, too, or were killed while they did. */
  async wholeLedger({ source, stream }: PlayedStream): Promise<LedgerLine[]> {
    const found = await this.pool.query<LedgerLine>(
      'SELECT * FROM tributary.source_windows WHERE source = $1 AND stream = $2 ORDER BY window_id',
      [source, stream],
    );
    return found.rows;
  }

  async watermarkMs({ source, stream }: PlayedStream): Promise<number | undefined> {
    const found = await this.pool.query<{ watermark: Date | null }>(
      `SELECT (state ->> 'watermark')::timestamptz AS watermark FROM tributary.source_state
        WHERE source = $1 AND stream = $2`,
      [source, stream],
    );
    return found.rows[0]?.watermark?.getTime();
  }

  async leaseUntilMs({ source, stream }: PlayedStream): Promise<number> {
    const found = await this.pool.query<{ lease_until: Date | null }>(
      'SELECT lease_until FROM tributary.source_state WHERE source = $1 AND stream = $2',
      [source, stream],
    );
    return found.rows[0]?.lease_until?.getTime() ?? 0;
  }

  /** Makes a stream due, see `hurryStream`. */
  hurry({ source }: PlayedStream): Promise<void> {
    return hurryStream(this.pool, source);
  }

  /** Natural keys of what the log has of the source. */
  async logged({ source }: PlayedStream): Promise<string[]> {
    const records = await storedIn(this.platform.eventLog, Topic.rawEvents);
    return records
      .filter((r) => r.key.startsWith(`${source}|`))
      .map((r) => r.key.slice(source.length + 1))
      .sort();
  }

  /** Ends what a test has started. */
  async end(): Promise<void> {
    for (const partner of this.partners.splice(0)) partner.stop();
    for (const child of this.children.splice(0)) await child.kill9();
    await Promise.all(this.running.splice(0).map((app) => app.stop()));
  }

  async close(): Promise<void> {
    await this.platform.close();
    await this.home.drop();
  }
}

/** Makes the stream of a source due, as soon as the poll that reads it has ended: it sets the time, too. */
export async function hurryStream(pool: Pool, source: string): Promise<void> {
  await until(`${source} is let go`, async () => {
    const hurried = await pool.query(
      'UPDATE tributary.source_state SET next_attempt_at = now() WHERE source = $1 AND lease_until IS NULL',
      [source],
    );
    return hurried.rowCount === 1;
  });
}

/** A poller in a process of its own. */
export class PollerChild {
  readonly lines: string[] = [];
  private readonly process: ChildProcess;

  constructor(settings: PollerChildSettings) {
    const argv = ['dist/test/support/poller-child.js', JSON.stringify(settings)];
    this.process = spawn(process.execPath, argv, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH },
    });
    createInterface({ input: this.process.stdout! }).on('line', (line) => this.lines.push(line));
  }

  pause(): void {
    this.process.kill('SIGSTOP');
  }

  resume(): void {
    this.process.kill('SIGCONT');
  }

  /** Tells it to stop. @returns its exit code when it has ended, null where a signal ended it */
  async stop(): Promise<number | null> {
    const exited = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    return ((await exited) as [number | null])[0];
  }

  async kill9(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }
}

/** Something that a test lets go of when it wants. */
export class Gate {
  private readonly promise: Promise<void>;
  open: () => void = () => {};
  constructor() {
    this.promise = new Promise((resolve) => (this.open = resolve));
  }
  passed(): Promise<void> {
    return this.promise;
  }
}
