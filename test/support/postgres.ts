import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  findServer,
  isAlive,
  openEmbeddedPostgres,
  startServer,
  stopServer,
  throwAwayFolder,
} from '#libs/database';
import { Client } from 'pg';

/** A database of its own for one test. */
export interface TestDatabase {
  /** Connection string of a superuser. */
  url: string;
  /** Removes it, ending whatever is still connected. */
  drop: () => Promise<void>;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

let server: Promise<string> | undefined;

/**
 * Makes a fresh, empty database on the run's shared server (fsync off, UTC, UTF-8), which the first call of
 * the run starts; on the server of TEST_DATABASE_URL when that is set.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const base = await (server ??= sharedServer());
  const name = `test_${randomBytes(6).toString('hex')}`;
  await run(base, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(base, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function sharedServer(): Promise<string> {
  const own = process.env.TEST_DATABASE_URL;
  if (own) return own;
  const folder = process.env.TEST_POSTGRES_FOLDER;
  if (!folder) throw new Error('no TEST_POSTGRES_FOLDER: run under Jest, or set TEST_DATABASE_URL');
  // Never closed here: other workers use it too, and the run's end stops it.
  return (await openEmbeddedPostgres({ dataDir: folder, durable: false, log: silent })).url;
}

async function run(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A server of a test's own, with fsync on, that may be killed; its port and URL stay the same. */
export interface DurableServer {
  url: string;
  /** Kills the postmaster with SIGKILL, as the machine's out-of-memory killer would. */
  kill9: () => Promise<void>;
  /** Stops it in good order; open transactions are rolled back, connections end. */
  stop: () => Promise<void>;
  /** Starts it again on the same data and port after `kill9` or `stop`. */
  start: () => Promise<void>;
  /** `stop`, then `start`. */
  restart: () => Promise<void>;
  /** Ends it and removes its data. */
  drop: () => Promise<void>;
}

/** Starts a server for tests that stop or kill it. Takes about a second. */
export async function durableServer(): Promise<DurableServer> {
  const { folder, remove } = await throwAwayFolder();
  const home = `${folder}/postgres`;
  const { url, port } = await startServer(home, true);
  const stop = (): Promise<void> => stopServer(home);
  const start = async (): Promise<void> => {
    await startServer(home, true, port);
  };
  return {
    url,
    stop,
    start,
    restart: () => stop().then(start),
    drop: remove,
    async kill9() {
      const running = await findServer(home);
      if (running === undefined) throw new Error(`no PostgreSQL runs in ${home}`);
      process.kill(running.pid, 'SIGKILL');
      while (isAlive(running.pid)) await sleep(10);
    },
  };
}
