import { execFileSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import {
  DATABASE,
  dataFolder,
  initialize,
  lastPort,
  logFile,
  password,
  rememberPort,
  serverState,
  spawnServer,
  USER,
} from './cluster.js';
import { isAlive } from './holders.js';

const POLL_MS = 20;
/** Recovery after a crash reads up to max_wal_size of log. */
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 30_000;

/** A server that takes connections. */
export interface RunningServer {
  pid: number;
  port: number;
  url: string;
  /** The process, when this process has started it. */
  child?: ChildProcess;
}

/** The connection string of a server's database, with its password. */
export function serverUrl(home: string, port: number, database = DATABASE): string {
  return `postgres://${USER}:${password(home)}@127.0.0.1:${port}/${database}`;
}

/**
 * The server that runs on this home's data, started by whichever process; waits while it starts or recovers.
 * @returns `undefined` when none runs
 */
export async function findServer(home: string): Promise<RunningServer | undefined> {
  for (const deadline = Date.now() + START_LIMIT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const state = serverState(home);
    if (state === undefined || !isServerOf(home, state.pid)) return undefined;
    if (!state.ready) continue;
    await ensureDatabase(home, state.port);
    return { pid: state.pid, port: state.port, url: serverUrl(home, state.port) };
  }
  throw new Error(`the PostgreSQL in ${home} does not get ready; see ${logFile(home)}`);
}

/**
 * Starts a server on this home's data (made when missing), on the port of its last start or else a free one.
 * @param port only this one
 * @throws Error with the last lines of the server's log when it does not start
 */
export async function startServer(home: string, durable: boolean, port?: number): Promise<RunningServer> {
  await initialize(home, durable);
  const deadline = Date.now() + START_LIMIT_MS;
  for (let next = port ?? lastPort(home); ;) {
    next ||= await freePort();
    const logged = existsSync(logFile(home)) ? statSync(logFile(home)).size : 0;
    const child = spawnServer(home, next, durable);
    const failure = await readiness(home, child, deadline);
    if (failure === undefined) {
      child.unref();
      rememberPort(home, next);
      await ensureDatabase(home, next);
      return { pid: child.pid ?? 0, port: next, url: serverUrl(home, next), child };
    }
    const said = existsSync(logFile(home)) ? readFileSync(logFile(home), 'utf8').slice(logged) : '';
    const portTaken = /could not bind|Address already in use/i.test(said);
    // After a kill -9 of the postmaster its children need a moment to notice and let go of the memory.
    const leavingStill = /pre-existing shared memory block|lock file "postmaster.pid"/.test(said);
    if (Date.now() > deadline || (!portTaken && !leavingStill)) {
      throw new Error(`PostgreSQL did not start in ${home}: ${lastLines(said) || failure}`);
    }
    if (portTaken && port === undefined) next = 0;
    await sleep(portTaken ? 0 : 100);
  }
}

/** Waits for the server's own word; returns why it will not come, if it will not. */
async function readiness(home: string, child: ChildProcess, deadline: number): Promise<string | undefined> {
  let failure: string | undefined;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code, signal) => (failure ??= `it ended with ${signal ?? code}`));
  while (failure === undefined) {
    const state = serverState(home);
    if (state?.pid === child.pid && state?.ready) return undefined;
    if (Date.now() > deadline) {
      child.kill('SIGQUIT');
      return 'it was not ready in time';
    }
    await sleep(POLL_MS);
  }
  return failure;
}

/**
 * Ends the server on this home's data, if one runs: fast shutdown (open transactions are rolled back,
 * everything is written), and an immediate one when that takes longer than half a minute.
 */
export async function stopServer(home: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    const state = serverState(home);
    if (state === undefined || !isServerOf(home, state.pid)) return;
    process.kill(state.pid, signal);
    for (const deadline = Date.now() + STOP_LIMIT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
      if (!isAlive(state.pid)) return;
    }
  }
}

/** Guards against a pid that meanwhile belongs to another program: the command line must name the data. */
function isServerOf(home: string, pid: number): boolean {
  if (!(pid > 0) || !isAlive(pid)) return false;
  try {
    const command = existsSync('/proc/self/cmdline')
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      : process.platform === 'win32'
        ? dataFolder(home) // no cheap way to ask; the connection is checked by its password all the same
        : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return command.includes(dataFolder(home));
  } catch {
    return false; // it has just ended
  }
}

async function ensureDatabase(home: string, port: number): Promise<void> {
  const client = new Client({ connectionString: serverUrl(home, port, 'postgres') });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-5).join(' | ');
}
