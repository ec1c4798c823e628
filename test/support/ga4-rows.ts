import { readFileSync } from 'node:fs';
import type { Instant } from '#libs/events';
import { compileGa4, type CompiledGa4, type Ga4Row, type Shard, type ToldConversion } from '#libs/ga4';
import type { Ga4SourceDefinition, JsonObject, JsonValue, Mapped } from '#libs/sources';

export const RECEIVED_AT: Instant = '2026-11-21T12:00:00.000000Z';
/** A click of ours. */
export const CLICK = '0192f0c1-2d3e-7f40-8123-456789abcdef';

export const DAILY: Shard = { day: '20261120', kind: 'daily', modifiedAt: '2026-11-21T06:00:00.000000Z' };
export const FRESH: Shard = { ...DAILY, kind: 'fresh' };
export const INTRADAY: Shard = { ...DAILY, kind: 'intraday', modifiedAt: '2026-11-20T23:59:00.000000Z' };

type Scalar = string | number | boolean | null;

/** Parameters as the export has them: a whole number is an INT64, another number a FLOAT64. */
export function params(values: Record<string, Scalar | JsonObject>): JsonValue {
  return Object.entries(values).map(([key, value]) => ({ key, value: paramValue(value) }));
}

function paramValue(value: Scalar | JsonObject): JsonValue {
  if (typeof value === 'object') return value;
  if (typeof value !== 'number') return { string_value: String(value) };
  return Number.isInteger(value) ? { int_value: String(value) } : { double_value: value };
}

export interface RowOptions {
  params?: Record<string, Scalar | JsonObject>;
  columns?: JsonObject;
}

/** A row as BigQuery's REST interface gives it, of one client in one session. */
export function ga4Row(name: string, { params: own = {}, columns = {} }: RowOptions = {}): Ga4Row {
  return {
    event_date: '20261120',
    event_timestamp: '1795168800123456',
    event_name: name,
    event_params: params({ ga_session_id: 1_795_168_700, ga_session_number: 2, ...own }),
    event_bundle_sequence_id: '-4853805495',
    user_id: null,
    user_pseudo_id: '107079580.1702642286',
    user_properties: [],
    stream_id: '3450812428',
    platform: 'WEB',
    items: [],
    ...columns,
  };
}

/** A purchase of 31 EUR; without `id` one that names no transaction. */
export function purchaseRow(id: string | null, { params: own = {}, columns = {} }: RowOptions = {}): Ga4Row {
  return ga4Row('purchase', {
    params: { currency: 'EUR', value: 31, ...own },
    columns: {
      ecommerce: { purchase_revenue: 31, purchase_revenue_in_usd: 33.573523, transaction_id: id },
      ...columns,
    },
  });
}

export type Ga4Options = Pick<Ga4SourceDefinition, 'conversions'>;

export function ga4(options: Ga4Options = {}): CompiledGa4 {
  return compileGa4({ name: 'shop', brand: 'spacevegas', property: '123456789', ...options });
}

/** What a row of a shard is made into, on its way through the log. */
export function mapRow(row: Ga4Row, shard: Shard = DAILY, compiled: CompiledGa4 = ga4()): Mapped {
  const { event, value } = compiled.write(row, shard, RECEIVED_AT);
  const { data } = JSON.parse(value) as { data: { payload: JsonObject } };
  return compiled.map(data.payload, event);
}

/** What a conversion that is no longer in a shard is made into, on its way through the log. */
export function mapAbsent(
  absent: ToldConversion,
  shard: Shard = DAILY,
  compiled: CompiledGa4 = ga4(),
): Mapped {
  const { event, value } = compiled.writeAbsent(absent, shard, RECEIVED_AT);
  const { data } = JSON.parse(value) as { data: { payload: JsonObject } };
  return compiled.map(data.payload, event);
}

/** Rows of a fixture (`test/fixtures/ga4`). */
export function fixtureRows(name: 'sample_ecommerce_2020-11-01_2020-12-15' | 'web_events_2023'): Ga4Row[] {
  return linesOf(name).map((line) => JSON.parse(line) as Ga4Row);
}

/** The same as they stand in the file. */
export function linesOf(name: 'sample_ecommerce_2020-11-01_2020-12-15' | 'web_events_2023'): string[] {
  return readFileSync(`test/fixtures/ga4/${name}.jsonl`, 'utf8').trim().split('\n');
}
