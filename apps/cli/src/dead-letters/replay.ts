import type { Pool } from 'pg';
import type { EventLog, LogRecord } from '#libs/event-log';
import { NO_POSITION } from '#libs/events';
import { publishFitting, type RecordGroup } from '#libs/runtime';
import { conditionOf, type DeadLetterFilter } from './filter.js';
import {
  DEAD_LETTER_COLUMNS,
  storedDeadLetterOf,
  type DeadLetterRow,
  type StoredDeadLetter,
} from './stored-dead-letter.js';

/** What a replay did. */
export interface Replayed {
  /** Published again, by topic. */
  topics: Record<string, number>;
  /** Those that could not be published, and why. */
  failed: { dead_letter_id: string; why: string }[];
}

const CHUNK = 200;

/**
 * Publishes the originals of dead letters to the topics they came from, under their keys, the first that failed
 * first; each is marked as replayed after the log has acknowledged it, so that none is marked that is not on its
 * way. What fails again meanwhile is not touched a second time.
 * @throws PublishError, what the database answered
 */
export async function replay(
  pool: Pool,
  eventLog: EventLog,
  filter: DeadLetterFilter,
  onProgress: (done: number) => void,
): Promise<Replayed> {
  const result: Replayed = { topics: {}, failed: [] };
  const last = await edge(pool, filter);
  let after: Position = { failed_at: '-infinity', dead_letter_id: '' };
  let done = 0;
  while (last) {
    const letters = await readChunk(pool, filter, after, last);
    if (letters.length === 0) break;
    await replayChunk(pool, eventLog, letters, result);
    onProgress((done += letters.length));
    after = letters.at(-1)!;
  }
  return result;
}

/** A place in the order of replay. */
type Position = Pick<StoredDeadLetter, 'failed_at' | 'dead_letter_id'>;

/** The last one there is now. */
async function edge(pool: Pool, filter: DeadLetterFilter): Promise<Position | undefined> {
  const { where, values } = conditionOf(filter);
  const found = await pool.query<DeadLetterRow>(
    `SELECT ${DEAD_LETTER_COLUMNS} FROM tributary.dead_letters d WHERE ${where}
      ORDER BY d.failed_at DESC, dead_letter_id DESC LIMIT 1`,
    values,
  );
  return found.rows.map(storedDeadLetterOf)[0];
}

async function readChunk(
  pool: Pool,
  filter: DeadLetterFilter,
  after: Position,
  last: Position,
): Promise<StoredDeadLetter[]> {
  const { where, values } = conditionOf(filter);
  const n = values.length;
  const found = await pool.query<DeadLetterRow>(
    `SELECT ${DEAD_LETTER_COLUMNS} FROM tributary.dead_letters d
      WHERE ${where} AND (d.failed_at, dead_letter_id) > ($${n + 1}::timestamptz, $${n + 2})
        AND (d.failed_at, dead_letter_id) <= ($${n + 3}::timestamptz, $${n + 4})
      ORDER BY d.failed_at, dead_letter_id LIMIT ${CHUNK}`,
    [...values, after.failed_at, after.dead_letter_id, last.failed_at, last.dead_letter_id],
  );
  return found.rows.map(storedDeadLetterOf);
}

async function replayChunk(
  pool: Pool,
  eventLog: EventLog,
  letters: readonly StoredDeadLetter[],
  result: Replayed,
): Promise<void> {
  for (const topic of new Set(letters.map((l) => l.topic))) {
    const originals: RecordGroup<StoredDeadLetter>[] = [];
    for (const letter of letters.filter((l) => l.topic === topic)) {
      if (letter.app === 'pubsub-bridge') {
        fail(result, letter, 'its original is a message of Pub/Sub, which has to be published there again');
        continue;
      }
      const record = await originalOf(eventLog, letter);
      if (record) originals.push({ origin: letter, records: [record] });
      else fail(result, letter, `only its beginning is kept here, and ${whereTheWholeIs(letter)}`);
    }
    const tooLarge = await publishFitting(eventLog, topic, originals);
    for (const { origin, sizeBytes, limitBytes } of tooLarge) {
      fail(result, origin, `has ${sizeBytes} bytes; the log takes at most ${limitBytes}`);
    }
    const failed = new Set(tooLarge.map((t) => t.origin));
    const published = originals
      .map((o) => o.origin)
      .filter((letter) => !failed.has(letter))
      .map((letter) => letter.dead_letter_id);
    if (published.length === 0) continue;
    await pool.query('UPDATE tributary.dead_letters SET replayed_at = now() WHERE dead_letter_id = ANY($1)', [
      published,
    ]);
    result.topics[topic] = (result.topics[topic] ?? 0) + published.length;
  }
}

/** The record itself where it was too large for a dead letter to hold all of it. */
async function originalOf(eventLog: EventLog, letter: StoredDeadLetter): Promise<LogRecord | undefined> {
  if (!letter.original_truncated) return { key: letter.record_key, value: letter.original };
  const position = { partition: letter.partition, offset: BigInt(letter.record_offset) };
  const record = await eventLog.read(letter.topic, position);
  return record && { key: record.key, value: record.value };
}

function whereTheWholeIs({ record_offset }: StoredDeadLetter): string {
  return BigInt(record_offset) === NO_POSITION.offset
    ? 'the log never had the whole: mend it where it comes from, then have it read again (sources backfill)'
    : 'the log has let go of the whole';
}

function fail(result: Replayed, { dead_letter_id }: StoredDeadLetter, why: string): void {
  result.failed.push({ dead_letter_id, why });
}
