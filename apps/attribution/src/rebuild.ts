import { countConversions, readConversionIdsAfter, type Database } from '#libs/database';
import type { EventLog } from '#libs/event-log';
import { publishConversions } from './publish-conversions.js';
import { recompute } from './recompute.js';

/** How far a rebuild has come. */
export interface RebuildProgress {
  /** Conversions looked at. */
  done: number;
  /** Conversions with facts when it began. */
  total: number;
}

const CHUNK = 1_000;

/**
 * Makes every projection again from the facts, a stretch of conversion ids at a time, and tells topic
 * `conversions` of every row. Safe while the attribution runs; ends in the rows that are there, unless one
 * of them was wrong.
 */
export async function rebuild(
  database: Database,
  eventLog: EventLog,
  onProgress: (progress: RebuildProgress) => void,
): Promise<RebuildProgress> {
  const progress = { done: 0, total: await countConversions(database.pool) };
  let ids = await readConversionIdsAfter(database.pool, '', CHUNK);
  while (ids.length > 0) {
    const recomputed = await recompute(database, { inserted: [], updated: ids, links: [], touches: [] });
    await publishConversions(eventLog, database, recomputed);
    progress.done += ids.length;
    onProgress(progress);
    ids = await readConversionIdsAfter(database.pool, ids.at(-1)!, CHUNK);
  }
  return progress;
}
