/** Topics, offsets and single records of a Kafka cluster. Every call opens its own connection. */
import kafkajs, { type Admin, type Cluster, type Kafka } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartitionLag, RecordPosition, ResetTarget, StoredRecord } from '../event-log.js';
import { clusterOf } from './cluster.js';
import { isProtocolError } from './protocol-error.js';
import { storedRecord } from './stored-record.js';

/** Kafka's default of message.max.bytes, where the topic's own may not be read. */
const DEFAULT_LIMIT_BYTES = 1_048_588;
const NO_OFFSET = -1n;
const RETRY_MS = 200;
const RETRY_LIMIT_MS = 30_000;

/** Coordinators load and leaders move for a moment; everything here may be asked again. A cluster that was just started has
 * no coordinator yet, which kafkajs takes for lasting. */
async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (const begin = Date.now(); ; await sleep(RETRY_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error) || Date.now() - begin > RETRY_LIMIT_MS) throw error;
    }
  }
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // What kafkajs has asked for often enough is lasting to it, whatever the broker said; that is in the cause.
  const { cause } = error;
  return (
    isRetriable(error) ||
    (cause instanceof Error && 'type' in cause && isRetriable(cause)) ||
    error.name === 'KafkaJSGroupCoordinatorNotFound'
  );
}

function isRetriable(error: Error): boolean {
  return 'retriable' in error && error.retriable === true;
}

/** Runs against a connected admin client that is closed afterwards; again where the trouble is passing. */
export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  return patiently(async () => {
    const admin = kafka.admin();
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  });
}

/** As `withAdmin`, for requests that the admin client does not have. */
async function withCluster<T>(kafka: Kafka, work: (cluster: Cluster) => Promise<T>): Promise<T> {
  return patiently(async () => {
    const cluster = clusterOf(kafka);
    try {
      await cluster.connect();
      return await work(cluster);
    } finally {
      await cluster.disconnect();
    }
  });
}

/** Resolves when a broker has answered and, where it wants to know, has accepted who asks. */
export async function reachBroker(kafka: Kafka): Promise<void> {
  await withCluster(kafka, () => Promise.resolve());
}

/**
 * How many partitions each of the topics has; what does not exist is left out. Only these are asked for: a topic of
 * somebody else's that has no leader is no trouble of ours. kafkajs's admin client is not asked for metadata: where the
 * broker of its choice refuses it gets `null`, and fails at that without the reason.
 */
export async function partitionsOf(kafka: Kafka, topics: readonly string[]): Promise<Map<string, number>> {
  return withCluster(kafka, async (cluster) => {
    const partitions = new Map<string, number>();
    for (const topic of topics) {
      try {
        await cluster.addTargetTopic(topic);
        partitions.set(topic, cluster.findTopicPartitionMetadata(topic).length);
      } catch (error) {
        if (!isProtocolError(error, ['UNKNOWN_TOPIC_OR_PARTITION'])) throw error;
      }
    }
    return partitions;
  });
}

/** How many brokers the cluster has. */
export async function countBrokers(kafka: Kafka): Promise<number> {
  return withCluster(kafka, async (cluster) => {
    await cluster.refreshMetadata();
    return cluster.getNodeIds().length;
  });
}

/** The largest batch the topic takes, in bytes: its max.message.bytes. */
export async function batchLimit(admin: Admin, topic: string): Promise<number> {
  const resource = {
    type: kafkajs.ConfigResourceTypes.TOPIC,
    name: topic,
    configNames: ['max.message.bytes'],
  };
  try {
    const { resources } = await admin.describeConfigs({ resources: [resource], includeSynonyms: false });
    return Number(resources[0]?.configEntries[0]?.configValue ?? DEFAULT_LIMIT_BYTES);
  } catch (error) {
    if (isProtocolError(error, ['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'])) {
      return DEFAULT_LIMIT_BYTES;
    }
    throw error;
  }
}

