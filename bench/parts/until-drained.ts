import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '#libs/event-log';
import { Group, Topic } from '#libs/events';
import type { Installation } from './installation.js';

const LOOK_EVERY_MS = 200;
const DRAIN_LIMIT_MS = 30 * 60_000;

/** Waits until both groups are at the end of their topics, and no batch is between its facts and its rows.
 * @throws Error when that takes too long */
export async function untilDrained({ eventLog, database }: Installation): Promise<void> {
  for (const deadline = Date.now() + DRAIN_LIMIT_MS; Date.now() < deadline; await sleep(LOOK_EVERY_MS)) {
    if ((await lagOf(eventLog, Group.normalizer, Topic.rawEvents)) > 0n) continue;
    if ((await lagOf(eventLog, Group.attribution, Topic.conversionEvents)) > 0n) continue;
    const open = await database.pool.query('SELECT FROM tributary.unsettled_batches LIMIT 1');
    if (open.rowCount === 0) return;
  }
  throw new Error('the backlog was not drained in time');
}

async function lagOf(log: EventLog, group: string, topic: string): Promise<bigint> {
  return (await log.lag(group, [topic])).reduce((sum, { lag }) => sum + lag, 0n);
}
