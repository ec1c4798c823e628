import { bet } from './bet.js';
import { bet_selection } from './bet-selection.js';
import { contact } from './contact.js';
import type { EntitySpec, RecordOf } from './entity-spec.js';
import { game_session } from './game-session.js';
import { login } from './login.js';
import { player } from './player.js';
import { sport_event } from './sport-event.js';
import { tournament } from './tournament.js';
import { transaction } from './transaction.js';
import { wallet } from './wallet.js';

/** Every kind of entity that a product tells of, by the `kind` of its events. */
export const ENTITY_KINDS = {
  player,
  contact,
  wallet,
  transaction,
  login,
  game_session,
  tournament,
  sport_event,
  bet,
  bet_selection,
} satisfies Record<string, EntitySpec>;

export type EntityKind = keyof typeof ENTITY_KINDS;

/** A record of a kind (`EntityRecord<'player'>`); of any kind where none is named. */
export type EntityRecord<K extends EntityKind = EntityKind> = {
  [Each in EntityKind]: RecordOf<(typeof ENTITY_KINDS)[Each]>;
}[K];

/** Spec of a kind, by its general type. */
export function specOf(kind: EntityKind): EntitySpec {
  return ENTITY_KINDS[kind];
}

/** One thing for every kind, made once. */
export function forEachKind<T>(make: (kind: EntityKind, spec: EntitySpec) => T): Record<EntityKind, T> {
  const kinds = Object.keys(ENTITY_KINDS) as EntityKind[];
  return Object.fromEntries(kinds.map((kind) => [kind, make(kind, specOf(kind))])) as Record<EntityKind, T>;
}
