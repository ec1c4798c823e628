import type { JsonObject, JsonValue } from '#libs/sources';

/**
 * A row of GA4's export as JSON: what BigQuery's REST interface, its client and its exports to files say. INT64 is text
 * or a number that holds it exactly, FLOAT64 a number or its text (also `NaN`, `Infinity`), nulls may be absent, and a
 * nested column may be the JSON text of its value.
 */
export type Ga4Row = JsonObject;

/** Top-level columns that are read, and no others: what a query bills is their bytes. Older tables have not all of them. */
export const SELECTED_COLUMNS = [
  'event_date',
  'event_timestamp',
  'event_name',
  'event_params',
  'event_value_in_usd',
  'event_bundle_sequence_id',
  'batch_event_index',
  'batch_ordering_id',
  'batch_page_id',
  'user_id',
  'user_pseudo_id',
  'user_properties',
  'user_first_touch_timestamp',
  'traffic_source',
  'collected_traffic_source',
  'session_traffic_source_last_click',
  'stream_id',
  'platform',
  'ecommerce',
  'items',
] as const;

/**
 * The selected columns of a row without its nulls and empty lists, so that a row is the same whether a reader leaves them
 * out or not, and whether it reads all columns or only these.
 */
export function selectColumns(row: Ga4Row): Ga4Row {
  const selected: Ga4Row = {};
  for (const column of SELECTED_COLUMNS) {
    const value = row[column];
    if (value !== undefined && isTold(value)) selected[column] = told(value);
  }
  return selected;
}

function isTold(value: JsonValue): boolean {
  return value !== null && !(Array.isArray(value) && value.length === 0);
}

function told(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(told);
  const members: JsonObject = {};
  for (const name in value) {
    const member = value[name]!;
    if (isTold(member)) members[name] = told(member);
  }
  return members;
}
