/**
 * A member of a consumer group on kafkajs. Per chunk, in this order: effects (the handler), commit,
 * resolve, heartbeat. Nothing is committed that the handler has not finished, and nothing at all once the
 * member has lost its place in the group.
 */
import kafkajs from 'kafkajs';
import type { Consumer as KafkaConsumer, EachBatchPayload, Kafka, PartitionAssigner } from 'kafkajs';
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { FatalConsumerError } from '../errors.js';
import type { ConsumeOptions, Consumer } from '../event-log.js';
import { chunksOf, type ChunkBounds } from './batch-chunks.js';
import type { LogSink } from '../log-sink.js';
import { PATIENT, type Prefix } from './kafka-options.js';
import { isProtocolError } from './protocol-error.js';
import { storedRecord } from './stored-record.js';

const MAX_WAIT_MS = 250;
const REBALANCE_TIMEOUT_MS = 30_000;
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 10_000;
const COMMIT_ATTEMPTS = 5;
const JOIN_WAIT_MS = 15_000;
const BYTES_PER_PARTITION = 1024 * 1024;
const BYTES_PER_FETCH = 8 * 1024 * 1024;

// The group forms anew: what is in work may be finished and committed before this member joins again.
const REBALANCING = ['REBALANCE_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP'];
// The group has gone on without this member: its partitions may be another's by now.
const LOST = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'];

/** What holds between two joins of the group. */
interface Membership {
  /** Aborted when the partitions are, or may be, another member's. */
  lost: AbortController;
  /** Set when this member must join again; no new chunk is begun then. */
  rejoin: Error | undefined;
}

function throwIfOver({ rejoin }: Membership): void {
  if (rejoin) throw rejoin;
}

export class GroupMember implements Consumer {
  readonly finished: Promise<void>;
  private readonly consumer: KafkaConsumer;
  private readonly bounds: ChunkBounds;
  private readonly sessionTimeoutMs: number;
  private readonly heartbeatMs: number;
  private readonly joins = new EventEmitter();
  private readonly failures = new Map<string, number>();
  private readonly resumes = new Set<NodeJS.Timeout>();
  private membership: Membership = { lost: new AbortController(), rejoin: undefined };
  private joined = false;
  /** The first join, or the first after a crash, is under way. */
  private joining = false;
  private left = false;
  private lastHeartbeatAt = 0;
  private ending: Promise<void> | undefined;
  private settle!: { resolve: () => void; reject: (error: Error) => void };

  constructor(
    kafka: Kafka,
    private readonly options: ConsumeOptions,
    private readonly prefix: Prefix,
    private readonly logger: LogSink,
  ) {
    this.bounds = {
      maxRecords: options.maxBatchRecords ?? 1_000,
      maxBytes: options.maxBatchBytes ?? 4 * 1024 * 1024,
    };
    this.sessionTimeoutMs = options.sessionTimeoutMs ?? 10_000;
    this.heartbeatMs = Math.max(100, Math.floor(this.sessionTimeoutMs / 10));
    this.finished = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    // Whoever looks at it gets the rejection; nobody has to.
    this.finished.catch((error: unknown) =>
      this.logger.error({ err: error, ...this.fields }, 'consumer ended'),
    );
    this.consumer = kafka.consumer({
      groupId: prefix.on(options.group),
      sessionTimeout: this.sessionTimeoutMs,
      // How long a member may take to finish what is in work when the group forms anew.
      rebalanceTimeout: Math.max(this.sessionTimeoutMs, REBALANCE_TIMEOUT_MS),
      partitionAssigners: [this.assigner],
      heartbeatInterval: this.heartbeatMs,
      maxWaitTimeInMs: MAX_WAIT_MS,
      minBytes: 1,
      maxBytesPerPartition: BYTES_PER_PARTITION,
      maxBytes: BYTES_PER_FETCH,
      metadataMaxAge: 30_000,
      allowAutoTopicCreation: false,
      retry: { ...PATIENT, restartOnFailure: () => Promise.resolve(this.ending === undefined) },
    });
    this.watch();
  }

  private get fields(): object {
    return { group: this.options.group, topics: this.options.topics };
  }

