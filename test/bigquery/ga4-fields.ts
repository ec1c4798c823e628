import type { PlayedField } from '#test/played-bigquery';

const STRING = (...names: string[]): PlayedField[] => names.map((name) => ({ name, type: 'STRING' }));
const INTEGER = (...names: string[]): PlayedField[] => names.map((name) => ({ name, type: 'INTEGER' }));
// The emulator knows no FLOAT inside a STRUCT
const FLOAT = (...names: string[]): PlayedField[] => names.map((name) => ({ name, type: 'FLOAT64' }));
const RECORD = (name: string, ...fields: PlayedField[]): PlayedField => ({ name, type: 'RECORD', fields });
const REPEATED = (field: PlayedField): PlayedField => ({ ...field, mode: 'REPEATED' });

const VALUES = [...STRING('string_value'), ...INTEGER('int_value'), ...FLOAT('float_value', 'double_value')];

/** Columns of the export (https://support.google.com/analytics/answer/7029846), those that are read and some others. */
export const GA4_EXPORT_FIELDS: PlayedField[] = [
  ...STRING('event_date'),
  ...INTEGER('event_timestamp'),
  ...STRING('event_name'),
  REPEATED(RECORD('event_params', ...STRING('key'), RECORD('value', ...VALUES))),
  ...FLOAT('event_value_in_usd'),
  ...INTEGER('event_bundle_sequence_id'),
  ...STRING('user_id', 'user_pseudo_id'),
  REPEATED(
    RECORD(
      'user_properties',
      ...STRING('key'),
      RECORD('value', ...VALUES, ...INTEGER('set_timestamp_micros')),
    ),
  ),
  ...INTEGER('user_first_touch_timestamp'),
  RECORD('geo', ...STRING('city', 'country')),
  RECORD('traffic_source', ...STRING('name', 'medium', 'source')),
  ...STRING('stream_id', 'platform'),
  RECORD(
    'ecommerce',
    ...INTEGER('total_item_quantity', 'unique_items'),
    ...FLOAT('purchase_revenue_in_usd', 'purchase_revenue', 'refund_value', 'shipping_value', 'tax_value'),
    ...STRING('transaction_id'),
  ),
  REPEATED(
    RECORD(
      'items',
      ...STRING('item_id', 'item_name', 'item_brand', 'item_variant', 'item_category', 'coupon'),
      ...FLOAT('price_in_usd', 'price', 'item_revenue'),
      ...INTEGER('quantity'),
    ),
  ),
  RECORD(
    'collected_traffic_source',
    ...STRING(
      'manual_campaign_id',
      'manual_campaign_name',
      'manual_source',
      'manual_medium',
      'gclid',
      'dclid',
    ),
  ),
];
