import type {
  ConsumeOptions,
  Consumer,
  EventLog,
  PublishedRecord,
  PartitionLag,
  RecordPosition,
} from '../event-log.js';
import type { ResetTarget, StoredRecord, TopicSpec } from '../event-log.js';
import { GroupActiveError } from '../errors.js';
import {
  batchLimit,
  groupLag,
  moveGroup,
  partitionsOf,
  reachBroker,
  readRecord,
  withAdmin,
} from './kafka-admin.js';
import { GroupMember } from './kafka-consumer.js';
import { FEW_RETRIES, PATIENT, Prefix, createKafka, type KafkaOptions } from './kafka-options.js';
import { bringTopicsTo } from './kafka-topics.js';
import { TopicPublisher } from './topic-publisher.js';

/** @throws Error when no broker answers */
export async function connectKafkaLog(options: KafkaOptions): Promise<EventLog> {
  const log = new KafkaLog(options);
  await log.connect();
  return log;
}

class KafkaLog implements EventLog {
  readonly engine = 'kafka';
  private readonly prefix: Prefix;
  private readonly publishers = new Map<string, TopicPublisher>();
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly options: KafkaOptions) {
    this.prefix = new Prefix(options.topicPrefix ?? '');
  }

  private client() {
    return createKafka(this.options, FEW_RETRIES);
  }

  /** So that a wrong address or password is known at the start. */
  async connect(): Promise<void> {
    await reachBroker(this.client());
  }

  async publish(topic: string, records: readonly PublishedRecord[]): Promise<RecordPosition[]> {
    const publishing = this.publisher(topic).publish(records);
    this.underWay.add(publishing);
    try {
      return await publishing;
    } finally {
      this.underWay.delete(publishing);
    }
  }

  private publisher(name: string): TopicPublisher {
    let publisher = this.publishers.get(name);
    if (!publisher) {
      const topic = this.prefix.on(name);
      publisher = new TopicPublisher(this.client(), {
        topic,
        name,
        publishTimeoutMs: this.options.publishTimeoutMs ?? 15_000,
        requestTimeoutMs: this.options.requestTimeoutMs ?? 5_000,
        limitBytes: () => withAdmin(this.client(), (admin) => batchLimit(admin, topic)),
        logger: this.options.logger,
      });
      this.publishers.set(name, publisher);
    }
    return publisher;
  }

  async consume(options: ConsumeOptions): Promise<Consumer> {
    const { logger } = this.options;
    const member = new GroupMember(createKafka(this.options, PATIENT), options, this.prefix, logger);
    await member.start();
    return member;
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    const prefixed = specs.map((spec) => ({ ...spec, name: this.prefix.on(spec.name) }));
    const { replication, minInsyncReplicas, logger } = this.options;
    await bringTopicsTo(this.client(), prefixed, { replication, minInsyncReplicas }, logger);
  }

  async missingTopics(names: readonly string[]): Promise<string[]> {
    const existing = await partitionsOf(
      this.client(),
      names.map((name) => this.prefix.on(name)),
    );
    return names.filter((name) => !existing.has(this.prefix.on(name)));
  }

  async lag(group: string, topics: readonly string[]): Promise<PartitionLag[]> {
    const rows = await withAdmin(this.client(), (admin) =>
      Promise.all(topics.map((topic) => groupLag(admin, this.prefix.on(group), this.prefix.on(topic)))),
    );
    return rows.flat().map((row) => ({ ...row, topic: this.prefix.off(row.topic) }));
  }

  async resetOffsets(group: string, topic: string, target: ResetTarget): Promise<void> {
    const moved = await moveGroup(this.client(), this.prefix.on(group), this.prefix.on(topic), target);
    if (!moved) throw new GroupActiveError(group);
  }

  async read(topic: string, position: RecordPosition): Promise<StoredRecord | undefined> {
    const record = await readRecord(this.client(), this.prefix.on(topic), position);
    return record && { ...record, topic };
  }

  async ping(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Kafka did not answer within ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      await Promise.race([this.connect(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Kafka applies retention and compaction by itself. */
  async maintain(): Promise<void> {}

  async close(): Promise<void> {
    await Promise.allSettled(this.underWay);
    await Promise.all(Array.from(this.publishers.values(), (publisher) => publisher.close()));
  }
}
