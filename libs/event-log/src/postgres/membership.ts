import type { Pool, PoolClient } from 'pg';
import { fairShare, type GroupPartition } from './fair-share.js';
import { inTransaction, lockGroup } from './pool.js';
import type { Topic } from './topics.js';

/** A member of a group, as it writes itself down. */
export interface Member {
  id: string;
  group: string;
  topics: readonly Topic[];
  sessionTimeoutMs: number;
}

/** The right to work on a partition, until another epoch begins. */
export interface LeaseKey {
  topicId: number;
  partition: number;
  epoch: bigint;
}

/** What the tables say after a member has shown itself. */
export interface Standing {
  /** Every partition that is its own now; the newly claimed ones with an epoch it does not know yet. */
  owned: (LeaseKey & { committed: bigint | null })[];
  /** How many partitions of each topic it should give up. */
  surplus: Map<number, number>;
  /** Milliseconds until the first other member runs out of time if it stays silent; `undefined`: no others. */
  nextExpiryMs: number | undefined;
}

interface PartitionRow {
  topicId: number;
  partition: number;
  owner: string | null;
  epoch: string;
  committed: string | null;
}

/**
 * Heartbeat and claim in one: prolongs the member's time (or lets it join), removes members whose time has
 * run out, and takes what is free up to its fair share. What it takes gets a new epoch.
 *
 * @param held what the member believes to own; anything else that is in its name is claimed anew
 */
export function heartbeat(pool: Pool, member: Member, held: readonly LeaseKey[]): Promise<Standing> {
  return inTransaction(pool, async (client) => {
    await lockGroup(client, member.group);
    const others = await prolong(client, member);
    const rows = await partitionsOf(client, member);
    const known = new Set(held.map((each) => `${each.topicId}/${each.partition}/${each.epoch}`));
    const partitions: (GroupPartition & { row: PartitionRow })[] = rows.map((row) => {
      const mineButUnknown =
        row.owner === member.id && !known.has(`${row.topicId}/${row.partition}/${row.epoch}`);
      return {
        topicId: row.topicId,
        partition: row.partition,
        owner: mineButUnknown ? null : row.owner,
        row,
      };
    });
    const subscribers = new Map(
      member.topics.map(({ id, name }) => {
        const theirs = others.filter((other) => other.topics.includes(name)).map((other) => other.id);
        return [id, [member.id, ...theirs]];
      }),
    );
    const share = fairShare(member.id, subscribers, partitions);
    const kept = partitions.filter((each) => each.owner === member.id).map((each) => each.row);
    const claimed = share.claim.length > 0 ? await claim(client, member, share.claim) : [];
    return {
      owned: [...kept, ...claimed].map(({ topicId, partition, epoch, committed }) => {
        return {
          topicId,
          partition,
          epoch: BigInt(epoch),
          committed: committed === null ? null : BigInt(committed),
        };
      }),
      surplus: share.surplus,
      nextExpiryMs: others.length > 0 ? Math.min(...others.map((other) => other.expiresInMs)) : undefined,
    };
  });
}

interface OtherMember {
  id: string;
  topics: string[];
  expiresInMs: number;
}

async function prolong(client: PoolClient, member: Member): Promise<OtherMember[]> {
  await client.query({
    name: 'event_log_prolong',
    text: `INSERT INTO event_log.members (member_id, "group", topics, expires_at)
           VALUES ($1, $2, $3, clock_timestamp() + $4::float8 * interval '1 ms')
           ON CONFLICT (member_id) DO UPDATE SET expires_at = excluded.expires_at`,
    values: [member.id, member.group, member.topics.map(({ name }) => name), member.sessionTimeoutMs],
  });
  await removeExpired(client, member.group);
  const { rows } = await client.query<OtherMember>({
    name: 'event_log_others',
    text: `SELECT member_id AS id, topics,
                  (date_part('epoch', expires_at - clock_timestamp()) * 1000)::float8 AS "expiresInMs"
           FROM event_log.members WHERE "group" = $1 AND member_id <> $2`,
    values: [member.group, member.id],
  });
  return rows;
}

