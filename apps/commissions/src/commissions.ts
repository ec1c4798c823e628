import { readSetAside, type Database } from '#libs/database';
import { drainMarks } from './drain-marks.js';
import type { RunProgress, RunReport } from './run-report.js';
import { settlePeriods } from './settle-periods.js';

/**
 * Reckons what is marked: first the players whose facts have changed, then the partners whose players have. Any number of
 * processes may do it at once: they take turns, and whoever dies has done nothing since its last transaction.
 * Players and agreements that cannot be reckoned are set aside, and tried again when they are marked anew.
 * @param options.retry whether all that are set aside are tried again
 * @param options.isStopping asked between two transactions: what is left then waits for the next run
 */
export async function runCommissions(
  database: Database,
  options: {
    now: Date;
    retry?: boolean;
    onProgress?: (progress: RunProgress) => void;
    isStopping?: () => boolean;
  },
): Promise<RunReport> {
  const { now } = options;
  const { entries, ...drained } = await drainMarks(database, options);
  const settled = await settlePeriods(database, now);
  return { ...drained, entries: entries + settled, setAside: await readSetAside(database.pool) };
}
