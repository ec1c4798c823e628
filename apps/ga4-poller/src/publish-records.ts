import type { LogRecord } from '#libs/event-log';
import { rawEventKey } from '#libs/events';
import type { WrittenRecord } from '#libs/ga4';

/** A batch goes out with so many records or characters. */
const BATCH_RECORDS = 1_000;
const BATCH_CHARACTERS = 1_000_000;

/** Resolves when the log has all of them. @throws PublishError */
export async function publishRecords(
  written: readonly WrittenRecord[],
  send: (records: readonly LogRecord[]) => Promise<void>,
): Promise<void> {
  let batch: LogRecord[] = [];
  let characters = 0;
  const sending: Promise<void>[] = [];
  const sendBatch = (): void => {
    if (batch.length > 0) sending.push(send(batch));
    batch = [];
    characters = 0;
  };
  for (const { event, value } of written) {
    batch.push({ key: rawEventKey(event.source, event.natural_key), value });
    characters += value.length;
    if (batch.length >= BATCH_RECORDS || characters >= BATCH_CHARACTERS) sendBatch();
  }
  sendBatch();
  // Every one has ended before the first failure is told: what is begun again must not overtake what is on its way
  const failed = (await Promise.allSettled(sending)).find((s) => s.status === 'rejected');
  if (failed) throw failed.reason;
}
