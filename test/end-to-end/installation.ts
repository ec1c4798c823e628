import pg from 'pg';
import { openKafkaLog, openPostgresLog, type EventLog } from '#libs/event-log';
import { Group, Topic } from '#libs/events';
import { AppProcess, type AppName } from '#test/app-process';
import { freePorts } from '#test/kafka-cluster';
import { quiet } from '#test/kafka-faults';
import { until } from '#test/until';
import { COMPARED_COLUMNS, expectedRows, lineOf } from './expected-rows.js';
import type { PixelLoad } from './pixel-load.js';

/** How many processes of each app there are. */
const REPLICAS = 2;

const SETTLE_LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 50;

const ROLES = ['pixel-ingress', 'normalizer', 'attribution'] as const;
export type Role = (typeof ROLES)[number];

/** Who reads which topic, in the order in which a record goes through. */
const CONSUMERS = [
  [Group.normalizer, Topic.rawEvents],
  [Group.attribution, Topic.conversionEvents],
  [Group.deadLetterStore, Topic.deadLetters],
] as const;

/** How an installation's processes reach what they share. */
export interface Addresses {
  databaseUrl: string;
  /** Absent: the log in PostgreSQL. */
  kafkaBrokers?: readonly string[];
  /** Tells installations on the same brokers apart. */
  topicPrefix?: string;
}

/** A whole installation: migrated tables and topics, and two processes of each app. */
export class Installation {
  readonly processes: Record<Role, AppProcess[]> = { 'pixel-ingress': [], normalizer: [], attribution: [] };
  readonly pool: pg.Pool;

  private constructor(
    private readonly environment: Readonly<Record<string, string>>,
    readonly log: EventLog,
  ) {
    this.pool = new pg.Pool({ connectionString: environment.DATABASE_URL, max: 2 });
    this.pool.on('error', () => {}); // tests end the server under it; their own queries say what they need
  }

  /** Migrates by the command line, starts the processes, and waits until all are ready. */
  static async start(addresses: Addresses, roles: readonly Role[] = ROLES): Promise<Installation> {
    const environment = environmentOf(addresses);
    const migrated = await AppProcess.run('cli', environment, ['migrate']);
    if (migrated.code !== 0) throw new Error(`migrate ended with ${migrated.code}: ${migrated.errors}`);
    const installation = new Installation(environment, await openLog(addresses));
    try {
      for (const role of roles) {
        for (let i = 0; i < REPLICAS; i++) installation.processes[role].push(await installation.spawn(role));
      }
      await installation.ready();
      return installation;
    } catch (error) {
      await installation.close();
      throw error;
    }
  }

  /** One more process of an app; an ingress on a port of its own. */
  async spawn(app: AppName): Promise<AppProcess> {
    if (app !== 'pixel-ingress') return AppProcess.spawn(app, this.environment);
    const [port] = await freePorts(1);
    return AppProcess.spawn(app, { ...this.environment, PIXEL_PORT: String(port) });
  }

  async ready(): Promise<void> {
    await Promise.all(this.all().map((process) => process.ready()));
  }

  all(): AppProcess[] {
    return Object.values(this.processes).flat();
  }

  /** Where calls go. */
  pixelUrls(): string[] {
    return this.processes['pixel-ingress'].map((ingress) => ingress.pixelUrl);
  }

  /** Starts a process in the place of one that has ended, on the same ports. */
  async restart(role: Role, replica: number): Promise<AppProcess> {
    return (this.processes[role][replica] = await this.processes[role][replica]!.again());
  }

  /** Resolves when every record has been read by whom it is for, and every batch is settled. */
  async settled(): Promise<void> {
    for (const [group, topic] of CONSUMERS) {
      const isDone = async (): Promise<boolean> => (await this.lag(group, topic)) === 0n;
      await until(`${group} has read everything`, isDone, SETTLE_LIMIT_MS, LOOK_EVERY_MS);
    }
    await until('every batch is settled', async () => {
      const left = await this.pool.query('SELECT 1 FROM tributary.unsettled_batches LIMIT 1');
      return left.rowCount === 0;
    });
  }

  async lag(group: string, topic: string): Promise<bigint> {
    return (await this.log.lag(group, [topic])).reduce((sum, { lag }) => sum + lag, 0n);
  }

  /** How many calls have come through to the tables. */
  async receiptCount(): Promise<number> {
    const { rows } = await this.pool.query<{ n: string }>('SELECT count(*) AS n FROM tributary.receipts');
    return Number(rows[0]!.n);
  }

  /**
   * Waits until everything is settled, then looks at the tables: each accepted call has its receipt, the
   * conversions are exactly those that follow from the accepted calls, and there are no dead letters.
   */
  async expectExactly(loads: readonly PixelLoad[]): Promise<void> {
    await this.settled();
    const accepted = loads.flatMap((load) => load.accepted);
    const { rows } = await this.pool.query<{ id: string }>('SELECT receipt_id AS id FROM tributary.receipts');
    const stored = new Set(rows.map(({ id }) => id));
    expect(accepted.filter(({ receipt }) => !stored.has(receipt))).toEqual([]);
    const conversions = await this.pool.query<Record<string, unknown>>(
      `SELECT ${COMPARED_COLUMNS} FROM tributary.conversions`,
    );
    expect(conversions.rows.map(lineOf).sort()).toEqual(expectedRows(accepted.map(({ call }) => call.told)));
    const dead = await this.pool.query('SELECT reason, path, detail FROM tributary.dead_letters');
    expect(dead.rows).toEqual([]);
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((process) => process.kill9()));
    await this.log.close();
    await this.pool.end();
  }
}

/** What every process of an installation is told. */
export function environmentOf({ databaseUrl, kafkaBrokers, topicPrefix }: Addresses): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    PIXEL_HOST: '127.0.0.1',
    KAFKA_PARTITIONS: '6',
    ...(kafkaBrokers && { KAFKA_BROKERS: kafkaBrokers.join(',') }),
    ...(topicPrefix !== undefined && { KAFKA_TOPIC_PREFIX: topicPrefix }),
  };
}

function openLog({ databaseUrl, kafkaBrokers, topicPrefix }: Addresses): Promise<EventLog> {
  return kafkaBrokers
    ? openKafkaLog({ brokers: [...kafkaBrokers], clientId: 'end-to-end', topicPrefix, logger: quiet })
    : openPostgresLog({ connectionString: databaseUrl, logger: quiet });
}
