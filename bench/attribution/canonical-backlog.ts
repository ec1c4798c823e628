import type { EventLog } from '#libs/event-log';
import { Topic, canonicalEventKey, serializeCanonicalEvent, type CanonicalEvent } from '#libs/events';
import { randomOf } from '../parts/random.js';

/** Events of players: each has as many as the others, or one more. */
export interface Population {
  players: number;
  events: number;
}

/** The nth event of a player, at an instant of epoch milliseconds. */
export type EventOf = (player: number, n: number, atMs: number) => CanonicalEvent;

const START_MS = Date.parse('2026-11-01T00:00:00Z');
/** Between the first events of two neighbouring players. */
const APART_MS = 20;
/** How far a player's events lie apart, in players that begin meanwhile; some change places. */
const STEP_PLAYERS = 1_000;
const JITTER_PLAYERS = 1_100;
const PLAYERS_AT_ONCE = 20_000;
const RECORDS_AT_ONCE = 1_000;

/** How many events the nth player (from 0) has. */
export function eventsOfPlayer({ players, events }: Population, nth: number): number {
  return Math.floor(events / players) + (nth < events % players ? 1 : 0);
}

/** Puts the events of players, whose lives overlap, on `conversion-events`. */
export async function publishEvents(log: EventLog, population: Population, eventOf: EventOf): Promise<void> {
  for (let first = 0; first < population.players; first += PLAYERS_AT_ONCE) {
    const planned = planOf(population, first, Math.min(first + PLAYERS_AT_ONCE, population.players));
    for (let at = 0; at < planned.length; at += RECORDS_AT_ONCE) {
      const events = planned
        .slice(at, at + RECORDS_AT_ONCE)
        .map((p) => eventOf(p.player, p.n, START_MS + Math.round(p.at * APART_MS)));
      const records = events.map((e) => ({ key: canonicalEventKey(e), value: serializeCanonicalEvent(e) }));
      await log.publish(Topic.conversionEvents, records);
    }
  }
}

interface Planned {
  /** When it comes, counted in players. */
  at: number;
  player: number;
  n: number;
}

function planOf(population: Population, first: number, end: number): Planned[] {
  const random = randomOf(first + 1);
  const planned: Planned[] = [];
  for (let player = first; player < end; player++) {
    for (let n = 0; n < eventsOfPlayer(population, player); n++) {
      planned.push({ at: player + n * STEP_PLAYERS + random() * JITTER_PLAYERS, player, n });
    }
  }
  return planned.sort((a, b) => a.at - b.at);
}
