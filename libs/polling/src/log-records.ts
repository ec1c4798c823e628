import pRetry from 'p-retry';
import { PublishError, type PublishedRecord } from '#libs/event-log';
import { NO_POSITION, Topic, deadLetterOf, instantFromMs } from '#libs/events';
import { VERSION, publishDeadLetters, publishFitting, type Platform, type TooLarge } from '#libs/runtime';

/** For some seconds, while the log elects a leader; then the slice fails, and is read again later. */
const POLICY = { retries: 6, minTimeout: 100, maxTimeout: 3_000, factor: 2, randomize: true };

/**
 * Resolves when `raw-events` has the records; one that is larger than the log takes becomes a dead letter.
 * @param app who publishes them
 * @throws PublishError
 */
export async function logRecords(
  platform: Platform,
  app: string,
  records: readonly PublishedRecord[],
): Promise<void> {
  const groups = records.map((record) => ({ origin: record, records: [record] }));
  const shouldRetry = (error: Error): boolean => error instanceof PublishError;
  const tooLarge = await pRetry(() => publishFitting(platform.eventLog, Topic.rawEvents, groups), {
    ...POLICY,
    shouldRetry,
  });
  const letters = tooLarge.map((one) => deadLetterOfTooLarge(app, one));
  if (letters.length > 0) {
    await pRetry(() => publishDeadLetters(platform, app, letters), { ...POLICY, shouldRetry });
  }
}

function deadLetterOfTooLarge(
  app: string,
  { origin, sizeBytes, limitBytes }: TooLarge<PublishedRecord>,
): ReturnType<typeof deadLetterOf> {
  const detail = `the record has ${sizeBytes} bytes; the log takes at most ${limitBytes}`;
  return deadLetterOf(
    { kind: 'dead_letter', reason: 'too_large', path: '', detail },
    {
      topic: Topic.rawEvents,
      ...NO_POSITION,
      key: origin.key,
      value: Buffer.from(origin.value ?? '').toString(),
    },
    { app, version: VERSION, now: instantFromMs(Date.now()) },
  );
}
