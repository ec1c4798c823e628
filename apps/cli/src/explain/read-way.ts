import type { Pool } from 'pg';
import { readStatus } from '#apps/console';
import { RecordMappings } from '#apps/normalizer';
import type { Identity } from '#libs/database';
import { databaseOf, readSourcesDir, type Platform } from '#libs/runtime';
import {
  DEAD_LETTER_COLUMNS,
  storedDeadLetterOf,
  type DeadLetterRow,
  type StoredDeadLetter,
} from '../dead-letters/stored-dead-letter.js';
import { readClick, type KnownClick } from './clicks.js';
import { findSubject } from './find-subject.js';
import { readCalls, type Call, type CallWorld } from './read-calls.js';
import { conversionStory, type ConversionStory } from './conversion-story.js';
import { personStory, type PersonStory } from './person-story.js';
import { readConversion, type KnownConversion } from './read-conversion.js';
import { readPerson, type ShortConversion } from './read-person.js';
import type { ToldTouch } from './touch-story.js';
import type { Subject } from './subject.js';
import type { TransactionStory } from './transaction-story.js';

/** The whole way of what an id stands for. */
export interface Way {
  id: string;
  /** In words; empty: nothing is known of it. */
  found_as: string[];
  calls: Call[];
  /** Clicks that were asked for; `known` is null where only conversions name them. */
  clicks: { brand: string; click_id: string; known: KnownClick | null }[];
  /** Players, users and clients that were asked for. */
  people: PersonWay[];
  /** Touches that were asked for, and are no clicks of ours. */
  touches: ToldTouch[];
  /** Rows of `transactions` that were asked for. */
  transactions: TransactionStory[];
  conversions: ConversionStory[];
  /** Without their records, which may be about a person. */
  dead_letters: Omit<StoredDeadLetter, 'original' | 'record_key'>[];
  /** What each group has still to read, where a call has not been read yet. */
  behind: Record<string, number> | null;
}

/** A person by one of its ids, and its conversions in short. */
export interface PersonWay extends Identity {
  person: PersonStory;
  /** The latest first; not more than some. */
  conversions: ShortConversion[];
  total: number;
}

/** At most so many calls are shown. */
const MAX_CALLS = 50;

/** Reads all that is known of an id. Of persons nothing but ids is in it. */
export async function readWay(platform: Platform, id: string): Promise<Way> {
  const database = databaseOf(platform);
  const { pool } = database;
  const subject = await findSubject(pool, id);
  let mappings: RecordMappings | undefined;
  const world: CallWorld = {
    database,
    eventLog: platform.eventLog,
    mappings: () => (mappings ??= new RecordMappings(readSourcesDir(platform.settings.SOURCES_DIR).sources)),
  };
  const asked = await readCalls(world, subject.receiptIds);
  follow(subject, asked);

  const clicks: Way['clicks'] = [];
  for (const click of subject.clicks.values()) {
    clicks.push({ brand: click.brand, click_id: click.id, known: (await readClick(pool, click)) ?? null });
  }
  const conversions = await readConversions(pool, subject.conversionIds);
  const known = clicks.flatMap((c) => (c.known ? [c.known] : []));
  const told = [...conversions.flatMap((c) => [...c.facts, ...c.returns, ...c.retractions]), ...known];
  const receiptIds = await receiptsOf(pool, told);
  for (const call of asked) receiptIds.delete(call.receipt.receipt_id);
  const others = await readCalls(world, [...receiptIds].slice(0, MAX_CALLS));
  const calls = [...asked, ...others].sort((a, b) => (a.receipt.receipt_id < b.receipt.receipt_id ? -1 : 1));
  const pending = calls.some((c) => c.receipt.state === 'pending');
  return {
    id,
    found_as: subject.foundAs,
    calls,
    clicks,
    people: await readPeople(pool, subject.people),
    touches: subject.touches,
    transactions: subject.transactions,
    conversions: conversions.map(conversionStory),
    dead_letters: await readDeadLetters(pool, subject.deadLetterIds, calls),
    behind: pending ? await readBehind(platform) : null,
  };
}

/** From calls to the clicks and conversions that they tell of. */
function follow(subject: Subject, calls: readonly Call[]): void {
  for (const { receipt, events } of calls) {
    if (receipt.conversion_id !== undefined) subject.conversionIds.add(receipt.conversion_id);
    const click = events.find((e) => e.kind === 'click');
    if (click?.click_id === undefined) continue;
    subject.clicks.set(`${click.brand}\0${click.click_id}`, { brand: click.brand, id: click.click_id });
  }
}

/** The conversions, and the weak deposits that are part of them. */
async function readConversions(pool: Pool, ids: Iterable<string>): Promise<KnownConversion[]> {
  const stories = new Map<string, KnownConversion>();
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

async function readPeople(pool: Pool, people: readonly Identity[]): Promise<PersonWay[]> {
  const ways: PersonWay[] = [];
  for (const identity of people) {
    const { graph, namings, conversions, total } = await readPerson(pool, identity);
    const ids = { player_id: null, user_id: null, client_id: null, click_id: null };
    const named = { ...ids, [`${identity.kind}_id`]: identity.id };
    const player = identity.kind === 'player' ? identity.id : graph.playerOf(identity);
    const person = personStory(graph, { brand: identity.brand, ...named, player_id: player }, namings);
    ways.push({ ...identity, person, conversions, total });
  }
  return ways;
}

/** Receipts of what was told: by the facts' own ids, and of every call that told the same event. */
async function receiptsOf(
  pool: Pool,
  told: readonly { event_id: string; receipt_id?: string | null; first_receipt_id?: string }[],
): Promise<Set<string>> {
  const same = await pool.query<{ receipt_id: string }>(
    'SELECT receipt_id FROM tributary.receipts WHERE event_id = ANY($1) ORDER BY receipt_id LIMIT $2',
    [told.map((t) => t.event_id), MAX_CALLS],
  );
  const own = told.flatMap((t) => [t.first_receipt_id, t.receipt_id]).filter((id) => id != null);
  return new Set([...own, ...same.rows.map((r) => r.receipt_id)]);
}

async function readDeadLetters(
  pool: Pool,
  ids: ReadonlySet<string>,
  calls: readonly Call[],
): Promise<Way['dead_letters']> {
  const found = await pool.query<DeadLetterRow>(
    `SELECT ${DEAD_LETTER_COLUMNS} FROM tributary.dead_letters d
      WHERE dead_letter_id = ANY($1) OR receipt_id = ANY($2) ORDER BY d.failed_at, dead_letter_id`,
    [[...ids], calls.map((c) => c.receipt.receipt_id)],
  );
  return found.rows.map(storedDeadLetterOf).map(({ original: _o, record_key: _k, ...letter }) => letter);
}

async function readBehind(platform: Platform): Promise<Record<string, number>> {
  const { lag } = await readStatus(platform);
  return Object.fromEntries(lag.map((g) => [g.group, g.lag]));
}
