import type { LogRecord, StoredRecord } from '#libs/event-log';
import {
  Topic,
  deadLetterOf,
  instantFromMs,
  serializeDeadLetter,
  truncateDeadLetter,
  type DeadLetter,
  type Rejection,
} from '#libs/events';
import type { Platform } from './platform.js';
import { publishFitting } from './publish-fitting.js';
import { VERSION } from './version.js';

/** The dead letter of a record that an app has just given up on; a tombstone's original is empty. */
export function deadLetterOfRecord(app: string, rejection: Rejection, record: StoredRecord): DeadLetter {
  const origin = { ...record, value: record.value ?? '' };
  return deadLetterOf(rejection, origin, { app, version: VERSION, now: instantFromMs(Date.now()) });
}

/**
 * Publishes dead letters and counts them when they are durable. A dead letter holds its original in quotes, so that
 * it may not fit where its original did: then it holds the beginning and says so.
 * @throws PublishError not known to be durable; some of them may be stored
 */
export async function publishDeadLetters(
  { eventLog, metrics }: Pick<Platform, 'eventLog' | 'metrics'>,
  app: string,
  deadLetters: readonly DeadLetter[],
): Promise<void> {
  const tooLarge = await publishFitting(
    eventLog,
    Topic.deadLetters,
    deadLetters.map((d) => ({ origin: d, records: [recordOf(d)] })),
  );
  if (tooLarge.length > 0) {
    const cut = tooLarge.map((t) => recordOf(truncateDeadLetter(t.origin, t.limitBytes)));
    await eventLog.publish(Topic.deadLetters, cut);
  }
  for (const { reason } of deadLetters) metrics.deadLetters.inc({ app, reason });
}

function recordOf(d: DeadLetter): LogRecord {
  return { key: d.key, value: serializeDeadLetter(d) };
}
