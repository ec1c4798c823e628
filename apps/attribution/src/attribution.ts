import { Inject, Injectable } from '@nestjs/common';
import { isDataError, markSettled, type BatchRange, type Database } from '#libs/database';
import type { RecordBatch, StoredRecord } from '#libs/event-log';
import { parseCanonicalEvent, type CanonicalEvent, type DeadLetter, type Rejection } from '#libs/events';
import { PLATFORM, databaseOf, deadLetterOfRecord, publishDeadLetters, type Platform } from '#libs/runtime';
import { factsOfEvents } from './facts-of-events.js';
import { publishConversions } from './publish-conversions.js';
import { recompute } from './recompute.js';
import { retryTransient } from './retry-transient.js';
import { isEmpty, storeFacts } from './store-facts.js';

/** An event and the record it came in. */
interface Told {
  event: CanonicalEvent;
  record: StoredRecord;
}

const APP = 'attribution';

/** Canonical events in; facts, projections and the visible rows out. */
@Injectable()
export class Attribution {
  private readonly database: Database;

  constructor(@Inject(PLATFORM) private readonly platform: Platform) {
    this.database = databaseOf(platform);
  }

  /**
   * Facts first, then what follows from them, then the news of it; the batch counts as read when all of that
   * is durable.
   * @throws what a database or a log that stays away threw last; a bug
   */
  async attributeBatch(batch: RecordBatch): Promise<void> {
    const startedAt = performance.now();
    const { told, rejected } = parseRecords(batch.records);
    const refused = await this.attribute(told, rangeOf(batch));
    const deadLetters = [...rejected, ...refused];
    await retryTransient(() => publishDeadLetters(this.platform, APP, deadLetters));
    this.report(batch, deadLetters.length, startedAt);
  }

  /** @returns dead letters of events that the database refuses, each found by halving its batch */
  private async attribute(told: readonly Told[], range: BatchRange): Promise<DeadLetter[]> {
    if (told.length === 0) return [];
    try {
      await retryTransient(() =>
        this.settle(
          told.map((t) => t.event),
          range,
        ),
      );
      return [];
    } catch (error) {
      if (!isDataError(error)) throw error;
      if (told.length === 1) return [deadLetterOfRecord(APP, refusalOf(error), told[0]!.record)];
      const half = Math.ceil(told.length / 2);
      return [
        ...(await this.attribute(told.slice(0, half), range)),
        ...(await this.attribute(told.slice(half), range)),
      ];
    }
  }

  private async settle(events: readonly CanonicalEvent[], range: BatchRange): Promise<void> {
    const change = await storeFacts(this.database, range, factsOfEvents(events));
    if (isEmpty(change)) return;
    const recomputed = await recompute(this.database, change);
    await publishConversions(this.platform.eventLog, this.database, recomputed);
    await markSettled(this.database.pool, range);
  }

  private report({ topic, partition, records }: RecordBatch, dead: number, startedAt: number): void {
    const [first, last] = [String(records[0]!.offset), String(records.at(-1)!.offset)];
    const ms = Math.round(performance.now() - startedAt);
    const counts = { in: records.length, ok: records.length - dead, dead };
    this.platform.logger.info({ topic, partition, first, last, ...counts, ms }, 'attributed');
  }
}

function parseRecords(records: readonly StoredRecord[]): { told: Told[]; rejected: DeadLetter[] } {
  const told: Told[] = [];
  const rejected: DeadLetter[] = [];
  for (const record of records) {
    const event = parseCanonicalEvent(record.value);
    if (event.kind === 'dead_letter') rejected.push(deadLetterOfRecord(APP, event, record));
    else told.push({ event, record });
  }
  return { told, rejected };
}

function rangeOf({ topic, partition, records }: RecordBatch): BatchRange {
  return { topic, partition, first: records[0]!.offset, last: records.at(-1)!.offset };
}

/** PostgreSQL's message may quote the value; its code and column do not. */
function refusalOf(error: unknown): Rejection {
  const { code, column } = error as { code?: string; column?: string };
  const detail = `PostgreSQL refuses it with SQLSTATE ${code}${column === undefined ? '' : ` in column ${column}`}`;
  return { kind: 'dead_letter', reason: 'rejected_by_database', path: '', detail };
}
