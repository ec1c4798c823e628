import type { Pool } from 'pg';
import { readStatus } from '#apps/console';
import { databaseOf, type Platform } from '#libs/runtime';
import {
  DEAD_LETTER_COLUMNS,
  storedDeadLetterOf,
  type DeadLetterRow,
  type StoredDeadLetter,
} from '../dead-letters/stored-dead-letter.js';
import { readClick, type KnownClick } from './clicks.js';
import { findSubject, type Subject } from './find-subject.js';
import { readCalls, type Call } from './read-calls.js';
import { readConversion, type ConversionStory } from './read-conversion.js';

/** The whole way of what an id stands for. */
export interface Way {
  id: string;
  /** In words; empty: nothing is known of it. */
  found_as: string[];
  calls: Call[];
  /** Clicks that were asked for; `known` is null where only conversions name them. */
  clicks: { brand: string; click_id: string; known: KnownClick | null }[];
  conversions: ConversionStory[];
  dead_letters: StoredDeadLetter[];
  /** What each group has still to read, where a call has not been read yet. */
  behind: Record<string, number> | null;
}

/** At most so many calls are shown. */
const MAX_CALLS = 50;

/** Reads all that is known of an id. */
export async function readWay(platform: Platform, id: string): Promise<Way> {
  const database = databaseOf(platform);
  const { pool } = database;
  const subject = await findSubject(pool, id);
  const asked = await readCalls(database, platform.eventLog, subject.receiptIds);
  follow(subject, asked);

  const clicks: Way['clicks'] = [];
  for (const click of subject.clicks) {
    clicks.push({ brand: click.brand, click_id: click.id, known: (await readClick(pool, click)) ?? null });
  }
  const conversions = await readConversions(pool, subject.conversionIds);
  const facts = conversions.flatMap((c) => c.facts);
  const known = clicks.flatMap((c) => (c.known ? [c.known] : []));
  const receiptIds = await receiptsOf(pool, [...facts, ...known]);
  for (const call of asked) receiptIds.delete(call.receipt.receipt_id);
  const others = await readCalls(database, platform.eventLog, [...receiptIds].slice(0, MAX_CALLS));
  const calls = [...asked, ...others].sort((a, b) => (a.receipt.receipt_id < b.receipt.receipt_id ? -1 : 1));
  const pending = calls.some((c) => c.receipt.state === 'pending');
  return {
    id,
    found_as: subject.foundAs,
    calls,
    clicks,
    conversions,
    dead_letters: await readDeadLetters(pool, subject.deadLetterIds, calls),
    behind: pending ? await readBehind(platform) : null,
  };
}

/** From calls to the clicks and conversions that they tell of. */
function follow(subject: Subject, calls: readonly Call[]): void {
  for (const { receipt, events } of calls) {
    if (receipt.conversion_id !== undefined) subject.conversionIds.add(receipt.conversion_id);
    const click = events.find((e) => e.kind === 'click');
    if (click?.click_id !== undefined) subject.clicks.push({ brand: click.brand, id: click.click_id });
  }
}

/** The conversions, and the weak deposits that are part of them. */
async function readConversions(pool: Pool, ids: Iterable<string>): Promise<ConversionStory[]> {
  const stories = new Map<string, ConversionStory>();
  const queue = [...ids];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    if (stories.has(id)) continue;
    const story = await readConversion(pool, id);
    if (!story) continue;
    stories.set(id, story);
    queue.push(...story.pairs, ...(story.paired_with === null ? [] : [story.paired_with]));
  }
  return [...stories.values()];
}

/** Receipts of what was told: by the facts' own ids, and of every call that told the same event. */
async function receiptsOf(
  pool: Pool,
  told: readonly { event_id: string; receipt_id: string; first_receipt_id: string }[],
): Promise<Set<string>> {
  const same = await pool.query<{ receipt_id: string }>(
    'SELECT receipt_id FROM tributary.receipts WHERE event_id = ANY($1) ORDER BY receipt_id LIMIT $2',
    [told.map((t) => t.event_id), MAX_CALLS],
  );
  return new Set([
    ...told.flatMap((t) => [t.first_receipt_id, t.receipt_id]),
    ...same.rows.map((r) => r.receipt_id),
  ]);
}

async function readDeadLetters(
  pool: Pool,
  ids: ReadonlySet<string>,
  calls: readonly Call[],
): Promise<StoredDeadLetter[]> {
  const found = await pool.query<DeadLetterRow>(
    `SELECT ${DEAD_LETTER_COLUMNS} FROM tributary.dead_letters d
      WHERE dead_letter_id = ANY($1) OR receipt_id = ANY($2) ORDER BY d.failed_at, dead_letter_id`,
    [[...ids], calls.map((c) => c.receipt.receipt_id)],
  );
  return found.rows.map(storedDeadLetterOf);
}

async function readBehind(platform: Platform): Promise<Record<string, number>> {
  const { lag } = await readStatus(platform);
  return Object.fromEntries(lag.map((g) => [g.group, g.lag]));
}
