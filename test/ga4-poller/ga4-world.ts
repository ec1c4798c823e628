import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDays, dayAt, pollExports } from '#apps/ga4-poller';
import type { PollerTimes } from '#apps/http-poller';
import { readStreams, type StreamStatus } from '#libs/database';
import { Topic, parseRawEvent, type RecordEvent } from '#libs/events';
import { compileGa4, shardVersion, type Shard, type ShardKind } from '#libs/ga4';
import { databaseOf, migrate, openPlatform, type Platform, type RunningApp } from '#libs/runtime';
import { parseSource, type Ga4SourceDefinition, type JsonObject } from '#libs/sources';
import type { Ga4ChildSettings } from '#test/ga4-poller-child';
import { GA4_FIELDS } from '#test/exported-rows';
import { PlayedBigQuery, type PlayedTable } from '#test/played-bigquery';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { until } from '#test/until';
import { hurryStream } from '../http-poller/polling-world.js';
import { storedIn } from '../normalizer/log-probe.js';

/** Everything quick, but a lease that outlives a slow machine. */
export const TIMES: PollerTimes = { leaseMs: 20_000, turnMs: 60_000, lookMs: 50, graceMs: 200, jitterMs: 5 };

const TABLE_OF = { daily: 'events_', fresh: 'events_fresh_', intraday: 'events_intraday_' };

/** A line of the ledger as the tests look at it. */
export interface LedgerLine {
  kind: string;
  slice_key: string;
  outcome: string;
  pages: number;
  rows_read: string;
  rows_selected: string;
  rows_by_event: Record<string, number>;
  amounts: Record<string, string>;
  read_by: string | null;
  bytes_billed: string | null;
  published: boolean;
  error_code: string | null;
  error: string | null;
}

/** A database and a log for the tests of a file. */
export class Ga4World {
  private readonly properties: Ga4Property[] = [];
  private count = 0;

  private constructor(
    private readonly home: TestDatabase,
    readonly platform: Platform,
    readonly environment: Record<string, string>,
  ) {}

  static async open(): Promise<Ga4World> {
    const home = await testDatabase();
    const environment = { DATABASE_URL: home.url, KAFKA_PARTITIONS: '3', LOG_LEVEL: 'silent' };
    const platform = await openPlatform('test', environment, { database: true });
    await migrate(platform);
    return new Ga4World(home, platform, environment);
  }

  /** A property with an export of its own. @param more of `export` in its definition */
  async property(more: Record<string, string | number> = {}): Promise<Ga4Property> {
    const property = new Ga4Property(this, `shop${++this.count}`, await PlayedBigQuery.start(), more);
    this.properties.push(property);
    return property;
  }

  /** Ends what a test has started. */
  async end(): Promise<void> {
    await Promise.all(this.properties.splice(0).map((p) => p.end()));
  }

  async close(): Promise<void> {
    await this.platform.close();
    await this.home.drop();
  }
}

/** A property: its export, its definition, and who polls it. */
export class Ga4Property {
  readonly today = dayAt(Date.now(), 'UTC');
  private readonly folder = mkdtempSync(join(tmpdir(), 'tributary-ga4-'));
  private readonly running: RunningApp[] = [];
  private readonly children: ChildProcess[] = [];

  constructor(
    private readonly world: Ga4World,
    readonly name: string,
    readonly bigquery: PlayedBigQuery,
    more: Record<string, string | number>,
  ) {
    const ofBigQuery = more['type'] === 'files' ? {} : { type: 'bigquery', project: bigquery.project };
    const lines = Object.entries({ ...ofBigQuery, ...more });
    writeFileSync(
      join(this.folder, `${name}.yaml`),
      [
        ...[`name: ${name}`, 'type: ga4', 'brand: acme', 'property: "123456"', 'timezone: UTC'],
        ...['poll_interval: PT1H', 'export:', ...lines.map(([key, value]) => `  ${key}: ${value}`)],
        '',
      ].join('\n'),
    );
  }

  get definition(): Ga4SourceDefinition {
    const yaml = `name: ${this.name}\ntype: ga4\nbrand: acme\nproperty: "123456"\ntimezone: UTC\npoll_interval: PT1H\nexport: {type: bigquery, project: shop}\n`;
    const parsed = parseSource(yaml, 'x.yaml', () => ({ problem: 'none' }));
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
    return parsed.source as Ga4SourceDefinition;
  }

  /** The day so many days ago. */
  day(daysAgo: number): string {
    return addDays(this.today, -daysAgo);
  }

