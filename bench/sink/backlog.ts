import type { EventLog } from '#libs/event-log';
import { Topic } from '#libs/events';
import { rawRecord } from '../../apps/pixel-ingress/src/raw-event-of.js';
import { EVENTS_PER_PLAYER, playerEvents } from './player-events.js';

const PLAYERS_AT_ONCE = 10_000;
const RECORDS_AT_ONCE = 1_000;

/** Puts the events of players on `raw-events`. @returns how many */
export async function publishBacklog(log: EventLog, firstPlayer: number, players: number): Promise<number> {
  for (let first = firstPlayer; first < firstPlayer + players; first += PLAYERS_AT_ONCE) {
    const some = Math.min(PLAYERS_AT_ONCE, firstPlayer + players - first);
    const records = playerEvents(first, some).map(rawRecord);
    for (let at = 0; at < records.length; at += RECORDS_AT_ONCE) {
      await log.publish(Topic.rawEvents, records.slice(at, at + RECORDS_AT_ONCE));
    }
  }
  return players * EVENTS_PER_PLAYER;
}