/** Lag of a group on one topic, by partition. */
export async function groupLag(admin: Admin, group: string, topic: string): Promise<PartitionLag[]> {
  const bounds = await admin.fetchTopicOffsets(topic);
  const [offsets] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  const committedAt = new Map(
    offsets?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]),
  );
  return bounds
    .map(({ partition, low, high }) => {
      const at = committedAt.get(partition) ?? NO_OFFSET;
      const committed = at < 0n ? null : at;
      const [earliest, end] = [BigInt(low), BigInt(high)];
      const next = committed === null || committed < earliest ? earliest : committed;
      return { topic, partition, committed, earliest, end, lag: end > next ? end - next : 0n };
    })
    .sort((a, b) => a.partition - b.partition);
}

interface PartitionOffset {
  partition: number;
  offset: string;
}

async function offsetsOf(admin: Admin, topic: string, target: ResetTarget): Promise<PartitionOffset[]> {
  if (target.to === 'instant') return admin.fetchTopicOffsetsByTimestamp(topic, target.atMs);
  const bounds = await admin.fetchTopicOffsets(topic);
  if (target.to === 'earliest') return bounds.map(({ partition, low }) => ({ partition, offset: low }));
  if (target.to === 'latest') return bounds.map(({ partition, high }) => ({ partition, offset: high }));
  return target.offsets.map(({ partition, offset }) => {
    const bound = bounds.find((candidate) => candidate.partition === partition);
    // A reader with an offset outside would begin at the earliest record.
    if (!bound || offset < BigInt(bound.low) || offset > BigInt(bound.high)) {
      throw new RangeError(`partition ${partition} of ${topic} has no offset ${offset}`);
    }
    return { partition, offset: String(offset) };
  });
}

/**
 * Moves a group that has no members; false, and nothing done, while it has some. A member that was killed
 * counts until its session timeout. kafkajs's own `setOffsets` joins the group to do it, which takes five
 * seconds; a group without members takes a plain commit.
 * @throws RangeError for an offset that the partition does not have
 */
export async function moveGroup(
  kafka: Kafka,
  group: string,
  topic: string,
  target: ResetTarget,
): Promise<boolean> {
  const partitions = await withAdmin(kafka, async (admin) => {
    const { groups } = await admin.describeGroups([group]);
    const active = !['Empty', 'Dead'].includes(groups[0]?.state ?? 'Dead');
    return active ? undefined : offsetsOf(admin, topic, target);
  });
  if (!partitions) return false;
  if (partitions.length === 0) return true;
  return withCluster(kafka, async (cluster) => {
    await cluster.refreshMetadata();
    const coordinator = await cluster.findGroupCoordinator({ groupId: group });
    const commit = { groupId: group, groupGenerationId: -1, memberId: '', topics: [{ topic, partitions }] };
    try {
      await coordinator.offsetCommit(commit);
      return true;
    } catch (error) {
      // A member joined between the look and the commit.
      if (isProtocolError(error, ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS'])) {
        return false;
      }
      throw error;
    }
  });
}

/** The record at a position; `undefined` when there is none (any more). */
export async function readRecord(
  kafka: Kafka,
  topic: string,
  { partition, offset }: RecordPosition,
): Promise<StoredRecord | undefined> {
  return withCluster(kafka, async (cluster) => {
    await cluster.addTargetTopic(topic);
    const metadata = cluster.findTopicPartitionMetadata(topic).find((p) => p.partitionId === partition);
    if (!metadata) return undefined;
    const leader = await cluster.findBroker({ nodeId: String(metadata.leader) });
    // Of one byte the broker makes one whole batch.
    const partitions = [{ partition, fetchOffset: String(offset), maxBytes: 1 }];
    try {
      const answer = (await leader.fetch({
        maxWaitTime: 100,
        minBytes: 1,
        topics: [{ topic, partitions }],
      })) as {
        responses: { partitions: { messages: Parameters<typeof storedRecord>[2][] }[] }[];
      };
      const messages = answer.responses[0]?.partitions[0]?.messages ?? [];
      const found = messages.find((message) => BigInt(message.offset) === offset);
      return found && storedRecord(topic, partition, found);
    } catch (error) {
      if (error instanceof Error && error.name === 'KafkaJSOffsetOutOfRange') return undefined;
      throw error;
    }
  });
}
