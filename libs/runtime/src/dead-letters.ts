import { RecordTooLargeError } from '#libs/event-log';
import { Topic, serializeDeadLetter, truncateDeadLetter, type DeadLetter } from '#libs/events';
import type { Platform } from './platform.js';

/**
 * Publishes dead letters and counts them. A dead letter holds its original in quotes, so that it may not fit
 * where its original did: then it holds the beginning and says so.
 * @throws PublishError not known to be durable
 */
export async function publishDeadLetters(
  { eventLog, metrics }: Platform,
  app: string,
  deadLetters: readonly DeadLetter[],
): Promise<void> {
  if (deadLetters.length === 0) return;
  const letters = [...deadLetters];
  for (;;) {
    try {
      await eventLog.publish(
        Topic.deadLetters,
        letters.map((d) => ({ key: d.key, value: serializeDeadLetter(d) })),
      );
      break;
    } catch (error) {
      if (!(error instanceof RecordTooLargeError) || letters[error.index]!.original_truncated) throw error;
      letters[error.index] = truncateDeadLetter(letters[error.index]!, error.limitBytes);
    }
  }
  for (const { reason } of letters) metrics.deadLetters.inc({ app, reason });
}
