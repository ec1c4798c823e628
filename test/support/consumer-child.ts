/**
 * A consumer in a process of its own, to be killed or paused by tests (see consumer-process.ts). It reports
 * what it does as JSON lines on standard output, each written before it goes on.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKafkaLog, openPostgresLog, type EventLog, type RecordBatch } from '#libs/event-log';
import type { ConsumerReport, ConsumerSettings } from './consumer-process.js';

const settings = JSON.parse(process.argv[2] ?? '') as ConsumerSettings;
const logger = {
  debug: () => {},
  info: () => {},
  warn: (_fields: object, message: string) => report({ type: 'warning', message }),
  error: (_fields: object, message: string) => report({ type: 'warning', message }),
};

function report(line: ConsumerReport): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

function openLog(): Promise<EventLog> {
  const { engine } = settings;
  return engine.name === 'postgres'
    ? openPostgresLog({ connectionString: engine.url, logger })
    : openKafkaLog({ brokers: engine.brokers, clientId: 'test-child', logger });
}

async function handleBatch({ partition, records, signal }: RecordBatch): Promise<void> {
  const values = records.map(({ value }) => value);
  signal.addEventListener('abort', () => report({ type: 'lost', partition }));
  report({ type: 'begin', partition, values });
  if (settings.stallAtValue !== undefined && values.includes(settings.stallAtValue)) {
    await sleep(settings.stallMs);
  }
  report({ type: 'done', partition, values });
}

const log = await openLog();
const consumer = await log.consume({
  group: settings.group,
  topics: [settings.topic],
  sessionTimeoutMs: settings.sessionTimeoutMs,
  maxBatchRecords: settings.maxBatchRecords,
  handleBatch,
});
report({ type: 'joined' });
process.once('SIGTERM', () => void consumer.stop().then(() => log.close()));
await consumer.finished;
