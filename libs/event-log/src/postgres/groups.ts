import type { Pool, PoolClient } from 'pg';
import { GroupActiveError } from '../errors.js';
import type { PartitionLag, RecordPosition, ResetTarget } from '../event-log.js';
import { removeExpired } from './membership.js';
import { inTransaction, lockGroup } from './pool.js';
import type { Topic } from './topics.js';

interface LagRow {
  partition: number;
  committed: string | null;
  earliest: string;
  end: string;
}

/** How far the group is on every partition of the topic. */
export async function groupLag(pool: Pool, group: string, topic: Topic): Promise<PartitionLag[]> {
  const { rows } = await pool.query<LagRow>({
    name: 'event_log_lag',
    text: `SELECT p.partition, g.committed, p.earliest_offset AS earliest, p.next_offset AS "end"
           FROM event_log.partitions AS p
           LEFT JOIN event_log.group_partitions AS g
             ON g."group" = $1 AND g.topic_id = p.topic_id AND g.partition = p.partition
           WHERE p.topic_id = $2 ORDER BY p.partition`,
    values: [group, topic.id],
  });
  return rows.map((row) => {
    const committed = row.committed === null ? null : BigInt(row.committed);
    const earliest = BigInt(row.earliest);
    const end = BigInt(row.end);
    const next = committed !== null && committed > earliest ? committed : earliest;
    return {
      topic: topic.name,
      partition: row.partition,
      committed,
      earliest,
      end,
      lag: end > next ? end - next : 0n,
    };
  });
}

/**
 * Moves a group that has no running members; the lock keeps any from joining meanwhile.
 * @throws GroupActiveError, or RangeError for an offset that the partition does not have
 */
export async function moveGroup(pool: Pool, group: string, topic: Topic, target: ResetTarget): Promise<void> {
  await inTransaction(pool, async (client) => {
    await lockGroup(client, group);
    await removeExpired(client, group);
    const members = await client.query(`SELECT FROM event_log.members WHERE "group" = $1 LIMIT 1`, [group]);
    if (members.rowCount !== 0) throw new GroupActiveError(group);
    const targets = await targetOffsets(client, topic, target);
    await client.query(
      `INSERT INTO event_log.group_partitions AS g ("group", topic_id, partition, committed)
       SELECT $1, $2, target.partition, target."offset"
       FROM unnest($3::int[], $4::bigint[]) AS target (partition, "offset")
       ON CONFLICT ("group", topic_id, partition)
         DO UPDATE SET committed = excluded.committed, owner = NULL, epoch = g.epoch + 1`,
      [group, topic.id, targets.map((each) => each.partition), targets.map((each) => each.offset)],
    );
  });
}

async function targetOffsets(
  client: PoolClient,
  topic: Topic,
  target: ResetTarget,
): Promise<{ partition: number; offset: string }[]> {
  if (target.to === 'offsets') return checkedOffsets(client, topic, target.offsets);
  // Appended later means a higher offset, so the first record at or after the instant is the lowest of them.
  const offsets = {
    earliest: 'p.earliest_offset',
    latest: 'p.next_offset',
    instant: `coalesce((SELECT r."offset" FROM event_log.records AS r
                        WHERE r.topic_id = p.topic_id AND r.partition = p.partition
                          AND r.appended_at >= timestamptz 'epoch' + $2::bigint * interval '1 ms'
                        ORDER BY r."offset" LIMIT 1), p.next_offset)`,
  } satisfies Record<Exclude<ResetTarget['to'], 'offsets'>, string>;
  const { rows } = await client.query<{ partition: number; offset: string }>(
    `SELECT p.partition, ${offsets[target.to]} AS "offset" FROM event_log.partitions AS p WHERE p.topic_id = $1`,
    target.to === 'instant' ? [topic.id, Math.ceil(target.atMs)] : [topic.id],
  );
  return rows;
}

async function checkedOffsets(
  client: PoolClient,
  topic: Topic,
  offsets: readonly RecordPosition[],
): Promise<{ partition: number; offset: string }[]> {
  const { rows } = await client.query<{ partition: number; earliest: string; end: string }>(
    `SELECT partition, earliest_offset AS earliest, next_offset AS "end"
     FROM event_log.partitions WHERE topic_id = $1`,
    [topic.id],
  );
  return offsets.map(({ partition, offset }) => {
    const bound = rows.find((row) => row.partition === partition);
    if (!bound || offset < BigInt(bound.earliest) || offset > BigInt(bound.end)) {
      throw new RangeError(`partition ${partition} of ${topic.name} has no offset ${offset}`);
    }
    return { partition, offset: offset.toString() };
  });
}
