/** What a publish call has to send, and what is confirmed of it. Pure: no broker is asked here. */
import { RecordTooLargeError } from '../errors.js';
import type { PublishedRecord, RecordPosition } from '../event-log.js';
import { partitionOf } from '../partitioner.js';
import { BATCH_OVERHEAD, recordSize, type PartitionBatch } from './record-batch.js';

export class PublishPlan {
  private readonly positions: RecordPosition[];

  private constructor(
    readonly records: readonly PublishedRecord[],
    /** Batches of a partition in the order they must be appended; a partition has one in work at a time. */
    private readonly batches: Map<number, PartitionBatch[]>,
  ) {
    this.positions = new Array<RecordPosition>(records.length);
  }

  /**
   * Groups records by partition, in order, into batches that the topic takes.
   * @param limitBytes the topic's max.message.bytes, which holds for a whole batch
   * @throws RecordTooLargeError
   */
  static of(
    topic: string,
    records: readonly PublishedRecord[],
    partitions: number,
    limitBytes: number,
  ): PublishPlan {
    const batches = new Map<number, PartitionBatch[]>();
    for (let index = 0; index < records.length; index++) {
      const record = records[index]!;
      const partition = partitionOf(record.key, partitions);
      let queue = batches.get(partition);
      if (!queue) batches.set(partition, (queue = []));
      const batch = queue.at(-1);
      const size = recordSize(record, batch?.indexes.length ?? 0);
      if (!batch || batch.sizeBytes + size > limitBytes) {
        const alone = BATCH_OVERHEAD + recordSize(record, 0);
        if (alone > limitBytes) throw new RecordTooLargeError(topic, index, alone, limitBytes);
        queue.push({ partition, indexes: [index], sizeBytes: alone });
      } else {
        batch.indexes.push(index);
        batch.sizeBytes += size;
      }
    }
    return new PublishPlan(records, batches);
  }

  /** The next batch of every partition that has one; empty when everything is confirmed. */
  due(): PartitionBatch[] {
    return Array.from(this.batches.values(), (queue) => queue[0]!);
  }

  /** A broker named this batch as durable, its first record at `baseOffset`. */
  confirm(batch: PartitionBatch, baseOffset: bigint): void {
    const { partition, indexes } = batch;
    for (let i = 0; i < indexes.length; i++) {
      this.positions[indexes[i]!] = { partition, offset: baseOffset + BigInt(i) };
    }
    const queue = this.batches.get(partition)!;
    queue.shift();
    if (queue.length === 0) this.batches.delete(partition);
  }

  /** Where every record is, in the order given. @throws Error unless everything is confirmed */
  stored(): RecordPosition[] {
    if (this.batches.size > 0) throw new Error('records are still unconfirmed');
    return this.positions;
  }
}
