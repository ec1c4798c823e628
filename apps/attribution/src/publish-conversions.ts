import { changedSince, type Database } from '#libs/database';
import { Topic, serializeConversion, type Conversion } from '#libs/events';
import type { EventLog } from '#libs/event-log';
import type { Recomputed } from './recompute.js';

/**
 * Tells topic `conversions` what a recomputation wrote. Another replica may have written a later row meanwhile
 * and told it first; then the later row is told again, so that the last record of a key is always its row.
 */
export async function publishConversions(
  eventLog: EventLog,
  database: Database,
  { rows, revision }: Recomputed,
): Promise<void> {
  let told = new Map([...rows].map(([id, row]) => [id, { row, revision: row === null ? null : revision }]));
  while (told.size > 0) {
    await eventLog.publish(
      Topic.conversions,
      [...told].map(([id, { row }]) => recordOf(id, row)),
    );
    told = await changedSince(database.pool, new Map([...told].map(([id, t]) => [id, t.revision])));
  }
}

function recordOf(id: string, row: Conversion | null): { key: string; value: string | null } {
  return { key: id, value: row === null ? null : serializeConversion(row) };
}
