import type { EventLog } from '../event-log.js';
import type { KafkaOptions } from './kafka-options.js';

/**
 * The event log on Kafka (2.1 and later; measured on 4.1). kafkajs is loaded with it.
 * @throws Error when no broker answers
 */
export async function openKafkaLog(options: KafkaOptions): Promise<EventLog> {
  const { connectKafkaLog } = await import('./kafka-log.js');
  return connectKafkaLog(options);
}
