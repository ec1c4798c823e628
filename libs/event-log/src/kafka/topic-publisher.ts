/**
 * Publishes to one topic, and resolves only when the brokers have named every batch as durable.
 *
 * kafkajs's own `send` shares one map of answers between its attempts: when a leader moves, it resolves
 * without having written some partitions (its issue 1303). So batches go out one request per leader, and
 * exactly those are confirmed that an answer names without an error; the rest is sent again.
 */
import type { Broker, Cluster, Kafka } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PublishError } from '../errors.js';
import type { PublishedRecord, RecordPosition } from '../event-log.js';
import { clusterOf, sendRaw } from './cluster.js';
import type { LogSink } from '../log-sink.js';
import { decodeProduce, encodeProduce } from './produce-request.js';
import { PublishPlan } from './publish-plan.js';
import type { PartitionBatch } from './record-batch.js';

const PRODUCE = { apiKey: 0, apiVersion: 7, apiName: 'Produce' };
const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1_000;

// Answers that another attempt cannot change.
const FINAL_ERRORS: Record<number, string> = {
  10: 'a batch is larger than the topic takes',
  17: 'the topic name is invalid',
  18: 'a batch is larger than a segment',
  29: 'not authorized for the topic',
  31: 'not authorized for the cluster',
  32: 'the timestamp is out of range',
  43: 'the message format is not supported',
  44: 'a policy of the cluster forbids it',
  87: 'the broker found a record invalid',
};

const NOT_ENOUGH_REPLICAS = [19, 20];

/** Why a batch is not confirmed. */
interface Failure {
  reason: string;
  final: boolean;
  cause?: unknown;
}

export interface PublisherSettings {
  /** Name on the cluster. */
  topic: string;
  /** Name for callers. */
  name: string;
  publishTimeoutMs: number;
  requestTimeoutMs: number;
  /** The topic's max.message.bytes. */
  limitBytes: () => Promise<number>;
  logger: LogSink;
}

export class TopicPublisher {
  private readonly cluster: Cluster;
  private ready: Promise<number> | undefined;

  constructor(
    kafka: Kafka,
    private readonly settings: PublisherSettings,
  ) {
    this.cluster = clusterOf(kafka);
  }

  /**
   * @returns where each record is, in the order given
   * @throws RecordTooLargeError, PublishError
   */
  async publish(records: readonly PublishedRecord[]): Promise<RecordPosition[]> {
    if (records.length === 0) return [];
    const deadline = Date.now() + this.settings.publishTimeoutMs;
    const limitBytes = await this.prepare(deadline);
    const partitions = this.cluster.findTopicPartitionMetadata(this.settings.topic).length;
    const plan = PublishPlan.of(this.settings.name, records, partitions, limitBytes);
    let failures = 0;
    for (let due = plan.due(); due.length > 0; due = plan.due()) {
      const failure = await this.sendOnce(plan, due);
      if (failure) await this.recover(failure, ++failures, deadline);
      else failures = 0;
    }
    return plan.stored();
  }

  async close(): Promise<void> {
    await this.cluster.disconnect();
  }

  /** Connects and learns the topic's limit, once; tries until the deadline. */
  private async prepare(deadline: number): Promise<number> {
    for (let failures = 1; ; failures++) {
      try {
        this.ready ??= this.connect();
        return await this.ready;
      } catch (error) {
        this.ready = undefined;
        await this.recover(failureOf(error), failures, deadline);
      }
    }
  }

  private async connect(): Promise<number> {
    await this.cluster.connect();
    await this.cluster.addTargetTopic(this.settings.topic);
    return this.settings.limitBytes();
  }

  /** Sends each batch to the leader of its partition; resolves to the first failure, if there is one. */
  private async sendOnce(plan: PublishPlan, due: PartitionBatch[]): Promise<Failure | undefined> {
    try {
      await this.cluster.refreshMetadataIfNecessary();
      const answers = await Promise.all(
        this.byLeader(due).map(([leader, batches]) =>
          this.sendTo(leader, plan, batches).catch((error: unknown) => failureOf(error)),
        ),
      );
      return answers.find((failure) => failure?.final) ?? answers.find((failure) => failure !== undefined);
    } catch (error) {
      return failureOf(error);
    }
  }

  private byLeader(due: PartitionBatch[]): [number, PartitionBatch[]][] {
    const metadata = this.cluster.findTopicPartitionMetadata(this.settings.topic);
    const leaderOf = new Map(metadata.map(({ partitionId, leader }) => [partitionId, leader]));
    const groups = new Map<number, PartitionBatch[]>();
    for (const batch of due) {
      const leader = leaderOf.get(batch.partition) ?? -1;
      const group = groups.get(leader);
      if (group) group.push(batch);
      else groups.set(leader, [batch]);
    }
    return [...groups];
  }

  private async sendTo(
    leader: number,
    plan: PublishPlan,
    batches: PartitionBatch[],
  ): Promise<Failure | undefined> {
    const { topic, requestTimeoutMs } = this.settings;
    const broker: Broker = await this.cluster.findBroker({ nodeId: String(leader) });
    const body = encodeProduce(topic, batches, plan.records, requestTimeoutMs, Date.now());
    const { answers } = await sendRaw(broker, { ...PRODUCE, body, decode: decodeProduce });
    let failure: Failure | undefined;
    for (const batch of batches) {
      const answer = answers.find(({ partition }) => partition === batch.partition);
      if (answer?.errorCode === 0) plan.confirm(batch, answer.baseOffset);
      else failure = failureOfCode(batch.partition, answer?.errorCode);
    }
    return failure;
  }

  /** Waits and looks the leaders up again. @throws PublishError when another attempt makes no sense */
  private async recover(failure: Failure, failures: number, deadline: number): Promise<void> {
    const { reason, final, cause } = failure;
    const { name, topic, publishTimeoutMs, logger } = this.settings;
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), MAX_BACKOFF_MS);
    if (final) {
      this.ready = undefined; // the limit may have changed
      throw new PublishError(name, reason, { cause });
    }
    if (Date.now() + backoffMs >= deadline) {
      throw new PublishError(name, `not confirmed within ${publishTimeoutMs} ms: ${reason}`, { cause });
    }
    logger.debug({ topic, reason, failures }, 'publish is tried again');
    await sleep(backoffMs);
    try {
      if (isClosedConnection(cause)) this.cluster.removeBroker(cause);
      if (!this.cluster.isConnected()) await this.cluster.connect();
      if (this.ready) await this.cluster.refreshMetadata();
    } catch (error) {
      // The next attempt meets the same trouble and reports it.
      logger.debug({ topic, error: String(error) }, 'the brokers cannot be asked for the leaders');
    }
  }
}

function failureOf(error: unknown): Failure {
  return { reason: error instanceof Error ? error.message : String(error), final: false, cause: error };
}

function failureOfCode(partition: number, code: number | undefined): Failure {
  if (code === undefined) return { reason: `the answer does not name partition ${partition}`, final: false };
  const final = FINAL_ERRORS[code];
  if (final) return { reason: final, final: true };
  const reason = NOT_ENOUGH_REPLICAS.includes(code) ? 'too few replicas are in sync' : `error ${code}`;
  return { reason: `${reason} (partition ${partition})`, final: false };
}

function isClosedConnection(error: unknown): error is Error & { host: string; port: number } {
  return error instanceof Error && error.name === 'KafkaJSConnectionClosedError';
}
