import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { forEachKind, type EntityKind } from '#libs/events';
import { ENTITY_COLUMNS } from '../facts/entity-columns.js';

/** TypeORM's view of the tables of entities that a product tells of, by kind; made of their specs. */
export const PRODUCT_ENTITIES: Record<EntityKind, EntitySchema<object>> = forEachKind((kind, spec) => {
  const columns = Object.entries(ENTITY_COLUMNS[kind]).map(
    ([name, { type, nullable }]): [string, EntitySchemaColumnOptions] => [
      name,
      {
        type,
        nullable,
        primary: name === 'brand' || name === spec.key,
        ...(type === 'numeric' ? { precision: 38, scale: 18 } : {}),
      },
    ],
  );
  return new EntitySchema<object>({
    name: spec.table,
    schema: 'tributary',
    tableName: spec.table,
    columns: Object.fromEntries(columns),
  });
});
