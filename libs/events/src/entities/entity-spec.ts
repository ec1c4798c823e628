import type { Instant } from '../instant.js';

/**
 * What a field holds, and how it is told on the wire:
 * - `id`, `text`, `currency`: a text by the rule of that name
 * - `instant`: canonical (`2026-11-21T10:00:00.123456Z`); `date`: a day that exists (`2026-11-21`)
 * - `flag`: true or false
 * - `amount`: a canonical decimal that is not negative; `balance`: one that may be; `decimal`: one that is no money
 * - `count`: a whole number as text of up to 18 digits, which is beyond what a JSON number holds exactly
 */
export type FieldType =
  'id' | 'text' | 'currency' | 'instant' | 'date' | 'flag' | 'amount' | 'balance' | 'decimal' | 'count';

/** One field of a kind. */
export interface FieldSpec {
  /** A list: one of these texts. */
  type: FieldType | readonly string[];
  /** Only where true; such a column is never NULL. */
  required?: true;
  /** What a record says that leaves it out. */
  absent?: string;
  /** For schemas and people. */
  meaning: string;
}

/**
 * All that makes a kind of entity: its events' rules, types and schema, its table's columns, and which of two
 * records of one key stands follow from it.
 */
export interface EntitySpec {
  /** Table of the schema `tributary`. */
  table: string;
  /** What the thing is, for schemas and people. */
  meaning: string;
  /** Field that is the primary key together with the brand. */
  key: string;
  /** Field that names its player, where one does. */
  player?: string;
  /** Field whose instant is the record's version; absent: the event's own `version`, else `occurred_at`. */
  version?: string;
  /** Fields that decide between records of one version: counts by value, closed lists by their order. */
  tieBreaks: readonly string[];
  /** By the names of the product API's document in snake case; the order of the table's columns. */
  fields: { readonly [name: string]: FieldSpec };
}

type ValueOf<T> = T extends readonly string[] ? T[number] : T extends 'flag' ? boolean : string;

type RequiredName<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends { required: true } ? Name : never;
}[keyof Fields];

type TypeOf<Field> = Field extends { type: 'instant' }
  ? Instant
  : Field extends { type: infer T }
    ? ValueOf<T>
    : never;

/** A record of a kind: the fields of its spec by their types. */
export type RecordOf<S extends EntitySpec> = {
  -readonly [Name in RequiredName<S['fields']>]: TypeOf<S['fields'][Name]>;
} & {
  -readonly [Name in Exclude<keyof S['fields'], RequiredName<S['fields']>>]?: TypeOf<S['fields'][Name]>;
};

/** Whether a field's type is a closed list. */
export function isList(type: FieldSpec['type']): type is readonly string[] {
  return typeof type !== 'string';
}
