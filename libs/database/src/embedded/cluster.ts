import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { postgresBinaries } from './binaries.js';
import { serverAccount } from './server-account.js';

/** The superuser and the database every embedded server has. */
export const USER = 'tributary';
export const DATABASE = 'tributary';

// The server is found by its own path; initdb looks for `locale` here.
const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Files of one server: `data/` belongs to the server's account, everything else to ours. */
export const dataFolder = (home: string): string => join(home, 'data');
export const logFile = (home: string): string => join(home, 'server.log');
/** In the form of libpq's password file (https://www.postgresql.org/docs/current/libpq-pgpass.html): psql reads it too. */
export const passwordFile = (home: string): string => join(home, 'pgpass');
const portFile = (home: string): string => join(home, 'port');

/** The superuser's password, 192 random bits, kept in a file only its owner reads. */
export function password(home: string): string {
  return readFileSync(passwordFile(home), 'utf8').trim().split(':').at(-1)!;
}

/** The port of the last start, to be taken again if it is free; 0 before the first. */
export function lastPort(home: string): number {
  return existsSync(portFile(home)) ? Number(readFileSync(portFile(home), 'utf8')) : 0;
}

/** Remembers the port for the next start. */
export function rememberPort(home: string, port: number): void {
  writeFileSync(portFile(home), String(port));
}

/**
 * Makes the data folder with initdb unless there is one: UTF-8, locale C, password over TCP. A half-made one
 * of a killed run never gets the final name and is removed.
 * @throws Error with what initdb said, or when the data is of another major version
 */
export async function initialize(home: string, durable: boolean): Promise<void> {
  mkdirSync(home, { recursive: true, mode: 0o755 });
  if (existsSync(dataFolder(home))) return checkVersion(home);
  for (const name of readdirSync(home)) {
    if (name.startsWith('data.new-')) rmSync(join(home, name), { recursive: true, force: true });
  }
  const staging = join(home, `data.new-${randomBytes(4).toString('hex')}`);
  const passwordForServer = `${staging}.password`; // gone as soon as initdb has read it
  mkdirSync(staging, { mode: 0o700 });
  const secret = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile(home), `127.0.0.1:*:*:${USER}:${secret}\n`, { mode: 0o600 });
  writeFileSync(passwordForServer, secret, { mode: 0o600 });
  if (serverAccount.uid !== undefined && serverAccount.gid !== undefined) {
    for (const path of [staging, passwordForServer]) chownSync(path, serverAccount.uid, serverAccount.gid);
  }
  const args = ['-D', staging, '-U', USER, '--pwfile', passwordForServer, '-A', 'scram-sha-256'];
  args.push('-E', 'UTF8', '--locale=C', '--no-instructions');
  // The password cannot be guessed, so stretching it would only make every connection slower.
  args.push('-c', 'scram_iterations=1');
  if (!durable) args.push('--no-sync', '--no-data-checksums');
  try {
    await promisify(execFile)(postgresBinaries().initdb, args, {
      ...serverAccount,
      cwd: home,
      env: environment,
    });
  } catch (cause) {
    rmSync(staging, { recursive: true, force: true });
    const said = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message;
    throw new Error(`cannot make a database in ${home}: ${said}`, { cause });
  } finally {
    rmSync(passwordForServer, { force: true });
  }
  renameSync(staging, dataFolder(home));
}

function checkVersion(home: string): void {
  const version = readFileSync(join(dataFolder(home), 'PG_VERSION'), 'utf8').trim();
  const [major] = postgresBinaries().version.split('.');
  if (version === major) return;
  throw new Error(
    `${dataFolder(home)} was made by PostgreSQL ${version}, this is ${major}: export it with the old one, or remove it`,
  );
}

/** What the server itself says in postmaster.pid; `undefined` when there is no such file (yet). */
export function serverState(home: string): { pid: number; port: number; ready: boolean } | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(dataFolder(home), 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** Starts `postgres` in a process group of its own (a Ctrl-C for us is not meant for it), logging to a file. */
export function spawnServer(home: string, port: number, durable: boolean): ChildProcess {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: '100',
    shared_buffers: durable ? '256MB' : '128MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1',
    log_checkpoints: 'off',
    scram_iterations: '1',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  keepLogSmall(home);
  const log = openSync(logFile(home), 'a', 0o600);
  try {
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return spawn(postgresBinaries().postgres, ['-D', dataFolder(home), '-p', String(port), ...options], {
      ...serverAccount,
      cwd: home,
      env: environment,
      detached: true,
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
}

function keepLogSmall(home: string): void {
  const file = logFile(home);
  if (existsSync(file) && statSync(file).size > 5 * 1024 * 1024) renameSync(file, `${file}.old`);
}

/** Makes a home that only its owner may look into, except that the server's account may pass through. */
export function protectHome(home: string): void {
  mkdirSync(home, { recursive: true });
  const { uid } = statSync(home);
  const own = process.getuid?.() ?? uid;
  if (uid !== own) {
    throw new Error(
      `${home} belongs to uid ${uid} and this process runs as ${own}: use one account for both`,
    );
  }
  chmodSync(home, serverAccount.uid === undefined ? 0o700 : 0o711);
}
