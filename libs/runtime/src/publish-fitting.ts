import { RecordTooLargeError, type EventLog, type PublishedRecord } from '#libs/event-log';

/** Records that are published together or not at all. */
export interface RecordGroup<Origin> {
  /** What they were made from. */
  origin: Origin;
  records: PublishedRecord[];
}

/** A group that was left out, as one of its records is larger than the log takes. */
export interface TooLarge<Origin> {
  origin: Origin;
  sizeBytes: number;
  limitBytes: number;
}

/**
 * Publishes every group that the log takes and resolves when they are durable. One call, unless a record is too
 * large: the log then stores nothing of the call, and names the record.
 * @throws PublishError not known to be durable; some of the records may be stored
 */
export async function publishFitting<Origin>(
  log: EventLog,
  topic: string,
  groups: readonly RecordGroup<Origin>[],
): Promise<TooLarge<Origin>[]> {
  const tooLarge: TooLarge<Origin>[] = [];
  let fitting = groups;
  while (fitting.length > 0) {
    try {
      await log.publish(
        topic,
        fitting.flatMap((g) => g.records),
      );
      break;
    } catch (error) {
      if (!(error instanceof RecordTooLargeError)) throw error;
      const { sizeBytes, limitBytes } = error;
      const at = indexOfGroup(fitting, error.index);
      tooLarge.push({ origin: fitting[at]!.origin, sizeBytes, limitBytes });
      fitting = fitting.filter((_, i) => i !== at);
    }
  }
  return tooLarge;
}

/** The group that the record of this index in the call belongs to. */
function indexOfGroup(groups: readonly RecordGroup<unknown>[], recordIndex: number): number {
  let seen = 0;
  return groups.findIndex((g) => (seen += g.records.length) > recordIndex);
}
