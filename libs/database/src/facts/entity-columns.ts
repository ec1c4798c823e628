import { forEachKind, isList, type EntityKind, type EntitySpec, type FieldType } from '#libs/events';
import type { EntityRow } from './entity-rows.js';
import type { Cell, Column } from '../set-statement.js';

/** A column of a table of entities, and how a row gives it. */
export type EntityColumn = Column & { of: (row: EntityRow) => Cell; nullable: boolean };

const COLUMN_TYPE: Record<FieldType, Column['type']> = {
  id: 'text',
  text: 'text',
  currency: 'text',
  instant: 'timestamptz',
  date: 'date',
  flag: 'boolean',
  amount: 'numeric',
  balance: 'numeric',
  decimal: 'numeric',
  count: 'bigint',
};

/** Of transactions alone. */
const DEPOSIT_COLUMN: Record<string, EntityColumn> = {
  conversion_id: { type: 'text', of: (r) => r.conversion_id, nullable: true },
};

/** Columns of a kind's table in their order, without the notes of what a row was before. */
export const ENTITY_COLUMNS: Record<EntityKind, Readonly<Record<string, EntityColumn>>> = forEachKind(
  (kind, spec) => ({
    brand: { type: 'text', of: (r) => r.brand, nullable: false },
    ...Object.fromEntries(Object.keys(spec.fields).map((name) => [name, fieldColumn(spec, name)])),
    custom: { type: 'jsonb', of: customOf, nullable: false },
    source: { type: 'text', of: (r) => r.source, nullable: false },
    trust: { type: 'text', of: (r) => r.trust, nullable: false },
    authority: { type: 'smallint', of: (r) => r.authority, nullable: false },
    version: { type: 'bigint', of: (r) => r.version, nullable: false },
    canonical_event_id: { type: 'text', of: (r) => r.event_id, nullable: false },
    received_at: { type: 'timestamptz', of: (r) => r.received_at, nullable: false },
    ...Object.fromEntries(rankedFields(spec).map((name) => [`${name}_rank`, rankColumn(spec, name)])),
    ...(kind === 'transaction' ? DEPOSIT_COLUMN : {}),
  }),
);

function fieldColumn({ fields }: EntitySpec, name: string): EntityColumn {
  const { type, required } = fields[name]!;
  return {
    type: isList(type) ? 'text' : COLUMN_TYPE[type],
    of: (r) => fieldOf(r, name) ?? null,
    nullable: required !== true,
  };
}

function rankColumn(spec: EntitySpec, name: string): EntityColumn {
  return { type: 'smallint', of: rankOf(spec, name), nullable: false };
}

/** A field of the row's record; undefined where it has none. */
export function fieldOf(row: EntityRow, name: string): string | boolean | undefined {
  return (row.record as Record<string, string | boolean | undefined>)[name];
}

function customOf({ custom }: EntityRow): string {
  for (const _ in custom) return JSON.stringify(custom);
  return '{}';
}

/** Tie-breaking fields whose values are a closed list: they weigh by their place in it, column `<field>_rank`. */
function rankedFields({ tieBreaks, fields }: EntitySpec): string[] {
  return tieBreaks.filter((name) => isList(fields[name]!.type));
}

/** Place of a record's value in a field's closed list. */
export function rankOf({ fields }: EntitySpec, name: string): (row: EntityRow) => number {
  const { type, absent } = fields[name]!;
  const ranks = new Map((type as readonly string[]).map((value, rank) => [value, rank]));
  return (row) => ranks.get((fieldOf(row, name) ?? absent) as string)!;
}
