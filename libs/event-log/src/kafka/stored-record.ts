import type { KafkaMessage } from 'kafkajs';
import type { StoredRecord } from '../event-log.js';

/** A record as kafkajs fetched it, as the port names it. */
export function storedRecord(
  topic: string,
  partition: number,
  message: Pick<KafkaMessage, 'key' | 'value' | 'offset' | 'timestamp'>,
): StoredRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key?.toString() ?? '',
    value: message.value?.toString() ?? null,
    appendedAtMs: Number(message.timestamp),
  };
}
