import type { Pool } from 'pg';
import { conversionIdsOfClick } from './clicks.js';
import { knownBrands } from './known-brands.js';
import { CONVERSION_TYPES, conversionId, isReceiptId } from '#libs/events';
import { withFacts } from '#libs/database';

/** What an id stands for; several at once where it happens to be several things. */
export interface Subject {
  /** In words, for people. */
  foundAs: string[];
  receiptIds: Set<string>;
  clicks: { brand: string; id: string }[];
  conversionIds: Set<string>;
  deadLetterIds: Set<string>;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EVENT_ID = /^[0-9a-f]{64}$/i;
const SHORT_HASH = /^[0-9a-f]{32}$/i;
const CONVERSION_KEY = /^(tx|click|player|event):/;

/** At most so many calls of one event are looked at. */
const MAX_CALLS = 20;

/** Finds what an id is: receipt, event, click, conversion, dead letter, transaction, or a conversion's key. */
export async function findSubject(pool: Pool, id: string): Promise<Subject> {
  const subject: Subject = {
    foundAs: [],
    receiptIds: new Set(),
    clicks: [],
    conversionIds: new Set(),
    deadLetterIds: new Set(),
  };
  const brands = await knownBrands(pool);
  if (isReceiptId(id.toLowerCase())) {
    subject.foundAs.push('a receipt');
    subject.receiptIds.add(id.toLowerCase());
  }
  if (EVENT_ID.test(id)) await addEvent(pool, id.toLowerCase(), subject);
  if (SHORT_HASH.test(id)) await addByHash(pool, id.toLowerCase(), subject);
  if (UUID.test(id)) await addClick(pool, brands, id.toLowerCase(), subject);
  await addConversionKey(pool, brands, CONVERSION_KEY.test(id) ? id : `tx:${id}`, subject);
  return subject;
}

async function addEvent(pool: Pool, eventId: string, subject: Subject): Promise<void> {
  const calls = await pool.query<{ receipt_id: string }>(
    'SELECT receipt_id FROM tributary.receipts WHERE event_id = $1 ORDER BY received_at LIMIT $2',
    [eventId, MAX_CALLS],
  );
  const letters = await pool.query<{ dead_letter_id: string }>(
    'SELECT dead_letter_id FROM tributary.dead_letters WHERE event_id = $1 ORDER BY failed_at LIMIT $2',
    [eventId, MAX_CALLS],
  );
  for (const { receipt_id } of calls.rows) subject.receiptIds.add(receipt_id);
  for (const { dead_letter_id } of letters.rows) subject.deadLetterIds.add(dead_letter_id);
  if (calls.rows.length + letters.rows.length > 0) subject.foundAs.push('an event');
}

async function addByHash(pool: Pool, hash: string, subject: Subject): Promise<void> {
  if ((await withFacts(pool, [hash])).size > 0) {
    subject.foundAs.push('a conversion');
    subject.conversionIds.add(hash);
  }
  const letter = await pool.query('SELECT FROM tributary.dead_letters WHERE dead_letter_id = $1', [hash]);
  if (letter.rows.length > 0) {
    subject.foundAs.push('a dead letter');
    subject.deadLetterIds.add(hash);
  }
}

async function addClick(pool: Pool, brands: readonly string[], id: string, subject: Subject): Promise<void> {
  for (const brand of brands) {
    const click = await pool.query('SELECT FROM tributary.clicks WHERE brand = $1 AND click_id = $2', [
      brand,
      id,
    ]);
    const conversions = await conversionIdsOfClick(pool, { brand, id });
    if (click.rows.length + conversions.length === 0) continue;
    subject.foundAs.push(`a click of ${brand}`);
    subject.clicks.push({ brand, id });
    for (const conversion of conversions) subject.conversionIds.add(conversion);
  }
}

async function addConversionKey(
  pool: Pool,
  brands: readonly string[],
  key: string,
  subject: Subject,
): Promise<void> {
  const candidates = brands.flatMap((brand) =>
    CONVERSION_TYPES.map((type) => ({ brand, type, id: conversionId(brand, type, key) })),
  );
  const there = await withFacts(
    pool,
    candidates.map((c) => c.id),
  );
  for (const { brand, type, id } of candidates.filter((c) => there.has(c.id))) {
    subject.foundAs.push(`the ${key.startsWith('tx:') ? 'transaction' : 'key'} of a ${type} of ${brand}`);
    subject.conversionIds.add(id);
  }
}
