import type { Pool } from 'pg';
import { findByEvent } from './find-by-event.js';
import { findIdentities } from './find-identities.js';
import { readTransactionsById } from './read-transactions.js';
import { readTouchesById } from './read-touches.js';
import { addClick, addFound, addTouches, type Subject } from './subject.js';
import { isReceiptId } from '#libs/events';
import { withFacts } from '#libs/database';

const EVENT_ID = /^[0-9a-f]{64}$/i;
const SHORT_HASH = /^[0-9a-f]{32}$/i;

/**
 * Finds what an id is: receipt, event, click, touch, conversion, conversion's key, transaction, refund, player, user,
 * client, dead letter. Keys, transaction ids and event ids of facts have no index of their own: on a large
 * installation PostgreSQL reads the facts through for them, which takes seconds.
 */
export async function findSubject(pool: Pool, id: string): Promise<Subject> {
  const subject: Subject = {
    foundAs: [],
    receiptIds: new Set(),
    clicks: new Map(),
    people: [],
    touches: [],
    transactions: [],
    conversionIds: new Set(),
    deadLetterIds: new Set(),
  };
  if (isReceiptId(id.toLowerCase())) {
    subject.foundAs.push('a receipt');
    subject.receiptIds.add(id.toLowerCase());
  }
  if (SHORT_HASH.test(id)) await addByHash(pool, id.toLowerCase(), subject);
  if (EVENT_ID.test(id)) await findByEvent(pool, id.toLowerCase(), subject);
  else {
    await addIdentities(pool, id, subject);
    await addTouches(pool, await readTouchesById(pool, id), subject);
    await addTransactions(pool, id, subject);
    await addByKey(pool, id, subject);
    await addReturned(pool, id, subject);
  }
  return subject;
}

async function addByHash(pool: Pool, hash: string, subject: Subject): Promise<void> {
  const returned = await pool.query('SELECT FROM tributary.reversals WHERE conversion_id = $1 LIMIT 1', [
    hash,
  ]);
  if ((await withFacts(pool, [hash])).size + returned.rows.length > 0) {
    subject.foundAs.push('a conversion');
    subject.conversionIds.add(hash);
  }
  const letter = await pool.query('SELECT FROM tributary.dead_letters WHERE dead_letter_id = $1', [hash]);
  if (letter.rows.length > 0) {
    subject.foundAs.push('a dead letter');
    subject.deadLetterIds.add(hash);
  }
}

async function addIdentities(pool: Pool, id: string, subject: Subject): Promise<void> {
  for (const identity of await findIdentities(pool, id)) {
    addFound(subject, `a ${identity.kind} of ${identity.brand}`);
    if (identity.kind === 'click') await addClick(pool, identity, subject);
    else subject.people.push(identity);
  }
}

async function addTransactions(pool: Pool, id: string, subject: Subject): Promise<void> {
  for (const transaction of await readTransactionsById(pool, id)) {
    const { conversion_id, brand } = transaction;
    addFound(
      subject,
      conversion_id === null ? `a transaction of ${brand}` : `the transaction of a deposit of ${brand}`,
    );
    subject.transactions.push(transaction);
    if (conversion_id !== null) subject.conversionIds.add(conversion_id);
  }
}

/** Conversions by their key, or by the transaction id in it: a payout's has its partner's name before it. */
async function addByKey(pool: Pool, id: string, subject: Subject): Promise<void> {
  const found = await pool.query<{ conversion_id: string; brand: string; type: string; by_key: boolean }>(
    `SELECT DISTINCT conversion_id, brand, type, conversion_key = $1 AS by_key
      FROM tributary.conversion_facts WHERE conversion_key = $1 OR transaction_id = $1 ORDER BY conversion_id`,
    [id],
  );
  const deposits = id.startsWith('tx:') ? await readTransactionsById(pool, id.slice('tx:'.length)) : [];
  for (const { conversion_id, brand } of deposits) {
    if (conversion_id === null) continue;
    found.rows.push({ conversion_id, brand, type: 'deposit', by_key: true });
  }
  for (const { conversion_id, brand, type, by_key } of found.rows) {
    addFound(subject, `the ${by_key ? 'key' : 'transaction'} of a ${type} of ${brand}`);
    subject.conversionIds.add(conversion_id);
  }
}

/** Conversions by what takes them back: also one of which nobody has told yet. */
async function addReturned(pool: Pool, id: string, subject: Subject): Promise<void> {
  const found = await pool.query<{ conversion_id: string; brand: string; type: string; is_refund: boolean }>(
    `SELECT DISTINCT conversion_id, brand, conversion_type AS type, return_id = $1 AS is_refund
      FROM tributary.reversals
      WHERE return_id = $1 OR conversion_key = ANY($2) OR (starts_with(conversion_key, 'tx:')
        AND conversion_type = 'payout' AND substr(conversion_key, strpos(substr(conversion_key, 4), ':') + 4) = $1)
      ORDER BY conversion_id`,
    [id, [id, `tx:${id}`]],
  );
  for (const { conversion_id, brand, type, is_refund } of found.rows) {
    if (is_refund) addFound(subject, `a refund of a ${type} of ${brand}`);
    else if (!subject.conversionIds.has(conversion_id)) {
      addFound(subject, `a ${type} of ${brand} that was taken back`);
    }
    subject.conversionIds.add(conversion_id);
  }
}
