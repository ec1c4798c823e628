import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

/** `sysconf(_SC_CLK_TCK)` of Linux on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Fields behind the command's name (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). */
const FIELD = { ppid: 1, utime: 11, stime: 12, cutime: 13, cstime: 14 } as const;

function statOf(pid: number): Record<keyof typeof FIELD, number> | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined; // it has ended
    throw error;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const entries = Object.entries(FIELD).map(([name, at]) => [name, Number(fields[at])]);
  return Object.fromEntries(entries) as Record<keyof typeof FIELD, number>;
}

/** CPU seconds (user and system) that a process has used. */
export function cpuSecondsOf(pid: number): number {
  const stat = statOf(pid);
  return stat === undefined ? 0 : (stat.utime + stat.stime) / TICKS_PER_SECOND;
}

/** CPU seconds of a process and its children, those that have ended included: of PostgreSQL with all backends. */
export function cpuSecondsOfTree(pid: number): number {
  const own = statOf(pid);
  if (own === undefined) return 0;
  let ticks = own.utime + own.stime + own.cutime + own.cstime;
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (stat?.ppid === pid) ticks += stat.utime + stat.stime;
  }
  return ticks / TICKS_PER_SECOND;
}

/** The most memory that a process ever had resident, MiB. */
export function peakMemoryMiB(pid: number): number {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}

/** Process id of the PostgreSQL server behind a connection string, on this machine. */
export async function postmasterOf(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query<{ data_directory: string }>('SHOW data_directory');
    const file = join(found.rows[0]!.data_directory, 'postmaster.pid');
    return Number(readFileSync(file, 'utf8').split('\n')[0]);
  } finally {
    await client.end();
  }
}
