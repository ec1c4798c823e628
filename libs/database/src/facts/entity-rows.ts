import {
  forEachKind,
  isList,
  specOf,
  type EntityKind,
  type EntityRecord,
  type EntitySpec,
  type EventBase,
  type Instant,
} from '#libs/events';
import { compareBytes } from './conversion-facts.js';
import { ENTITY_COLUMNS, fieldOf, rankOf } from './entity-columns.js';
import { instantText } from '../instants.js';
import { defineInsert, type Statement } from '../set-statement.js';

/**
 * One record of one thing. Of all that were told of it the greatest `(authority, version, …ties of its kind,
 * event_id)` stands, whole; of the same event read twice the one that was received first.
 */
export interface EntityRow<K extends EntityKind = EntityKind> {
  brand: string;
  record: EntityRecord<K>;
  custom: NonNullable<EventBase['custom']>;
  source: string;
  /** By which way the source tells. */
  trust: string;
  /** 1: the record of a product API. 0: made of what another source told. */
  authority: 0 | 1;
  /** Epoch microseconds of an instant, or the source's own number. */
  version: bigint;
  /** The canonical event; column `canonical_event_id`, as a record may have an `event_id` of its own. */
  event_id: string;
  received_at: Instant;
  /** Of a transaction that is a deposit of real money: its conversion. */
  conversion_id: string | null;
}

/** What a transaction was before its last change. */
const PREVIOUS = {
  previous_conversion_id: 'COALESCE(t.conversion_id, t.previous_conversion_id)',
  previous_player_id: 't.player_id',
  previous_created_at: 't.created_at',
};

/** Column names of a kind that the order of arrival decides; no part of what the facts determine. */
export function previousColumns(kind: EntityKind): string[] {
  return kind === 'transaction' ? Object.keys(PREVIOUS) : [];
}

/** A transaction that is new or has changed and is, or was, a deposit of real money; and what it was. */
export interface StoredTransaction {
  brand: string;
  id: string;
  conversion_id: string | null;
  previous_conversion_id: string | null;
  player_id: string;
  previous_player_id: string | null;
  /** As `instantText` has it. */
  previous_created_at: string | null;
  inserted: boolean;
}

const UPSERTS = forEachKind((kind, spec) => {
  const columns = ENTITY_COLUMNS[kind];
  const ties = spec.tieBreaks.map((name) => (`${name}_rank` in columns ? `${name}_rank` : name));
  const order = ['authority', 'version', ...ties, 'canonical_event_id'];
  const all = (table: string): string => order.map((c) => `${table}.${c}`).join(', ');
  const sets = Object.keys(columns)
    .filter((name) => name !== 'brand' && name !== spec.key)
    .map((name) => `${name} = excluded.${name}`)
    .concat(kind === 'transaction' ? Object.entries(PREVIOUS).map(([name, was]) => `${name} = ${was}`) : []);
  const returning =
    kind === 'transaction'
      ? `RETURNING t.brand, t.id, t.conversion_id, t.previous_conversion_id, t.player_id, t.previous_player_id,
         ${instantText('t.previous_created_at')}, t.xmax = 0 AS inserted`
      : '';
  return defineInsert<EntityRow>(
    spec.table,
    columns,
    `ON CONFLICT (${spec.key}, brand) DO UPDATE SET ${sets.join(', ')}
     WHERE (${all('excluded')}, t.received_at) > (${all('t')}, excluded.received_at) ${returning}`,
    kind === 'transaction' ? 'COALESCE(conversion_id, previous_conversion_id) IS NOT NULL' : undefined,
  );
});

/**
 * Writes the records of a kind that stand over what is there; the others change nothing. The rows are of distinct
 * things, sorted by key and brand. Of transactions it answers those that are new or have changed and are, or were, deposits
 * (`StoredTransaction`).
 */
export function upsertEntityRows(kind: EntityKind): (rows: readonly EntityRow[]) => Statement {
  return UPSERTS[kind];
}

const MERGES = forEachKind((_kind, spec) => {
  const ties = spec.tieBreaks.map((name) => tieOf(spec, name));
  return (a: EntityRow, b: EntityRow): EntityRow => (compareRows(ties, a, b) >= 0 ? a : b);
});

/** The record that stands of two of one thing, in memory: the same order as the statement's. */
export function mergeEntityRows(kind: EntityKind): (a: EntityRow, b: EntityRow) => EntityRow {
  return MERGES[kind];
}

type Order = (a: EntityRow, b: EntityRow) => number;

function tieOf(spec: EntitySpec, name: string): Order {
  if (isList(spec.fields[name]!.type)) {
    const rank = rankOf(spec, name);
    return (a, b) => rank(a) - rank(b);
  }
  return (a, b) => compareCounts(fieldOf(a, name) as string, fieldOf(b, name) as string);
}

function compareRows(ties: readonly Order[], a: EntityRow, b: EntityRow): number {
  if (a.authority !== b.authority) return a.authority - b.authority;
  if (a.version !== b.version) return a.version < b.version ? -1 : 1;
  for (const tie of ties) {
    const order = tie(a, b);
    if (order !== 0) return order;
  }
  return compareBytes(a.event_id, b.event_id) || compareBytes(b.received_at, a.received_at);
}

/** Whole numbers without leading zeros. */
function compareCounts(a: string, b: string): number {
  return a.length - b.length || compareBytes(a, b);
}

/** Identity of the thing that a row is about, in its kind's table. */
export function entityKeyOf(kind: EntityKind): (row: EntityRow) => string {
  const { key } = specOf(kind);
  return (row) => `${fieldOf(row, key) as string}\0${row.brand}`;
}
