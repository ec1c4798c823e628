import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from './migrations/migrations.js';

/** Any number; the same in every process, so that migrations run one at a time. */
const MIGRATION_LOCK = 7_204_411_001;

/** How often a process looks whether another one has ended its migrations. */
const MIGRATION_POLL_MS = 200;

/** A process that stands still in a transaction (stopped, swapped out, cut off) keeps its locks, and whoever
 * takes its work over waits for them: PostgreSQL ends its connection after this time. */
const IDLE_IN_TRANSACTION_MS = 5_000;

/** Where what is worth a word goes (pino's shape). */
export interface DatabaseLogger {
  warn(details: object, message: string): void;
}

/** The connection pool of a process, with what runs in one transaction, and TypeORM for everything off the
 * hot path. */
export class Database {
  readonly pool: Pool;
  private source: Promise<DataSource> | undefined;

  constructor(
    private readonly url: string,
    private readonly applicationName: string,
    logger: DatabaseLogger,
  ) {
    this.pool = new Pool({
      connectionString: url,
      application_name: applicationName,
      max: 10,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      // What of a server, a database or a role may be set otherwise: instants are read as ISO 8601, and transactions that
      // wait for a row go on with what it is then
      onConnect: (client): unknown =>
        client.query(
          `SET datestyle = 'ISO, MDY'; SET default_transaction_isolation = 'read committed';
           SET idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`,
        ),
    });
    this.pool.on('error', (error) => {
      // `end` does not wait until connections are gone: a server that stops right after may be the one to end them
      if (!this.pool.ending) logger.warn({ error: error.message }, 'an idle database connection was lost');
    });
  }

  /** Runs `work` in one transaction; rolls back where it throws. */
  async transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    // Between two statements nobody else hears that the connection is gone; the next one says so.
    const onLost = (error: Error): void => void (broken = error);
    client.on('error', onLost);
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (e) {
      broken = await client.query('ROLLBACK').then(
        () => undefined,
        (lost: unknown) => (lost instanceof Error ? lost : new Error(String(lost))),
      );
      throw e;
    } finally {
      client.off('error', onLost);
      client.release(broken);
    }
  }

  /** @throws where the server does not answer */
  async ping(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  /** TypeORM's view of the same database, loaded and opened at first use: most processes never need it. */
  dataSource(): Promise<DataSource> {
    this.source ??= this.openSource();
    return this.source;
  }

  private async openSource(): Promise<DataSource> {
    const [typeorm, { ENTITIES }] = await Promise.all([import('typeorm'), import('./entities/entities.js')]);
    return new typeorm.DataSource({
      type: 'postgres',
      url: this.url,
      applicationName: this.applicationName,
      schema: 'tributary',
      entities: [...ENTITIES],
      migrations: [...MIGRATIONS],
      migrationsTableName: 'migrations',
      poolSize: 3,
      // Its default writes to standard output, where logs are JSON; what fails is thrown as well
      logger: 'debug',
    }).initialize();
  }

  /** Runs what is pending; several processes may call it at once. */
  async migrate(): Promise<string[]> {
    return this.transaction(async (client) => {
      await client.query('SET LOCAL idle_in_transaction_session_timeout = 0'); // migrations may take long
      while (!(await hasMigrationLock(client))) await sleep(MIGRATION_POLL_MS);
      await this.pool.query('CREATE SCHEMA IF NOT EXISTS tributary');
      const done = await (await this.dataSource()).runMigrations({ transaction: 'each' });
      return done.map((m) => m.name);
    });
  }

  /** Names of migrations that have not run, oldest first. */
  async pendingMigrations(): Promise<string[]> {
    const exists = await this.pool.query("SELECT to_regclass('tributary.migrations') IS NOT NULL AS there");
    const names = MIGRATIONS.map((m) => m.name);
    if (!(exists.rows as { there: boolean }[])[0]!.there) return names;
    const found = await this.pool.query<{ name: string }>('SELECT name FROM tributary.migrations');
    const done = new Set(found.rows.map(({ name }) => name));
    return names.filter((name) => !done.has(name));
  }

  async close(): Promise<void> {
    if (this.source) await (await this.source).destroy();
    await this.pool.end();
  }
}

/**
 * Takes the lock of migrations where nobody has it, for as long as the transaction lasts. Neither who has it nor who waits for
 * it may keep a snapshot, as whoever builds an index CONCURRENTLY waits until all of them are gone: so nobody waits inside of a
 * statement, and the statement has no parameters (those leave a portal behind, with its snapshot).
 */
async function hasMigrationLock(client: PoolClient): Promise<boolean> {
  const tried = await client.query<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(${MIGRATION_LOCK}) AS locked`,
  );
  return tried.rows[0]!.locked;
}

/** Connects at first use. */
export function openDatabase(url: string, app: string, logger: DatabaseLogger): Database {
  return new Database(url, `tributary ${app}`, logger);
}
