/**
 * The event log: an ordered, partitioned, durable log of records, read by consumer groups that commit
 * offsets. One port, two engines: Kafka (`kafka/`) and PostgreSQL (`postgres/`). One contract suite,
 * `test/event-log/`, runs against both.
 */

/** A record as a publisher gives it. */
export interface LogRecord {
  /** Records of one key keep their order and share a partition. */
  key: string;
  /** UTF-8 text; `null` is a tombstone: a compacted topic forgets the key. */
  value: string | null;
}

/** The same, whose value may be there in UTF-8 already: nobody else changes the bytes until it is published. */
export interface PublishedRecord {
  key: string;
  value: string | Uint8Array | null;
}

/** A record as a consumer receives it. */
export interface StoredRecord extends LogRecord {
  topic: string;
  partition: number;
  /** Position in the partition: consecutive for a reader's purposes, never reused. */
  offset: bigint;
  /** When the log appended the record (Kafka: the record's timestamp), epoch milliseconds, UTC. */
  appendedAtMs: number;
}

/** Where a published record was stored. */
export interface RecordPosition {
  partition: number;
  offset: bigint;
}

/** What is committed and resolved together: records of one partition, in offset order, never empty. */
export interface RecordBatch {
  topic: string;
  partition: number;
  records: StoredRecord[];
  /** Aborted when the member loses the partition or is stopping by force; work may be given up. */
  signal: AbortSignal;
}

/** A topic as it must exist. */
export interface TopicSpec {
  name: string;
  partitions: number;
  /** Milliseconds; `null` keeps for ever (with `compacted`). */
  retentionMs: number | null;
  /** Keep at least the last record of every key instead of deleting by age. */
  compacted: boolean;
}

export interface ConsumeOptions {
  group: string;
  topics: string[];
  /**
   * Resolves only when the batch's effects are durable; the offsets are committed after that. A throw
   * commits nothing and the batch is delivered again. A `FatalConsumerError` stops the consumer.
   */
  handleBatch: (batch: RecordBatch) => Promise<void>;
  /** Upper bounds of one batch; a single larger record comes alone. Defaults: 1,000 records, 4 MiB. */
  maxBatchRecords?: number;
  maxBatchBytes?: number;
  /** How many partitions are worked on at once by this member. Default 3. */
  concurrency?: number;
  /** How long a member may be silent before others take its partitions. Default 10,000 ms. */
  sessionTimeoutMs?: number;
}

/** A running member of a consumer group. */
export interface Consumer {
  /** Finishes the batches in work, commits them, leaves the group. */
  stop(): Promise<void>;
  /** True while the member is in its group and gets records (or would, were there any). */
  isHealthy(): boolean;
  /** Settles when the consumer has ended: resolves after `stop`, rejects with what ended it otherwise. */
  readonly finished: Promise<void>;
}

/** How far a group is on one partition. Offsets are exclusive ends: the next offset to read or write. */
export interface PartitionLag {
  topic: string;
  partition: number;
  /** `null`: the group has committed nothing here; it will begin at the earliest record. */
  committed: bigint | null;
  /** First offset that retention has left. */
  earliest: bigint;
  end: bigint;
  lag: bigint;
}

/** Where a group is to read from: the earliest kept record, an instant (records appended at or after
 * it, epoch milliseconds), the end, or given offsets of named partitions. */
export type ResetTarget =
  | { to: 'earliest' }
  | { to: 'latest' }
  | { to: 'instant'; atMs: number }
  | { to: 'offsets'; offsets: { partition: number; offset: bigint }[] };

export interface EventLog {
  /** Which engine this is, for status pages. */
  readonly engine: 'kafka' | 'postgres';
  /**
   * Resolves when every record is durable (Kafka: on all in-sync replicas), with the position of each,
   * in the order given.
   * @throws RecordTooLargeError names the record; nothing of the call is stored
   * @throws PublishError not known to be durable; some of the records may be stored
   */
  publish(topic: string, records: readonly PublishedRecord[]): Promise<RecordPosition[]>;
  /** Joins the group and begins to deliver. */
  consume(options: ConsumeOptions): Promise<Consumer>;
  /** Creates the topics that are missing and brings retention of existing ones to the specification; safe
   * at any time and from several processes at once. Never removes records or partitions by itself. */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  /** Names of the given topics that do not exist. */
  missingTopics(names: readonly string[]): Promise<string[]>;
  /** Lag of a group over all partitions of the topics. */
  lag(group: string, topics: readonly string[]): Promise<PartitionLag[]>;
  /** Moves a group that has no running members. @throws GroupActiveError while it has some */
  resetOffsets(group: string, topic: string, target: ResetTarget): Promise<void>;
  /** One record by its position; `undefined` when retention or compaction has removed it. */
  read(topic: string, position: RecordPosition): Promise<StoredRecord | undefined>;
  /** Resolves when the log answers now. @throws any error when it does not within `timeoutMs` */
  ping(timeoutMs: number): Promise<void>;
  /** Applies retention and compaction where the engine does not do it by itself (PostgreSQL). */
  maintain(): Promise<void>;
  /** Waits for publishes under way, then lets go of every connection. Consumers must be stopped before. */
  close(): Promise<void>;
}
