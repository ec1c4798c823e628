import type { PlayedField } from './played-bigquery.js';

const STRING = (name: string): PlayedField => ({ name, type: 'STRING' });
const INTEGER = (name: string): PlayedField => ({ name, type: 'INTEGER' });
const FLOAT = (name: string): PlayedField => ({ name, type: 'FLOAT' });
const RECORD = (name: string, ...fields: PlayedField[]): PlayedField => ({ name, type: 'RECORD', fields });
const VALUE = RECORD(
  'value',
  STRING('string_value'),
  INTEGER('int_value'),
  FLOAT('float_value'),
  FLOAT('double_value'),
);
const PARAMS = (name: string): PlayedField => ({ ...RECORD(name, STRING('key'), VALUE), mode: 'REPEATED' });

/** Columns of a table of GA4's export, the most important of them, and one that is never read. */
export const GA4_FIELDS: PlayedField[] = [
  STRING('event_date'),
  INTEGER('event_timestamp'),
  STRING('event_name'),
  PARAMS('event_params'),
  STRING('user_id'),
  STRING('user_pseudo_id'),
  RECORD('geo', STRING('country')),
  RECORD('collected_traffic_source', STRING('manual_source'), STRING('manual_medium'), STRING('gclid')),
  STRING('stream_id'),
  RECORD('ecommerce', FLOAT('purchase_revenue'), STRING('transaction_id')),
];

/** A row as JSON. @param at epoch milliseconds */
export function ga4Row(name: string, at: number, more: object = {}): Record<string, unknown> {
  return {
    event_date: new Date(at).toISOString().slice(0, 10).replaceAll('-', ''),
    event_timestamp: String(BigInt(at) * 1000n),
    event_name: name,
    event_params: [{ key: 'ga_session_id', value: { int_value: '9007199254740993' } }],
    user_pseudo_id: '11.22',
    geo: { country: 'DE' },
    stream_id: '77',
    ...more,
  };
}

/** A purchase of so much US dollars. */
export function ga4Purchase(id: string, revenue: string, at: number): Record<string, unknown> {
  return ga4Row('purchase', at, {
    event_params: [
      { key: 'ga_session_id', value: { int_value: '9007199254740993' } },
      { key: 'currency', value: { string_value: 'USD' } },
      { key: 'value', value: { double_value: revenue } },
    ],
    ecommerce: { purchase_revenue: revenue, transaction_id: id },
  });
}