  /** Resolves when the member has joined. @throws what kafkajs says when it cannot */
  async start(): Promise<void> {
    const { topics, concurrency = 3 } = this.options;
    try {
      await this.consumer.connect();
      await this.consumer.subscribe({
        topics: topics.map((topic) => this.prefix.on(topic)),
        fromBeginning: true,
      });
    } catch (error) {
      await this.consumer.disconnect();
      throw error;
    }
    this.joining = true;
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: concurrency,
      eachBatch: (payload) => this.handle(payload),
    });
    if (this.ending) await this.finished;
  }

  /**
   * kafkajs asks for the protocol as it begins to join. Ordinarily nothing is in work then; but it also
   * joins from within a fetch when leaders move, and what is in work at that moment must not be committed
   * in the name of the next generation.
   */
  private readonly assigner: PartitionAssigner = (config) => {
    const roundRobin = kafkajs.PartitionAssigners.roundRobin(config);
    const protocol: typeof roundRobin.protocol = (subscription) => {
      this.membership.lost.abort();
      this.membership = { lost: new AbortController(), rejoin: undefined };
      return roundRobin.protocol(subscription);
    };
    return { ...roundRobin, protocol };
  };

  private watch(): void {
    const { GROUP_JOIN, HEARTBEAT, CRASH } = this.consumer.events;
    this.consumer.on(GROUP_JOIN, () => {
      this.joined = true;
      this.joining = false;
      this.lastHeartbeatAt = Date.now();
      this.joins.emit('settled');
    });
    this.consumer.on(HEARTBEAT, () => (this.lastHeartbeatAt = Date.now()));
    this.consumer.on(CRASH, ({ payload: { error, restart } }) => {
      this.joined = false;
      this.joining = restart;
      this.membership.lost.abort();
      if (!restart) this.joins.emit('settled');
      if (restart) this.logger.warn({ error: error.message, ...this.fields }, 'consumer starts again');
      else if (!this.ending) void this.end(error);
    });
  }

  isHealthy(): boolean {
    return this.joined && !this.ending && Date.now() - this.lastHeartbeatAt < this.sessionTimeoutMs;
  }

  async stop(): Promise<void> {
    await this.end(undefined);
  }

  private end(error: Error | undefined): Promise<void> {
    this.ending ??= this.leave().then(
      () => (error ? this.settle.reject(error) : this.settle.resolve()),
      (leaving: Error) => this.settle.reject(error ?? leaving),
    );
    return this.ending;
  }

  /** kafkajs forgets a member that is stopped while it joins: that has to be over first. */
  private async leave(): Promise<void> {
    for (const timer of this.resumes) clearTimeout(timer);
    if (this.joining) {
      await once(this.joins, 'settled', { signal: AbortSignal.timeout(JOIN_WAIT_MS) }).catch(
        (error: unknown) => {
          this.logger.debug({ error: String(error), ...this.fields }, 'stopped without having joined');
        },
      );
    }
    this.left = true;
    await this.consumer.disconnect();
    this.joined = false;
    this.membership.lost.abort();
  }

  private async handle(payload: EachBatchPayload): Promise<void> {
    const { membership } = this;
    // A TypeError is what ends a kafkajs runner for good, should it have joined after all.
    if (this.left && payload.isRunning()) throw new TypeError('the consumer was stopped');
    throwIfOver(membership);
    const pulse = setInterval(() => void this.beat(payload, membership), this.heartbeatMs);
    try {
      for (const chunk of chunksOf(payload.batch.messages, this.bounds)) {
        if (!payload.isRunning() || payload.isStale() || this.ending || membership.rejoin) break;
        if (!(await this.handleChunk(payload, chunk, membership))) break;
        await this.beat(payload, membership);
      }
      throwIfOver(membership);
    } finally {
      clearInterval(pulse);
    }
  }

  /** Effects, commit, resolve. False when the chunk is to be delivered again. */
  private async handleChunk(
    payload: EachBatchPayload,
    chunk: EachBatchPayload['batch']['messages'],
    membership: Membership,
  ): Promise<boolean> {
    const { topic: clusterTopic, partition } = payload.batch;
    const topic = this.prefix.off(clusterTopic);
    const records = chunk.map((message) => storedRecord(topic, partition, message));
    try {
      await this.options.handleBatch({ topic, partition, records, signal: membership.lost.signal });
    } catch (error) {
      if (error instanceof FatalConsumerError) void this.end(error);
      else this.delay(payload, error);
      return false;
    }
    this.failures.delete(`${topic}/${partition}`);
    const last = chunk.at(-1)!.offset;
    const committed = await this.commit(payload, String(BigInt(last) + 1n), membership);
    if (committed) payload.resolveOffset(last);
    return committed;
  }

  /** Leaves the partition alone for a while; the others go on. */
  private delay(payload: EachBatchPayload, error: unknown): void {
    const { topic, partition } = payload.batch;
    const place = `${this.prefix.off(topic)}/${partition}`;
    const failures = (this.failures.get(place) ?? 0) + 1;
    this.failures.set(place, failures);
    const delayMs = Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), MAX_BACKOFF_MS);
    this.logger.warn(
      { err: error, ...this.fields, partition, failures, delayMs },
      'batch failed, comes again',
    );
    const resume = payload.pause();
    const timer = setTimeout(() => {
      this.resumes.delete(timer);
      resume();
    }, delayMs);
    this.resumes.add(timer);
  }

  /**
   * Commits for this membership only: false when it is over, so that nothing is committed.
   * @throws when the group cannot be reached
   */
  private async commit(payload: EachBatchPayload, offset: string, membership: Membership): Promise<boolean> {
    const { topic, partition } = payload.batch;
    for (let attempt = 1; ; attempt++) {
      if (membership.lost.signal.aborted) return false;
      try {
        await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
        return true;
      } catch (error) {
        this.note(error, membership);
        if (attempt === COMMIT_ATTEMPTS) throw error;
        await sleep(FIRST_BACKOFF_MS * attempt);
      }
    }
  }

  /** A heartbeat, when one is due. */
  private async beat(payload: EachBatchPayload, membership: Membership): Promise<void> {
    if (membership.lost.signal.aborted) return;
    try {
      await payload.heartbeat();
    } catch (error) {
      this.note(error, membership);
      this.logger.debug({ error: String(error), ...this.fields }, 'heartbeat failed');
    }
  }

  private note(error: unknown, membership: Membership): void {
    if (isProtocolError(error, LOST)) membership.lost.abort();
    if (isProtocolError(error, [...LOST, ...REBALANCING])) membership.rejoin ??= error;
  }
}
