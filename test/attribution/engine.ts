import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#libs/database';
import {
  canonicalEventKey,
  parseCanonicalEvent,
  serializeCanonicalEvent,
  type CanonicalEvent,
  type RawEvent,
} from '#libs/events';
import type { EventLog, LogRecord, RecordBatch, StoredRecord } from '#libs/event-log';
import { createLogger, Health, Metrics, PlatformSettings, type Platform } from '#libs/runtime';
import { normalize } from '#apps/normalizer';
import { Attribution } from '../../apps/attribution/src/attribution.js';
import { factsOfEvents } from '../../apps/attribution/src/facts-of-events.js';
import { mergeOf, storeFacts } from '../../apps/attribution/src/store-facts.js';

/** The attribution on a real database, fed batch by batch, with the last record of every key that it publishes. */
export class Engine {
  private readonly attribution: Attribution;

  /**
   * @param nextPauseMs how long the next write waits before it begins, so that other members' reads and writes
   *   fall between this one's reads and its write
   * @param published what this member publishes to; share it between members
   * @param mayPublish a publish waits for this
   */
  constructor(
    private readonly database: Database,
    nextPauseMs: () => number = () => 0,
    readonly published = new Map<string, string | null>(),
    mayPublish: Promise<void> = Promise.resolve(),
  ) {
    const publish = async (topic: string, records: readonly LogRecord[]): Promise<[]> => {
      await pause(nextPauseMs());
      await mayPublish;
      if (topic === 'conversions') for (const { key, value } of records) this.published.set(key, value);
      return [];
    };
    const slow = Object.create(database) as Database;
    slow.transaction = async (work) => {
      await pause(nextPauseMs());
      return database.transaction(work);
    };
    const platform: Platform = {
      environment: {},
      settings: new PlatformSettings(),
      logger: createLogger('test', 'silent'),
      metrics: new Metrics(),
      health: new Health(),
      eventLog: { publish } as unknown as EventLog,
      database: slow,
      embedded: undefined,
      close: async () => {},
    };
    this.attribution = new Attribution(platform);
  }

  /** The whole of it, as a consumer would. */
  attribute(batch: RecordBatch): Promise<void> {
    return this.attribution.attributeBatch(batch);
  }

  /** What is left of a process that is killed when its facts are committed. */
  async dieAfterFacts({ topic, partition, records }: RecordBatch): Promise<void> {
    const events = records.flatMap((r) => {
      const event = parseCanonicalEvent(r.value);
      return event.kind === 'dead_letter' ? [] : [event];
    });
    const range = { topic, partition, first: records[0]!.offset, last: records.at(-1)!.offset };
    await storeFacts(this.database, range, mergeOf(factsOfEvents(events), false));
  }
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await sleep(ms);
}

/** Canonical events of raw ones, as records of one partition. */
export function recordsOf(raw: readonly RawEvent[], partition: number): StoredRecord[] {
  return recordsOfEvents(
    raw.flatMap((e) => normalize(e, '0/0')),
    partition,
  );
}

/** Canonical events as records of a partition. */
export function recordsOfEvents(events: readonly CanonicalEvent[], partition: number): StoredRecord[] {
  return events.map((event, i) => ({
    topic: 'conversion-events',
    partition,
    offset: BigInt(i),
    key: canonicalEventKey(event),
    value: serializeCanonicalEvent(event),
    appendedAtMs: 0,
  }));
}

/** Records cut into batches of these sizes, which repeat. */
export function batchesOf(records: readonly StoredRecord[], sizes: readonly number[]): RecordBatch[] {
  const batches: RecordBatch[] = [];
  for (let at = 0, i = 0; at < records.length; i++) {
    const size = sizes[i % sizes.length]!;
    const slice = records.slice(at, at + size);
    batches.push({
      topic: slice[0]!.topic,
      partition: slice[0]!.partition,
      records: slice,
      signal: new AbortController().signal,
    });
    at += size;
  }
  return batches;
}
