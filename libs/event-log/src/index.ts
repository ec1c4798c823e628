export type {
  ConsumeOptions,
  Consumer,
  EventLog,
  LogRecord,
  PartitionLag,
  RecordBatch,
  RecordPosition,
  ResetTarget,
  StoredRecord,
  TopicSpec,
} from './event-log.js';
export { FatalConsumerError, GroupActiveError, PublishError, RecordTooLargeError } from './errors.js';
export type { KafkaOptions, LogSink } from './kafka/kafka-options.js';
export { openKafkaLog } from './kafka/kafka-log.js';
