/**
 * The Produce request (version 7, Kafka 2.1 and later), acks = all in-sync replicas.
 * Source: https://kafka.apache.org/protocol#The_Messages_Produce
 */
import type { PublishedRecord } from '../event-log.js';
import { writeBatch, type PartitionBatch } from './record-batch.js';

/** What a broker said of one partition. */
export interface PartitionAnswer {
  partition: number;
  /** 0 is success; otherwise https://kafka.apache.org/protocol#protocol_error_codes */
  errorCode: number;
  baseOffset: bigint;
}

const ACKS_ALL = -1;

/** The request's body: one batch for each of the partitions. */
export function encodeProduce(
  topic: string,
  batches: readonly PartitionBatch[],
  records: readonly PublishedRecord[],
  timeoutMs: number,
  timestampMs: number,
): Buffer {
  const topicLength = Buffer.byteLength(topic);
  let size = 2 + 2 + 4 + 4 + (2 + topicLength) + 4;
  for (const batch of batches) size += 4 + 4 + batch.sizeBytes;
  const bytes = Buffer.allocUnsafe(size);
  let at = bytes.writeInt16BE(-1, 0); // no transaction
  at = bytes.writeInt16BE(ACKS_ALL, at);
  at = bytes.writeInt32BE(timeoutMs, at);
  at = bytes.writeInt32BE(1, at); // topics
  at = bytes.writeInt16BE(topicLength, at);
  at += bytes.write(topic, at);
  at = bytes.writeInt32BE(batches.length, at);
  for (const batch of batches) {
    at = bytes.writeInt32BE(batch.partition, at);
    at = bytes.writeInt32BE(batch.sizeBytes, at);
    at = writeBatch(bytes, at, batch, records, timestampMs);
  }
  return bytes;
}

/** What the answer says of each partition it names, and for how long the broker wants to be left alone. */
export function decodeProduce(payload: Buffer): { answers: PartitionAnswer[]; throttleMs: number } {
  const answers: PartitionAnswer[] = [];
  const topics = payload.readInt32BE(0);
  let at = 4;
  for (let topic = 0; topic < topics; topic++) {
    at += 2 + payload.readInt16BE(at);
    const partitions = payload.readInt32BE(at);
    at += 4;
    for (let i = 0; i < partitions; i++) {
      answers.push({
        partition: payload.readInt32BE(at),
        errorCode: payload.readInt16BE(at + 4),
        baseOffset: payload.readBigInt64BE(at + 6),
      });
      at += 30; // append time and start offset are not needed
    }
  }
  return { answers, throttleMs: payload.readInt32BE(at) };
}
