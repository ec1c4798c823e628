/** What the specs share that kill brokers while they publish. */
import type { EventLog, LogRecord } from '#libs/event-log';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokerAvailability } from './kafka-jars.js';
import { isReady, recordSkipped } from './skipped-parts.js';
import { until } from './until.js';

/** Whether there are brokers that a test may kill: your own are left alone. */
export async function mayKillBrokers(part: string): Promise<boolean> {
  if (process.env.TEST_KAFKA_BROKERS) {
    recordSkipped(part, 'TEST_KAFKA_BROKERS names brokers that tests must not kill');
    return false;
  }
  return isReady(part, await brokerAvailability());
}

/** A breath between the sends of a loop, so that starting brokers have the machine, too. */
const BETWEEN_SENDS_MS = 20;

/** Publishes in several overlapping loops until told to stop, and keeps which records were acknowledged. */
export class Load {
  readonly acknowledged = new Set<string>();
  rejected = 0;
  private running = true;
  private readonly loops: Promise<void>[];

  /** @param send resolves when all its records are acknowledged; each has its id for key and value */
  constructor(loops: number, recordsPerSend: number, send: (records: LogRecord[]) => Promise<unknown>) {
    this.loops = Array.from({ length: loops }, () => this.loop(recordsPerSend, send));
  }

  private async loop(size: number, send: (records: LogRecord[]) => Promise<unknown>): Promise<void> {
    while (this.running) {
      const ids = Array.from({ length: size }, () => randomUUID());
      const sent = await send(ids.map((id) => ({ key: id, value: id }))).then(
        () => true,
        () => false,
      );
      if (sent) for (const id of ids) this.acknowledged.add(id);
      else this.rejected++;
      await sleep(BETWEEN_SENDS_MS);
    }
  }

  /** Resolves when this many more records have been acknowledged. */
  async progress(records = 100): Promise<void> {
    const goal = this.acknowledged.size + records;
    await until('publishing goes on', () => this.acknowledged.size >= goal);
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.loops);
  }
}

/** Ids of every record in the topic, and how many records carry one that was there before. */
export async function idsIn(log: EventLog, topic: string): Promise<{ ids: Set<string>; repeated: number }> {
  const group = `reader-${randomUUID()}`;
  const bounds = await log.lag(group, [topic]);
  const total = bounds.reduce((sum, { lag }) => sum + lag, 0n);
  const ids = new Set<string>();
  let read = 0;
  const consumer = await log.consume({
    group,
    topics: [topic],
    handleBatch: ({ records }) => {
      read += records.length;
      for (const { key } of records) ids.add(key);
      return Promise.resolve();
    },
  });
  await until('everything is read', () => BigInt(read) >= total);
  await consumer.stop();
  return { ids, repeated: read - ids.size };
}

/** What was acknowledged and is not there: must be empty. */
export function missing(acknowledged: Set<string>, stored: Set<string>): string[] {
  return [...acknowledged].filter((id) => !stored.has(id));
}

/** A logger for logs under test: faults are expected, so only ends of consumers are said aloud. */
export const quiet = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (fields: object, message: string) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
};
