import type { Pool } from 'pg';
import { onConnection } from './pool.js';

const STEP = 5_000;
/** How long a tombstone is kept on a compacted topic, so that every consumer sees it: Kafka's default. */
const TOMBSTONE_KEPT = `interval '1 day'`;

interface Partition {
  topicId: number;
  partition: number;
  retentionMs: string | null;
  compacted: boolean;
  end: string;
  earliest: string;
  compactedTo: string;
}

/**
 * Removes what retention and compaction allow to remove, in small steps that hold up nobody; one process
 * at a time (another's call returns at once).
 */
export function maintain(pool: Pool): Promise<void> {
  return onConnection(pool, async (guard) => {
    const { rows } = await guard.query<{ mine: boolean }>(
      `SELECT pg_try_advisory_lock(hashtextextended('event_log.maintain', 0)) AS mine`,
    );
    if (!rows[0]?.mine) return;
    try {
      for (const partition of await partitions(pool)) await maintainPartition(pool, partition);
    } finally {
      await guard.query(`SELECT pg_advisory_unlock(hashtextextended('event_log.maintain', 0))`);
    }
  });
}

async function partitions(pool: Pool): Promise<Partition[]> {
  const { rows } = await pool.query<Partition>(
    `SELECT topic_id AS "topicId", partition, retention_ms AS "retentionMs", compacted, next_offset AS "end",
            earliest_offset AS earliest, compacted_to AS "compactedTo"
     FROM event_log.topics JOIN event_log.partitions USING (topic_id) ORDER BY topic_id, partition`,
  );
  return rows;
}

async function maintainPartition(pool: Pool, partition: Partition): Promise<void> {
  if (partition.retentionMs !== null) await removeOld(pool, partition, partition.retentionMs);
  if (partition.compacted) {
    await keepLastOfEachKey(pool, partition);
    await removeTombstones(pool, partition);
  }
}

async function removeOld(pool: Pool, partition: Partition, retentionMs: string): Promise<void> {
  const { topicId, partition: number, end } = partition;
  // The first record to keep; when all may go, the end as it was read before: what came since is younger.
  const { rows } = await pool.query<{ keep: string | null }>(
    `SELECT "offset" AS keep FROM event_log.records
     WHERE topic_id = $1 AND partition = $2 AND appended_at >= clock_timestamp() - $3::bigint * interval '1 ms'
     ORDER BY "offset" LIMIT 1`,
    [topicId, number, retentionMs],
  );
  const keep = rows[0]?.keep ?? end;
  if (BigInt(keep) <= BigInt(partition.earliest)) return;
  // First nobody is told to begin here any more, then the records go.
  await pool.query(
    `UPDATE event_log.partitions SET earliest_offset = $3
     WHERE topic_id = $1 AND partition = $2 AND earliest_offset < $3`,
    [topicId, number, keep],
  );
  await inSteps(() =>
    pool.query(
      `DELETE FROM event_log.records WHERE topic_id = $1 AND partition = $2 AND "offset" IN (
         SELECT "offset" FROM event_log.records
         WHERE topic_id = $1 AND partition = $2 AND "offset" < $3 ORDER BY "offset" LIMIT ${STEP})`,
      [topicId, number, keep],
    ),
  );
}

/** Goes over the records since the last time and removes, for each of their keys, all but the last. */
async function keepLastOfEachKey(
  pool: Pool,
  { topicId, partition, end, compactedTo }: Partition,
): Promise<void> {
  for (let from = BigInt(compactedTo); from < BigInt(end); from += BigInt(STEP)) {
    const to = from + BigInt(STEP) < BigInt(end) ? from + BigInt(STEP) : BigInt(end);
    await pool.query(
      `WITH latest AS (
         SELECT key, max("offset") AS "offset" FROM event_log.records
         WHERE topic_id = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4 GROUP BY key
       ), removed AS (
         DELETE FROM event_log.records AS old USING latest
         WHERE old.topic_id = $1 AND old.partition = $2 AND old.compacted
           AND hashtextextended(old.key, 0) = hashtextextended(latest.key, 0)
           AND old.key = latest.key AND old."offset" < latest."offset"
       )
       UPDATE event_log.partitions SET compacted_to = $4 WHERE topic_id = $1 AND partition = $2`,
      [topicId, partition, from.toString(), to.toString()],
    );
  }
}

/** A tombstone that compaction has passed is the last record of its key: after a while it may go too. */
async function removeTombstones(pool: Pool, { topicId, partition, end }: Partition): Promise<void> {
  await inSteps(() =>
    pool.query(
      `DELETE FROM event_log.records WHERE topic_id = $1 AND partition = $2 AND "offset" IN (
         SELECT "offset" FROM event_log.records
         WHERE topic_id = $1 AND partition = $2 AND compacted AND value IS NULL AND "offset" < $3
           AND appended_at < clock_timestamp() - ${TOMBSTONE_KEPT}
         ORDER BY "offset" LIMIT ${STEP})`,
      [topicId, partition, end],
    ),
  );
}

async function inSteps(step: () => Promise<{ rowCount: number | null }>): Promise<void> {
  while (((await step()).rowCount ?? 0) === STEP);
}
