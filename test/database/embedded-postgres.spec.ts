import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findServer, isAlive, openEmbeddedPostgres, stopServer, type EmbeddedPostgres } from '#libs/database';
import { until } from '#test/until';
import { durableServer, testDatabase } from '#test/postgres';
import { Client } from 'pg';

const lines: string[] = [];
const note = (_fields: object, line: string): number => lines.push(line);
const log = { info: note, warn: note, error: note };
const open = (dataDir: string): Promise<EmbeddedPostgres> =>
  openEmbeddedPostgres({ dataDir, durable: true, log });

async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {}); // a killed server ends the connection; the query reports it
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Where the server of a data folder really lies, as its own log line says. */
function homeOf(dataDir: string): string {
  const line = lines.findLast((each) => each.includes('data in')) ?? '';
  return line.match(/data in (.*)\/data\b/)?.[1] ?? join(dataDir, 'postgres');
}

describe('embedded PostgreSQL', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'tributary-test-')); // 0700: only its owner may enter
    lines.length = 0;
  });
  afterEach(async () => {
    const home = homeOf(dataDir);
    await stopServer(home);
    rmSync(home, { recursive: true, force: true });
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('keeps its data between starts, in a folder only its owner may enter', async () => {
    const first = await open(dataDir);
    expect(first.startedHere).toBe(true);
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    const [settings] = await query(
      first.url,
      `SELECT current_setting('fsync') AS fsync, current_setting('timezone') AS timezone,
              current_setting('server_encoding') AS encoding, current_setting('server_version_num')::int / 10000 AS major,
              (SELECT datcollate FROM pg_database WHERE datname = current_database()) AS locale`,
    );
    expect(settings).toEqual({ fsync: 'on', timezone: 'UTC', encoding: 'UTF8', major: 18, locale: 'C' });
    await first.close();
    await first.close();
    await expect(query(first.url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);

    const second = await open(dataDir);
    expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    expect(second.port).toBe(first.port);
    expect(lines.at(-1)).toMatch(
      new RegExp(`^PostgreSQL 18\\.\\d+ listens on 127.0.0.1:${second.port}, data in /`),
    );
    await second.close();
  });

  it('asks for the password, which only its owner can read', async () => {
    const server = await open(dataDir);
    const url = new URL(server.url);
    expect(statSync(join(homeOf(dataDir), 'pgpass')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(homeOf(dataDir), 'pgpass'), 'utf8')).toBe(
      `127.0.0.1:*:*:${url.username}:${url.password}\n`,
    );
    url.password = 'guessed';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    await server.close();
  });

  it('is shared by all who open it, at once or later, and ends with the last', async () => {
    const users = await Promise.all([open(dataDir), open(dataDir), open(dataDir)]);
    expect(new Set(users.map((user) => user.port)).size).toBe(1);
    expect(users.filter((user) => user.startedHere)).toHaveLength(1);
    const starter = users.find((user) => user.startedHere);
    await starter?.close();
    const rest = users.filter((user) => user !== starter);
    for (const user of rest) {
      expect(await query(user.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await user.close();
    }
    expect(await findServer(homeOf(dataDir))).toBeUndefined();
  });

  it('is stopped by the last user although a process that held it was killed', async () => {
    const script = `
      const { openEmbeddedPostgres } = await import('#libs/database');
      const log = { info() {}, warn() {}, error: console.error };
      console.log((await openEmbeddedPostgres({ dataDir: process.argv[1], durable: true, log })).port);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [port] = await new Promise<string[]>((resolve, reject) => {
      createInterface(child.stdout).once('line', (line) => resolve([line]));
      child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    });
    child.kill('SIGKILL');
    await until('the child is dead', () => child.signalCode !== null);
    const heir = await open(dataDir);
    expect(heir.port).toBe(Number(port));
    expect(heir.startedHere).toBe(false);
    await heir.close();
    expect(await findServer(homeOf(dataDir))).toBeUndefined();
  });

  it('starts again by itself, with what was committed, when the postmaster is killed', async () => {
    const server = await open(dataDir);
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    const running = await findServer(homeOf(dataDir));
    process.kill(running!.pid, 'SIGKILL');
    await until('the server is gone', () => !isAlive(running!.pid));
    await until('it listens again', () => lines.some((line) => line.includes('listens again')));
    expect(await query(server.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    await server.close();
    expect(await findServer(homeOf(dataDir))).toBeUndefined();
  });

  it('runs beside a second one in another folder', async () => {
    const other = mkdtempSync(join(tmpdir(), 'tributary-test-'));
    const first = await open(dataDir);
    const firstHome = homeOf(dataDir);
    const second = await open(other);
    const secondHome = homeOf(other);
    expect(second.port).not.toBe(first.port);
    expect(secondHome).not.toBe(firstHome);
    await second.close();
    await first.close();
    for (const path of [other, firstHome, secondHome]) rmSync(path, { recursive: true, force: true });
  });
});

describe('the test servers', () => {
  it('give every test a database of its own', async () => {
    const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
    await query(one.url, 'CREATE TABLE mine (id int)');
    expect(await query(two.url, `SELECT to_regclass('mine') AS mine`)).toEqual([{ mine: null }]);
    await Promise.all([one.drop(), two.drop()]);
    await expect(query(one.url, 'SELECT 1')).rejects.toThrow(/does not exist/);
  });

  it('can be killed and started again on the same address', async () => {
    const server = await durableServer();
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    await server.kill9();
    await expect(query(server.url, 'SELECT 1')).rejects.toThrow();
    await server.start();
    expect(await query(server.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    await server.restart();
    expect(await query(server.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    await server.drop();
  });
});
