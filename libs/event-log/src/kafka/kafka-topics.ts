/** Topics brought to their specification: created, or their retention altered. */
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import type { TopicSpec } from '../event-log.js';
import type { LogSink } from '../log-sink.js';
import { countBrokers, partitionsOf, withAdmin } from './kafka-admin.js';
import { isProtocolError } from './protocol-error.js';

export interface Replication {
  /** `undefined`: three, or as many as there are brokers. */
  replication: number | undefined;
  /** `undefined`: 2 with three replicas or more, otherwise 1. */
  minInsyncReplicas: number | undefined;
}

type Settings = Record<string, string>;

const TOPIC = kafkajs.ConfigResourceTypes.TOPIC;
const OWN = kafkajs.ConfigSource.TOPIC_CONFIG;

function retention({ retentionMs, compacted }: TopicSpec): Settings {
  const cleanup = compacted ? (retentionMs === null ? 'compact' : 'compact,delete') : 'delete';
  return { 'cleanup.policy': cleanup, 'retention.ms': String(retentionMs ?? -1) };
}

/** Creates what is missing, several processes at once included, and alters retention that differs. */
export async function bringTopicsTo(
  kafka: Kafka,
  specs: readonly TopicSpec[],
  { replication, minInsyncReplicas }: Replication,
  logger: LogSink,
): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    const partitions = await partitionsOf(
      kafka,
      specs.map(({ name }) => name),
    );
    const missing = specs.filter(({ name }) => !partitions.has(name));
    if (missing.length > 0) {
      const replicas = replication ?? Math.min(3, await countBrokers(kafka));
      const minInsync = minInsyncReplicas ?? (replicas >= 3 ? 2 : 1);
      await createTopics(admin, missing, replicas, minInsync);
    }
    for (const spec of specs) {
      const existing = partitions.get(spec.name);
      if (existing !== undefined) await alterTopic(admin, spec, existing, logger);
    }
  });
}

async function createTopics(
  admin: Admin,
  specs: TopicSpec[],
  replicationFactor: number,
  minInsync: number,
): Promise<void> {
  const topics = specs.map((spec) => ({
    topic: spec.name,
    numPartitions: spec.partitions,
    replicationFactor,
    configEntries: entries({
      ...retention(spec),
      'min.insync.replicas': String(minInsync),
      // Retention and resets go by when the log took the record, not by a publisher's clock.
      'message.timestamp.type': 'LogAppendTime',
    }),
  }));
  try {
    await admin.createTopics({ topics });
  } catch (error) {
    const errors = error instanceof kafkajs.KafkaJSAggregateError ? error.errors : [error];
    const others = errors.filter((one) => !isProtocolError(one, ['TOPIC_ALREADY_EXISTS']));
    if (others.length === 0) return;
    // Of a topic that was just made a broker may not know yet: whoever asks again finds it there
    if (others.every((one) => one instanceof Error && 'retriable' in one && one.retriable === true))
      throw others[0];
    throw new Error(`topics cannot be created: ${errors.map(String).join('; ')}`, { cause: error });
  }
}

async function alterTopic(admin: Admin, spec: TopicSpec, partitions: number, logger: LogSink): Promise<void> {
  const resource = { type: TOPIC, name: spec.name };
  const { resources } = await admin.describeConfigs({ resources: [resource], includeSynonyms: false });
  const own = (resources[0]?.configEntries ?? []).filter(({ configSource }) => configSource === OWN);
  const current = Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
  const wanted = retention(spec);
  if (Object.entries(wanted).some(([name, value]) => current[name] !== value)) {
    // This request replaces all settings of the topic, so the others are sent along.
    const configEntries = entries({ ...current, ...wanted });
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries }] });
  }
  if (partitions !== spec.partitions) {
    // More partitions would send keys elsewhere, and fewer there cannot be: that is the operator's decision.
    logger.warn(
      { topic: spec.name, partitions, specified: spec.partitions },
      'partitions differ; left alone',
    );
  }
}

function entries(settings: Settings): { name: string; value: string }[] {
  return Object.entries(settings).map(([name, value]) => ({ name, value }));
}
