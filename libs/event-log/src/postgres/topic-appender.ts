import type { Pool } from 'pg';
import type { PublishedRecord, RecordPosition } from '../event-log.js';
import { PublishError, RecordTooLargeError } from '../errors.js';
import { partitionOf } from '../partitioner.js';
import { escapeNul } from './nul-escape.js';
import type { Topic, Topics } from './topics.js';

/** Key and value of one record together, as Kafka's default. */
const LIMIT_BYTES = 1024 * 1024;
const MAX_STATEMENT_RECORDS = 5_000;
const MAX_STATEMENT_BYTES = 8 * 1024 * 1024;

/** One publish call that waits for its statement. */
interface Call {
  records: readonly PublishedRecord[];
  sizeBytes: number;
  resolve: (positions: RecordPosition[]) => void;
  reject: (error: Error) => void;
}

/**
 * The row locks are taken in order of the partition, so appenders do not deadlock, and kept to the end of
 * the transaction: whoever sees a record or a next_offset sees everything before it. Offsets are given from
 * the locked row, the time after the lock, so both ascend together.
 */
const APPEND = `
  WITH locked AS (
    SELECT partition FROM event_log.partitions
    WHERE topic_id = $1 AND partition = ANY ($2::int[]) ORDER BY partition FOR UPDATE
  ), moved AS (
    UPDATE event_log.partitions AS p SET next_offset = p.next_offset + added.records
    FROM locked JOIN unnest($2::int[], $3::int[]) AS added (partition, records) USING (partition)
    WHERE p.topic_id = $1 AND p.partition = locked.partition
    RETURNING p.partition, p.next_offset - added.records AS first
  ), stored AS (
    INSERT INTO event_log.records (topic_id, partition, "offset", key, value, appended_at, compacted)
    SELECT $1, moved.partition, moved.first + r.place, r.key, r.value,
           date_trunc('milliseconds', clock_timestamp()), $8
    FROM unnest($4::int[], $5::int[], $6::text[], $7::text[]) AS r (partition, place, key, value)
    JOIN moved USING (partition)
  )
  SELECT partition, first FROM moved`;

/**
 * Appends to one topic. Calls that come while a statement is under way are stored together by the next one:
 * they share its commit, as with a database's group commit, and keep their order.
 */
export class TopicAppender {
  private readonly waiting: Call[] = [];
  private running: Promise<void> | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly topics: Topics,
    private readonly name: string,
    private readonly onAppended: () => void,
  ) {}

  /** @throws RecordTooLargeError, PublishError */
  async append(records: readonly PublishedRecord[]): Promise<RecordPosition[]> {
    const sizeBytes = sizeOf(this.name, records);
    if (records.length === 0) return [];
    return new Promise((resolve, reject) => {
      this.waiting.push({ records, sizeBytes, resolve, reject });
      this.running ??= this.drain();
    });
  }

  /** Resolves when no call is under way. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const calls = this.nextCalls();
      try {
        const positions = await this.store(calls.flatMap((call) => call.records));
        let at = 0;
        for (const call of calls) call.resolve(positions.slice(at, (at += call.records.length)));
        this.onAppended();
      } catch (cause) {
        const message = cause instanceof Error ? cause.message || cause.name : String(cause);
        for (const call of calls) call.reject(new PublishError(this.name, message, { cause }));
      }
    }
    // In the same step as the last look: whoever comes a step later begins anew
    this.running = undefined;
  }

  private nextCalls(): Call[] {
    let records = 0;
    let bytes = 0;
    let count = 0;
    for (const call of this.waiting) {
      records += call.records.length;
      bytes += call.sizeBytes;
      if (count > 0 && (records > MAX_STATEMENT_RECORDS || bytes > MAX_STATEMENT_BYTES)) break;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  private async store(records: readonly PublishedRecord[]): Promise<RecordPosition[]> {
    const topic = await this.topics.get(this.name);
    const placed = place(records, topic);
    const { rows } = await this.pool.query<[partition: number, first: string]>({
      name: 'event_log_append',
      text: APPEND,
      values: [
        topic.id,
        [...placed.counts.keys()],
        [...placed.counts.values()],
        placed.partitions,
        placed.places,
        records.map((record) => escapeNul(record.key)),
        records.map((record) => (record.value === null ? null : escapeNul(textOf(record.value)))),
        topic.compacted,
      ],
      rowMode: 'array',
    });
    if (rows.length !== placed.counts.size) throw new Error('a partition is missing');
    const firsts = new Map(rows.map(([partition, first]) => [partition, BigInt(first)]));
    return placed.partitions.map((partition, index) => {
      return { partition, offset: firsts.get(partition)! + BigInt(placed.places[index]!) };
    });
  }
}

/** Partition of every record, and its place among those of the call that share it. */
function place(
  records: readonly PublishedRecord[],
  topic: Topic,
): { partitions: number[]; places: number[]; counts: Map<number, number> } {
  const counts = new Map<number, number>();
  const places: number[] = [];
  const partitions = records.map(({ key }) => {
    const partition = partitionOf(key, topic.partitions);
    const before = counts.get(partition) ?? 0;
    places.push(before);
    counts.set(partition, before + 1);
    return partition;
  });
  return { partitions, places, counts };
}

function sizeOf(topic: string, records: readonly PublishedRecord[]): number {
  let total = 0;
  for (const [index, { key, value }] of records.entries()) {
    const size = Buffer.byteLength(key) + (value === null ? 0 : Buffer.byteLength(value));
    if (size > LIMIT_BYTES) throw new RecordTooLargeError(topic, index, size, LIMIT_BYTES);
    total += size;
  }
  return total;
}

function textOf(value: string | Uint8Array): string {
  if (typeof value === 'string') return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();
}
