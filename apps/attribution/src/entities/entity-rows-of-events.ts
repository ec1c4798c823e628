import { entityKeyOf, mergeEntityRows, type EntityRow } from '#libs/database';
import { forEachKind, isEntityEvent, type CanonicalEvent, type EntityKind } from '#libs/events';
import { Slots } from '../slots.js';
import { entityRowOf, movementRowOf } from './entity-row-of.js';

/** Rows of one kind of entity: one a thing, sorted by its table's key. */
export interface EntityRows {
  kind: EntityKind;
  rows: EntityRow[];
}

const KEYS = forEachKind(entityKeyOf);

/** What a batch of events says of a product's entities, kind by kind in one order; kinds of which it says nothing
 * are left out. Test events say nothing. */
export function entityRowsOfEvents(events: readonly CanonicalEvent[]): EntityRows[] {
  const slots: Partial<Record<EntityKind, Slots<EntityRow>>> = {};
  const slotsOf = (kind: EntityKind): Slots<EntityRow> =>
    (slots[kind] ??= new Slots(KEYS[kind], mergeEntityRows(kind)));
  for (const event of events) {
    if (event.is_test) continue;
    if (isEntityEvent(event)) slotsOf(event.kind).add(entityRowOf(event));
    else if (event.kind === 'withdrawal' || event.kind === 'bonus') {
      slotsOf('transaction').add(movementRowOf(event));
    }
  }
  const told = forEachKind((kind) => ({ kind, rows: slots[kind]?.sorted() ?? [] }));
  return Object.values(told).filter(({ rows }) => rows.length > 0);
}
