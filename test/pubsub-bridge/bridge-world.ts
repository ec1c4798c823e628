import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { AppProcess, type AppName } from '#test/app-process';
import { FakePubsub, type Publishable } from '#test/fake-pubsub/fake-pubsub';
import type { WireSubscription } from '#test/fake-pubsub/wire';
import type { RunCli } from '#test/loaded-cli';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { until } from '#test/until';

/** How a deposit of the tests reads, as a definition and as a message. */
const MAPPING = `
    mapping:
      - event: deposit
        fields:
          transaction_id: data.id
          player_id: data.player
          occurred_at: { path: data.at, time: iso }
          amount: { path: data.amount, money: EUR }
        custom: { key: message.ordering_key }`;

/** The n-th deposit. */
export function deposit(n: number, more: Partial<Publishable> = {}): Publishable {
  const told = { id: `tx-${n}`, player: `p-${n % 100}`, at: '2026-11-21T10:00:00Z', amount: `${n}.25` };
  return { data: JSON.stringify(told), ...more };
}

/** Streams of one source `live`, by the names of their subscriptions, each with more lines of YAML. */
export type Streams = Record<string, string>;

/** A fake of Pub/Sub, a database with its log, and apps as processes. */
export class BridgeWorld {
  readonly processes: AppProcess[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'tributary-bridge-'));

  private constructor(
    readonly fake: FakePubsub,
    private readonly home: TestDatabase,
    readonly pool: pg.Pool,
    private readonly runCli: RunCli,
  ) {}

  static async open(runCli: RunCli): Promise<BridgeWorld> {
    const [fake, home] = await Promise.all([FakePubsub.start(), testDatabase()]);
    const pool = new pg.Pool({ connectionString: home.url, max: 2 });
    pool.on('error', () => {}); // the server is dropped under it
    const world = new BridgeWorld(fake, home, pool, runCli);
    const migrated = await runCli(['migrate'], world.environment());
    if (migrated.code !== 0) throw new Error(`migrate ended with ${migrated.code}: ${migrated.stderr}`);
    return world;
  }

  /** What every process is told. */
  environment(more: Record<string, string> = {}): Record<string, string> {
    return {
      DATABASE_URL: this.home.url,
      KAFKA_PARTITIONS: '3',
      PUBSUB_EMULATOR_HOST: this.fake.host,
      SOURCES_DIR: this.sourcesDir,
      ...more,
    };
  }

  get sourcesDir(): string {
    return join(this.folder, 'sources');
  }

  /** Writes the definition. */
  define(streams: Streams, more = ''): void {
    const list = Object.entries(streams).map(
      ([name, lines]) => `  - name: ${name}\n    subscription: ${name}${lines}${MAPPING}`,
    );
    const head = `name: live\ntype: pubsub\nbrand: spacevegas\nproject: test\n${more}streams:\n`;
    mkdirSync(this.sourcesDir, { recursive: true });
    writeFileSync(join(this.sourcesDir, 'live.yaml'), `${head}${list.join('\n')}\n`);
  }

  /** Subscriptions with a topic each, and a definition with a stream for each. */
  subscribe(streams: Streams, settings: Partial<WireSubscription> = {}): void {
    for (const name of Object.keys(streams)) this.fake.subscribed(name, settings);
    this.define(streams);
  }

  async spawn(app: AppName, more: Record<string, string> = {}): Promise<AppProcess> {
    const process = await AppProcess.spawn(app, this.environment(more));
    this.processes.push(process);
    return process;
  }

  /** Starts a bridge and waits until it is ready. */
  async bridge(more: Record<string, string> = {}): Promise<AppProcess> {
    const process = await this.spawn('pubsub-bridge', more);
    await process.ready();
    return process;
  }

  /** Starts what makes rows. */
  async river(): Promise<void> {
    const apps = await Promise.all([this.spawn('normalizer'), this.spawn('attribution')]);
    await Promise.all(apps.map((app) => app.ready()));
  }

  /** Resolves when so many conversions stand in the table. */
  async conversions(count: number, limitMs = 90_000): Promise<void> {
    const look = async (): Promise<boolean> => (await this.count('tributary.conversions')) >= count;
    await until(`${count} conversions`, look, limitMs, 100);
  }

  async count(table: string): Promise<number> {
    const { rows } = await this.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    return rows[0]!.n;
  }

  /** Everything that is acknowledged or dead is out of the subscription. */
  async acknowledged(subscription: string, limitMs = 120_000): Promise<void> {
    const of = this.fake.subscription(`projects/test/subscriptions/${subscription}`);
    await until(`${subscription} is acknowledged`, () => of.unacked() === 0, limitMs, 20);
  }

  attempts(subscription: string): number[] {
    return [...this.fake.subscription(`projects/test/subscriptions/${subscription}`).attempts().values()];
  }

  /** What `tributary status` says. */
  async status(): Promise<string> {
    return (await this.runCli(['status'], this.environment())).stdout;
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.kill9()));
    await this.pool.end();
    await this.fake.stop();
    await this.home.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
