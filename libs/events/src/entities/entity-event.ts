import type { EventBase } from '../canonical-event.js';
import { ENTITY_KINDS, specOf, type EntityKind, type EntityRecord } from './registry.js';

/** What a product says of one thing: the whole record as of its version. Further fields of the source are in `custom`. */
export type EntityEvent<K extends EntityKind = EntityKind> = {
  [Each in K]: EventBase & { kind: Each; record: EntityRecord<Each> };
}[K];

/** Whether a kind of event is one of an entity. */
export function isEntityKind(kind: string): kind is EntityKind {
  return Object.hasOwn(ENTITY_KINDS, kind);
}

/** Whether the event is a record of an entity. */
export function isEntityEvent(e: { kind: string }): e is EntityEvent {
  return isEntityKind(e.kind);
}

/** The player that an event's record names, if its kind has one. */
export function playerOfRecord({ kind, record }: EntityEvent): string | undefined {
  const { player } = specOf(kind);
  return player === undefined ? undefined : (record as Record<string, string | undefined>)[player];
}
