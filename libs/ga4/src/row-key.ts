import { hashParts } from '#libs/events';
import { isJsonObject, type JsonValue } from '#libs/sources';
import { isPurchase, transactionIdOf } from './purchase.js';
import type { ReadRow } from './read-row.js';
import { int64Of, listOf, textOf } from './values.js';

const MAX_BYTES = 256;
const UNFIT = /[\p{Cc}\p{Cs}]/u;

/** Columns that number the events of one batch; tables from before July 2024 have none. */
const BATCH = ['batch_event_index', 'batch_ordering_id', 'batch_page_id'] as const;
/** What the tag sends of the event's own matter: the same in every shard. */
const MATTER = [
  'value',
  'currency',
  'transaction_id',
  'product_id',
  'price',
  'quantity',
  'event_tag_timestamp',
] as const;

/**
 * What names a row, the same in a day's intraday, fresh and daily shard: a purchase's transaction, so that one that a
 * reloaded page told twice is one; else a hash of what the tag sent. Rows without a transaction never share a key because
 * they have none: two events of one client and microsecond are told apart by their place in the batch, else by their
 * matter, and events of nobody, whose client is withheld, by all of their parameters.
 */
export function rowKey(property: string, read: ReadRow): string {
  const transaction = isPurchase(read) ? transactionIdOf(read) : undefined;
  if (transaction !== undefined) return `ga4/${property}/tx/${fitting(transaction)}`;
  const { row } = read;
  const batch = BATCH.map((column) => int64Of(row[column]));
  const parts = [
    read.streamId,
    read.clientId,
    read.name,
    int64Of(row['event_timestamp']),
    int64Of(row['event_bundle_sequence_id']),
    ...batch,
  ];
  if (read.clientId === undefined) parts.push(allOf(read), itemsOf(read));
  else if (batch[0] === undefined)
    parts.push(...MATTER.map((key) => sameText(read.param(key))), itemsOf(read));
  return `ga4/${property}/${hashParts(parts).slice(0, 32)}`;
}

/** An id that a key can carry: itself, else its hash. */
function fitting(id: string): string {
  return Buffer.byteLength(id) <= MAX_BYTES && !UNFIT.test(id) ? id : `sha256:${hashParts([id])}`;
}

function allOf(read: ReadRow): string {
  const pairs = [...read.paramKeys].map((key) => [key, sameText(read.param(key))] as const);
  const told = pairs.filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return hashParts(told.flat());
}

function itemsOf({ row }: ReadRow): string | undefined {
  const items = listOf(row['items']);
  return items && items.length > 0 ? hashParts(items.map(told)) : undefined;
}

/** What the tag sends of an item; what GA4 computes of it, as USD, may change from shard to shard. */
const ITEM = ['item_id', 'item_name', 'item_variant', 'price', 'quantity', 'coupon'] as const;

function told(item: JsonValue): string {
  if (!isJsonObject(item)) return sameText(item) ?? '';
  return hashParts(ITEM.map((name) => sameText(item[name])));
}

/** One text for a number and its own text: `31`, `"31"` and `"31.0"`. */
function sameText(value: JsonValue | undefined): string | undefined {
  const text = textOf(value);
  if (text === undefined || !/^-?[\d.]/.test(text) || int64Of(text) !== undefined) return text;
  const number = Number(text);
  return Number.isFinite(number) ? String(number) : text;
}
