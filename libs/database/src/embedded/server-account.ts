import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

/**
 * The account PostgreSQL runs under, as options for `spawn`. PostgreSQL refuses to run as root, so root
 * hands it to uid and gid 65534 (nobody); everybody else runs it as themselves.
 */
export const serverAccount: { uid?: number; gid?: number } = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** Whether the server's account may enter the (existing) folder: every folder above it must let it pass. */
export function serverMayEnter(folder: string): boolean {
  if (!isRoot) return true;
  for (let at = realpathSync(folder); ; at = dirname(at)) {
    const { uid, gid, mode } = statSync(at);
    const needed = uid === NOBODY ? 0o100 : gid === NOBODY ? 0o010 : 0o001;
    if ((mode & needed) === 0) return false;
    if (dirname(at) === at) return true;
  }
}

/**
 * A folder of ours outside the checkout that the server may enter and that outlives a reboot, made when
 * missing: for root under `/var/lib` or else `/var/tmp`, otherwise the user's cache folder or else the
 * temporary one.
 * @throws Error when none of them can be used
 */
export function storageOutsideCheckout(): string {
  const candidates = isRoot
    ? ['/var/lib/tributary', '/var/tmp/tributary-0']
    : [join(homedir(), '.cache', 'tributary'), join(tmpdir(), `tributary-${process.getuid?.() ?? 'user'}`)];
  const refusals: string[] = [];
  for (const folder of candidates) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      accessSync(folder, constants.W_OK);
      const { uid } = statSync(folder);
      if (uid === (process.getuid?.() ?? uid) && serverMayEnter(folder)) return folder;
      refusals.push(`${folder}: belongs to uid ${uid} or may not be entered by PostgreSQL's account`);
    } catch (error) {
      refusals.push(`${folder}: ${(error as Error).message}`);
    }
  }
  throw new Error(`no folder for the embedded PostgreSQL: ${refusals.join('; ')}`);
}

/**
 * A folder for throw-away servers that their account may enter: the temporary folder, or the system's one
 * when TMPDIR points to a private place.
 * @throws Error when there is none
 */
export function temporaryFolder(): string {
  const folder = [tmpdir(), '/tmp', '/var/tmp'].find((path) => existsSync(path) && serverMayEnter(path));
  if (folder === undefined) throw new Error(`PostgreSQL's account (uid ${NOBODY}) may not enter ${tmpdir()}`);
  return realpathSync(folder);
}

/**
 * Where the server of a data folder keeps its things: `<dataDir>/postgres`, or, where the server's account
 * could not get there (root with the checkout under a private folder), a folder outside whose name is
 * derived from that path, so that the next start finds it again. Data that is there already decides.
 *
 * @param dataDir the project's data folder; made when missing
 * @returns an absolute path; the folder need not exist yet
 * @throws Error when there is data in the data folder that the server cannot reach any more
 */
export function serverHome(dataDir: string): { home: string; outside: boolean } {
  mkdirSync(dataDir, { recursive: true });
  const inside = join(realpathSync(dataDir), 'postgres');
  if (!isRoot) return { home: inside, outside: false };
  const reachable = serverMayEnter(dataDir);
  if (existsSync(join(inside, 'data'))) {
    if (reachable) return { home: inside, outside: false };
    throw new Error(
      `the database in ${inside} cannot be reached by uid ${NOBODY}, under which root runs PostgreSQL: ` +
        `let others enter the folders above it (chmod o+x), or move it elsewhere`,
    );
  }
  const name = createHash('sha256').update(inside).digest('hex').slice(0, 16);
  const outside = join('/var/lib/tributary', name);
  if (existsSync(join(outside, 'data'))) return { home: outside, outside: true };
  return reachable
    ? { home: inside, outside: false }
    : { home: join(storageOutsideCheckout(), name), outside: true };
}
