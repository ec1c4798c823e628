import type { Pool } from 'pg';
import { ENTITY_KINDS, specOf, type EntityKind } from '#libs/events';
import { readTransactionsByEvent } from './read-transactions.js';
import { readTouchesByEvent } from './read-touches.js';
import { addClick, addFound, addTouches, type Subject } from './subject.js';

/** At most so many calls of one event are looked at. */
const MAX_CALLS = 20;

/**
 * What an event is known by: its receipts and dead letters; the fact, click, touch, refund or record that stands by
 * it; the click that a touch or a link was derived from. A word that no longer stands, and that came by no call, is in
 * no table. Receipts go by an index; the rest is looked for only where there is none.
 */
export async function findByEvent(pool: Pool, eventId: string, subject: Subject): Promise<void> {
  await addCalls(pool, eventId, subject);
  await addDeadLetters(pool, eventId, subject);
  if (subject.receiptIds.size === 0) await addStanding(pool, eventId, subject);
  if (subject.receiptIds.size + subject.deadLetterIds.size > 0) addFound(subject, 'an event');
}

async function addCalls(pool: Pool, eventId: string, subject: Subject): Promise<void> {
  const calls = await pool.query<{ receipt_id: string }>(
    'SELECT receipt_id FROM tributary.receipts WHERE event_id = $1 ORDER BY received_at LIMIT $2',
    [eventId, MAX_CALLS],
  );
  for (const { receipt_id } of calls.rows) subject.receiptIds.add(receipt_id);
}

async function addDeadLetters(pool: Pool, eventId: string, subject: Subject): Promise<void> {
  const letters = await pool.query<{ dead_letter_id: string }>(
    'SELECT dead_letter_id FROM tributary.dead_letters WHERE event_id = $1 ORDER BY failed_at LIMIT $2',
    [eventId, MAX_CALLS],
  );
  for (const { dead_letter_id } of letters.rows) subject.deadLetterIds.add(dead_letter_id);
}

/** What stands by the event: each SELECT looks through its table. */
async function addStanding(pool: Pool, eventId: string, subject: Subject): Promise<void> {
  const conversions = await pool.query<{ conversion_id: string; what: string }>(
    `SELECT conversion_id, CASE status WHEN 'retracted' THEN 'retraction of a ' || type ELSE type END AS what
        FROM tributary.conversion_facts WHERE event_id = $1
      UNION SELECT conversion_id, kind || ' of a ' || conversion_type FROM tributary.reversals WHERE event_id = $1`,
    [eventId],
  );
  for (const { conversion_id, what } of conversions.rows) {
    addFound(subject, `the event of a ${what}`);
    subject.conversionIds.add(conversion_id);
  }
  for (const transaction of await readTransactionsByEvent(pool, eventId)) {
    addFound(subject, `the event of a transaction of ${transaction.brand}`);
    subject.transactions.push(transaction);
    if (transaction.conversion_id !== null) subject.conversionIds.add(transaction.conversion_id);
  }
  await addClicks(pool, eventId, subject);
  for (const kind of Object.keys(ENTITY_KINDS) as EntityKind[]) await addRecord(pool, kind, eventId, subject);
}

/** Length-prefixed as `hashParts` has it: the id of the link that a click's event was made into. */
const LINK_OF_CLICK = `encode(sha256(convert_to('64:' || event_id || ';13:identity_link;', 'UTF8')), 'hex')`;

async function addClicks(pool: Pool, eventId: string, subject: Subject): Promise<void> {
  const found = await pool.query<{ what: string; brand: string; id: string }>(
    `SELECT 'click' AS what, brand, click_id AS id FROM tributary.clicks WHERE event_id = $1
      UNION SELECT 'link between click and player', brand, click_id FROM tributary.clicks
        WHERE player_id IS NOT NULL AND ${LINK_OF_CLICK} = $1
      ORDER BY what`,
    [eventId],
  );
  for (const { what, brand, id } of found.rows) {
    addFound(subject, `the event of a ${what} of ${brand}`);
    await addClick(pool, { brand, id }, subject);
  }
  const touches = await readTouchesByEvent(pool, eventId);
  for (const { brand } of touches) addFound(subject, `the event of a touch of ${brand}`);
  await addTouches(pool, touches, subject);
}

async function addRecord(pool: Pool, kind: EntityKind, eventId: string, subject: Subject): Promise<void> {
  if (kind === 'transaction') return;
  const { table, key } = specOf(kind);
  const found = await pool.query<{ brand: string; id: string }>(
    `SELECT brand, ${key} AS id FROM tributary.${table} WHERE canonical_event_id = $1`,
    [eventId],
  );
  for (const { brand, id } of found.rows) {
    addFound(subject, `the event of the record that stands in table ${table} as ${id} of ${brand}`);
  }
}
