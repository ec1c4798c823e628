import type { JsonObject, JsonValue } from '#libs/sources';

/** A column of GA4's export, or a member of one. All of them may be null, lists may be empty. */
export interface Ga4Column {
  name: string;
  type: 'int64' | 'double' | 'string' | 'boolean' | readonly Ga4Column[];
  /** A list of such. */
  repeated?: true;
}

/** As a typed format has it: INT64 as BigInt, null where there is none. */
export type TypedValue =
  bigint | number | string | boolean | null | TypedValue[] | { [name: string]: TypedValue };

const texts = (...names: string[]): Ga4Column[] => names.map((name) => ({ name, type: 'string' }));
const numbers = (type: 'int64' | 'double', ...names: string[]): Ga4Column[] =>
  names.map((name) => ({ name, type }));

const VALUE: Ga4Column[] = [
  ...texts('string_value'),
  ...numbers('int64', 'int_value'),
  ...numbers('double', 'float_value', 'double_value'),
];

/** Columns of the export that are read, as far as the fixtures have them, and two that are not. */
export const GA4_COLUMNS: readonly Ga4Column[] = [
  ...texts('event_date', 'event_name', 'user_id', 'user_pseudo_id', 'stream_id', 'platform'),
  ...numbers('int64', 'event_timestamp', 'event_bundle_sequence_id', 'user_first_touch_timestamp'),
  ...numbers('double', 'event_value_in_usd'),
  { name: 'event_params', repeated: true, type: [...texts('key'), { name: 'value', type: VALUE }] },
  {
    name: 'user_properties',
    repeated: true,
    type: [...texts('key'), { name: 'value', type: [...VALUE, ...numbers('int64', 'set_timestamp_micros')] }],
  },
  { name: 'traffic_source', type: texts('name', 'medium', 'source') },
  {
    name: 'ecommerce',
    type: [
      ...numbers('int64', 'total_item_quantity', 'unique_items'),
      ...numbers('double', 'purchase_revenue_in_usd', 'purchase_revenue', 'tax_value', 'shipping_value'),
      ...texts('transaction_id'),
    ],
  },
  {
    name: 'items',
    repeated: true,
    type: [
      ...texts('item_id', 'item_name', 'item_brand'),
      ...numbers('double', 'price', 'price_in_usd'),
      ...numbers('int64', 'quantity'),
      { name: 'item_params', repeated: true, type: [...texts('key'), { name: 'value', type: VALUE }] },
    ],
  },
  { name: 'device', type: texts('category') },
  { name: 'is_active_user', type: 'boolean' },
];

/** A row of BigQuery's JSON with the types of its columns. */
export function typedRow(row: JsonObject): Record<string, TypedValue> {
  return typedMembers(GA4_COLUMNS, row);
}

function typedMembers(columns: readonly Ga4Column[], members: JsonObject): Record<string, TypedValue> {
  return Object.fromEntries(columns.map((column) => [column.name, typed(column, members[column.name])]));
}

function typed({ repeated, ...column }: Ga4Column, value: JsonValue | undefined): TypedValue {
  if (repeated) return (Array.isArray(value) ? value : []).map((element) => typed(column, element));
  if (value === null || value === undefined) return null;
  switch (column.type) {
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'int64':
      return BigInt(value as string);
    case 'double':
      return Number(value);
    case 'boolean':
      return value === true || value === 'true';
    default:
      return typedMembers(column.type, value as JsonObject);
  }
}

/** A typed row as BigQuery exports it to JSON: INT64 and NaN as text, nulls left out, empty lists kept. */
export function exportedJson(value: TypedValue): JsonValue {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(exportedJson);
  if (typeof value !== 'object' || value === null) return value;
  const there = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(there.map(([name, member]) => [name, exportedJson(member)]));
}