  /** Noon of the day so many days ago. */
  noon(daysAgo: number): number {
    const day = this.day(daysAgo);
    return Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T12:00:00Z`);
  }

  /** Makes or rewrites a shard. */
  write(
    day: string,
    kind: ShardKind,
    rows: Record<string, unknown>[],
    more: Partial<PlayedTable> = {},
  ): void {
    const before = this.bigquery.tables.get(TABLE_OF[kind] + day);
    const modifiedMs = Math.max(Date.now(), (before?.modifiedMs ?? 0) + 1);
    this.bigquery.tables.set(TABLE_OF[kind] + day, { fields: GA4_FIELDS, rows, modifiedMs, ...more });
  }

  remove(day: string, kind: ShardKind): void {
    this.bigquery.tables.delete(TABLE_OF[kind] + day);
  }

  async poll(times: Partial<PollerTimes> = {}): Promise<RunningApp> {
    const { platform } = this.world;
    const environment = { ...platform.environment, ...this.environment };
    const settings = { ...platform.settings, SOURCES_DIR: this.folder };
    const app = await pollExports({ ...platform, environment, settings }, { ...TIMES, ...times });
    this.running.push(app);
    return app;
  }

  /** A poller in a process of its own. @returns kills it as `kill -9` does */
  child(): { kill9: () => Promise<void> } {
    const settings: Ga4ChildSettings = {
      environment: { ...this.world.environment, ...this.environment, LOG_LEVEL: 'info' },
      times: { ...TIMES, leaseMs: 1_000 },
    };
    const argv = ['dist/test/support/ga4-poller-child.js', JSON.stringify(settings)];
    const child = spawn(process.execPath, argv, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: process.env.PATH },
    });
    this.children.push(child);
    return { kill9: () => kill9(child) };
  }

  /** Lets what is running read everything that is there now, and waits until it has. */
  async pollAgain(): Promise<void> {
    const marker = await this.lastStarted();
    await hurryStream(this.world.platform.database!.pool, this.name);
    await until(`${this.name} was polled again`, async () => {
      return (await this.lastStarted()) !== marker && (await this.isIdle());
    });
  }

  /** Waits until all that was due was read. */
  async isRead(): Promise<void> {
    await until(`${this.name} is read`, () => this.isIdle());
  }

  async status(): Promise<StreamStatus | undefined> {
    const all = await readStreams(databaseOf(this.world.platform).pool);
    return all.find((s) => s.source === this.name);
  }

  /** Waits for the failure of a poll. */
  async failure(): Promise<StreamStatus> {
    let status: StreamStatus | undefined;
    await until(`${this.name} fails`, async () => {
      status = await this.status();
      return (status?.failures ?? 0) > 0;
    });
    return status!;
  }

  async ledger(): Promise<LedgerLine[]> {
    const found = await databaseOf(this.world.platform).pool.query<LedgerLine>(
      'SELECT * FROM tributary.source_windows WHERE source = $1 ORDER BY window_id',
      [this.name],
    );
    return found.rows;
  }

  /** What the log has of the property, in whatever order. */
  async logged(): Promise<RecordEvent[]> {
    const records = await storedIn(this.world.platform.eventLog, Topic.rawEvents);
    return records
      .filter((r) => r.key.startsWith(`${this.name}|`))
      .map((r) => {
        const parsed = parseRawEvent(r.value);
        if ('kind' in parsed) throw new Error(JSON.stringify(parsed));
        return parsed as RecordEvent;
      });
  }

  /** The conversions that stand by what the log has: of each the greatest version, unless that takes it back. */
  async standing(): Promise<Record<string, string>> {
    const compiled = compileGa4(this.definition);
    const slots = new Map<string, { version: bigint; amount?: string; transaction?: string }>();
    const put = (key: string, version: string, told: { amount?: string; transaction?: string }): void => {
      const before = slots.get(key);
      if (before === undefined || BigInt(version) > before.version)
        slots.set(key, { version: BigInt(version), ...told });
    };
    for (const raw of await this.logged()) {
      const payload = raw.payload as JsonObject;
      const shard = payload['shard'] as { day: string; kind: ShardKind; modified_at: string };
      const of: Shard = { day: shard.day, kind: shard.kind, modifiedAt: shard.modified_at };
      const absent = payload['absent'] as { natural_key: string } | undefined;
      if (absent) {
        put(absent.natural_key, shardVersion(of), {});
        continue;
      }
      for (const event of compiled.map(payload, raw).events) {
        if (event.kind !== 'purchase') continue;
        put(event.natural_key, String(event.version), {
          ...(event.amount !== undefined && { amount: event.amount }),
          transaction: event.transaction_id ?? event.natural_key,
        });
      }
    }
    const standing = [...slots.values()].filter((s) => s.transaction !== undefined);
    return Object.fromEntries(standing.map((s): [string, string] => [s.transaction!, s.amount ?? '']).sort());
  }

  async end(): Promise<void> {
    await Promise.all(this.children.map(kill9));
    await Promise.all(this.running.map((app) => app.stop()));
    this.bigquery.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get environment(): Record<string, string> {
    return { SOURCES_DIR: this.folder, BIGQUERY_EMULATOR_HOST: this.bigquery.url };
  }

  private async lastStarted(): Promise<string | undefined> {
    return (await this.row())?.started;
  }

  /** All that was due is read, and the lease is given back. */
  private async isIdle(): Promise<boolean> {
    const row = await this.row();
    return row !== undefined && row.is_idle;
  }

  private async row(): Promise<{ started: string; is_idle: boolean } | undefined> {
    const found = await databaseOf(this.world.platform).pool.query<{ started: string; is_idle: boolean }>(
      `SELECT last_started_at::text AS started,
        lease_until IS NULL AND failures = 0 AND next_attempt_at > now() + interval '30 minutes' AS is_idle
      FROM tributary.source_state WHERE source = $1`,
      [this.name],
    );
    return found.rows[0];
  }
}

async function kill9(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
