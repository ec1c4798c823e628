import type { Pool } from 'pg';
import type { RecordPosition, StoredRecord } from '../event-log.js';
import { unescapeNul } from './nul-escape.js';
import type { Topic } from './topics.js';

type Row = [offset: string, key: string, value: string | null, appendedAt: number];

/** Where a batch begins and how large it may be. */
export interface BatchRange {
  partition: number;
  /** The first offset wanted; when it is gone, the batch begins with the next one there is. */
  from: bigint;
  maxRecords: number;
  /** Of keys and values; a larger record comes alone. */
  maxBytes: number;
}

const FETCH = `
  SELECT "offset", key, value, appended_at FROM (
    SELECT "offset", key, value, floor(date_part('epoch', appended_at) * 1000 + 0.5) AS appended_at, size,
           sum(size) OVER (ORDER BY "offset") AS total
    FROM (SELECT *, 1 + octet_length(key) + coalesce(octet_length(value), 0) AS size
          FROM event_log.records
          WHERE topic_id = $1 AND partition = $2 AND "offset" >= $3
          ORDER BY "offset" LIMIT $4) AS counted
  ) AS summed
  WHERE total <= $5 OR total = size
  ORDER BY "offset"`;

/**
 * Reads the next records of a partition, in offset order; none when there are none. Appends to a partition
 * become visible in offset order, so what is not there now at a lower offset never will be.
 */
export async function fetchRecords(pool: Pool, topic: Topic, range: BatchRange): Promise<StoredRecord[]> {
  const { rows } = await pool.query<Row>({
    name: 'event_log_fetch',
    text: FETCH,
    values: [topic.id, range.partition, range.from.toString(), range.maxRecords, range.maxBytes],
    rowMode: 'array',
  });
  return rows.map((row) => storedRecord(topic.name, range.partition, row));
}

/** The record at exactly this position, if it is still there. */
export async function readRecord(
  pool: Pool,
  topic: Topic,
  { partition, offset }: RecordPosition,
): Promise<StoredRecord | undefined> {
  const { rows } = await pool.query<Row>({
    name: 'event_log_read',
    text: `SELECT "offset", key, value, floor(date_part('epoch', appended_at) * 1000 + 0.5)
           FROM event_log.records WHERE topic_id = $1 AND partition = $2 AND "offset" = $3`,
    values: [topic.id, partition, offset.toString()],
    rowMode: 'array',
  });
  return rows[0] && storedRecord(topic.name, partition, rows[0]);
}

function storedRecord(
  topic: string,
  partition: number,
  [offset, key, value, appendedAtMs]: Row,
): StoredRecord {
  return {
    topic,
    partition,
    offset: BigInt(offset),
    key: unescapeNul(key),
    value: value === null ? null : unescapeNul(value),
    appendedAtMs,
  };
}

/** The next offset of every partition of the topics, by `topicId/partition`. */
export async function readEnds(pool: Pool, topicIds: readonly number[]): Promise<Map<string, bigint>> {
  const { rows } = await pool.query<[topicId: number, partition: number, next: string]>({
    name: 'event_log_ends',
    text: `SELECT topic_id, partition, next_offset FROM event_log.partitions WHERE topic_id = ANY ($1::int[])`,
    values: [topicIds],
    rowMode: 'array',
  });
  return new Map(rows.map(([topicId, partition, next]) => [`${topicId}/${partition}`, BigInt(next)]));
}
