export type {
  ConsumeOptions,
  Consumer,
  EventLog,
  LogRecord,
  PartitionLag,
  PublishedRecord,
  RecordBatch,
  RecordPosition,
  ResetTarget,
  StoredRecord,
  TopicSpec,
} from './event-log.js';
export { FatalConsumerError, GroupActiveError, PublishError, RecordTooLargeError } from './errors.js';
export type { KafkaOptions } from './kafka/kafka-options.js';
export type { LogSink } from './log-sink.js';
export { openKafkaLog } from './kafka/open-kafka-log.js';
export type { PoolSource } from './postgres/pool.js';
export { openPostgresLog, type PostgresLogOptions } from './postgres/postgres-log.js';
export { installPostgresLog, postgresLogMigration } from './postgres/schema.js';