/** Removes the members of a group whose time has run out; their partitions become free. */
export async function removeExpired(client: PoolClient, group: string): Promise<void> {
  const { rowCount } = await client.query({
    name: 'event_log_expire',
    text: `DELETE FROM event_log.members WHERE "group" = $1 AND expires_at < clock_timestamp()`,
    values: [group],
  });
  if (rowCount === 0) return;
  await client.query(
    `UPDATE event_log.group_partitions SET owner = NULL WHERE "group" = $1 AND owner IS NOT NULL
       AND NOT EXISTS (SELECT FROM event_log.members WHERE member_id = owner)`,
    [group],
  );
}

async function partitionsOf(client: PoolClient, member: Member): Promise<PartitionRow[]> {
  const topicIds = member.topics.map(({ id }) => id);
  const read = async (): Promise<PartitionRow[]> => {
    const { rows } = await client.query<PartitionRow>({
      name: 'event_log_group_partitions',
      text: `SELECT topic_id AS "topicId", partition, owner, epoch, committed
             FROM event_log.group_partitions WHERE "group" = $1 AND topic_id = ANY ($2::int[])`,
      values: [member.group, topicIds],
    });
    return rows;
  };
  const rows = await read();
  if (rows.length === member.topics.reduce((sum, { partitions }) => sum + partitions, 0)) return rows;
  await client.query(
    `INSERT INTO event_log.group_partitions ("group", topic_id, partition)
     SELECT $1, topic_id, partition FROM event_log.partitions WHERE topic_id = ANY ($2::int[])
     ON CONFLICT DO NOTHING`,
    [member.group, topicIds],
  );
  return read();
}

async function claim(
  client: PoolClient,
  { id, group }: Member,
  wanted: readonly GroupPartition[],
): Promise<PartitionRow[]> {
  // What is committed is read by the update: a late commit of the owner before comes before it or not at all.
  const { rows } = await client.query<PartitionRow>({
    name: 'event_log_claim',
    text: `UPDATE event_log.group_partitions AS g SET owner = $1, epoch = g.epoch + 1
           FROM unnest($3::int[], $4::int[]) AS wanted (topic_id, partition)
           WHERE g."group" = $2 AND g.topic_id = wanted.topic_id AND g.partition = wanted.partition
           RETURNING g.topic_id AS "topicId", g.partition, g.owner, g.epoch, g.committed`,
    values: [id, group, wanted.map((each) => each.topicId), wanted.map((each) => each.partition)],
  });
  return rows;
}

/**
 * Commits the next offset of a partition.
 * @returns false when the lease is no longer the member's: nothing was committed then
 */
export async function commitOffset(
  pool: Pool,
  { id, group }: Member,
  lease: LeaseKey,
  next: bigint,
): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'event_log_commit',
    text: `UPDATE event_log.group_partitions SET committed = $1
           WHERE "group" = $2 AND topic_id = $3 AND partition = $4 AND owner = $5 AND epoch = $6`,
    values: [next.toString(), group, lease.topicId, lease.partition, id, lease.epoch.toString()],
  });
  return rowCount === 1;
}

/** Gives up partitions, as far as they still are the member's. */
export async function release(pool: Pool, { id, group }: Member, leases: readonly LeaseKey[]): Promise<void> {
  await pool.query({
    name: 'event_log_release',
    text: `UPDATE event_log.group_partitions AS g SET owner = NULL
           FROM unnest($3::int[], $4::int[], $5::bigint[]) AS given (topic_id, partition, epoch)
           WHERE g."group" = $2 AND g.owner = $1 AND g.epoch = given.epoch
             AND g.topic_id = given.topic_id AND g.partition = given.partition`,
    values: [
      id,
      group,
      leases.map((lease) => lease.topicId),
      leases.map((lease) => lease.partition),
      leases.map((lease) => lease.epoch.toString()),
    ],
  });
}

/** Gives up everything and leaves the group. */
export function leave(pool: Pool, { id, group }: Member): Promise<void> {
  return inTransaction(pool, async (client) => {
    await lockGroup(client, group);
    await client.query(
      `UPDATE event_log.group_partitions SET owner = NULL WHERE "group" = $1 AND owner = $2`,
      [group, id],
    );
    await client.query(`DELETE FROM event_log.members WHERE member_id = $1`, [id]);
  });
}
