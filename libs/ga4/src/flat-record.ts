import { isJsonObject, type JsonObject, type JsonValue } from '#libs/sources';
import { moneyOfPurchase, transactionIdOf } from './purchase.js';
import { readParams, type ReadRow } from './read-row.js';
import { groupOf } from './traffic-source.js';
import { int64Of, listOf, textOf } from './values.js';
import type { Visit } from './visit.js';

/**
 * A row as mappings read it, one value a name and without GA4's words for none:
 *
 * - `event_name`, `event_time` (an instant), `event_timestamp` (microseconds), `event_date`, `platform`, `stream_id`,
 *   `user_pseudo_id`, `user_id`, `event_value_in_usd`
 * - `params.<key>`, `user_properties.<key>`: the value, of whichever kind it is; `page_location` and `page_referrer` also
 *   by themselves
 * - `ecommerce.<member>`, `items[0].<member>`
 * - what is found as for a purchase: `transaction_id`, `amount` with `currency`
 * - what is found as for a visit: `click_id` (ours), `ad_click_ids.<name>`, `traffic.source`, `.medium`, `.campaign`,
 *   `.term`, `.content`, `channel_group`
 */
export function flatRecord({ read, clickIds, traffic, session }: Visit): JsonObject {
  const { row } = read;
  const record: JsonObject = { event_name: read.name, event_time: read.occurredAt };
  const set = (name: string, value: JsonValue | undefined): void => {
    if (value !== undefined) record[name] = value;
  };
  for (const column of COLUMNS) set(column, textOf(row[column]));
  set('params', flatParams(row['event_params'], 'event_params'));
  set('user_properties', flatParams(row['user_properties'], 'user_properties'));
  set('page_location', read.paramText('page_location'));
  set('page_referrer', read.paramText('page_referrer'));
  const { ecommerce } = read;
  if (ecommerce) record['ecommerce'] = cleaned(ecommerce)!;
  record['items'] = itemsOf(read);
  set('transaction_id', transactionIdOf(read));
  const { amount, currency } = moneyOfPurchase(read);
  set('amount', amount);
  set('currency', currency);
  set('click_id', clickIds.own);
  if (clickIds.ads) record['ad_click_ids'] = clickIds.ads;
  const from = traffic ?? session;
  if (from) {
    record['traffic'] = from as JsonObject;
    record['channel_group'] = groupOf(from);
  }
  return record;
}

const COLUMNS = [
  ...['event_timestamp', 'event_date', 'platform', 'stream_id', 'user_pseudo_id', 'user_id'],
  'event_value_in_usd',
] as const;

function flatParams(value: JsonValue | undefined, column: string): JsonObject {
  const params = readParams(value, column);
  const flat: JsonObject = {};
  if (!(params instanceof Map)) return flat;
  for (const [key, given] of params as ReadonlyMap<string, JsonObject>) {
    const single = scalarOf(given);
    if (single !== undefined) flat[key] = single;
  }
  return flat;
}

/** Digits that any number of JavaScript holds. */
const SAFE_DIGITS = 15;

/** The one value of a parameter: a text, or a number where JSON holds it to the last digit; undefined for none and NaN. */
export function scalarOf(value: JsonObject): string | number | undefined {
  const text = textOf(value['string_value']);
  if (text !== undefined) return text;
  const whole = int64Of(value['int_value']);
  if (whole !== undefined) return whole.length <= SAFE_DIGITS ? Number(whole) : whole;
  const float = textOf(value['double_value'] ?? value['float_value']);
  const number = float === undefined ? NaN : Number(float);
  return Number.isFinite(number) ? number : undefined;
}

/** The items without what says nothing. */
export function itemsOf({ row }: ReadRow): JsonValue[] {
  return (listOf(row['items']) ?? []).flatMap((item) => cleaned(item) ?? []);
}

/** A value without nulls and GA4's words for none; undefined where nothing is left. */
function cleaned(value: JsonValue): JsonValue | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string') return textOf(value);
  if (Array.isArray(value)) return value.flatMap((element) => cleaned(element) ?? []);
  if (!isJsonObject(value)) return value;
  const members: JsonObject = {};
  for (const name in value) {
    const member = cleaned(value[name]!);
    if (member !== undefined) members[name] = member;
  }
  return members;
}
