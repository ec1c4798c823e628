import { Inject, Injectable } from '@nestjs/common';
import { isDataError, isUnsettled, markSettled, type BatchRange, type Database } from '#libs/database';
import type { RecordBatch, StoredRecord } from '#libs/event-log';
import { parseCanonicalEvent, type CanonicalEvent, type DeadLetter, type Rejection } from '#libs/events';
import { PLATFORM } from '#libs/nest';
import { databaseOf, deadLetterOfRecord, publishDeadLetters, type Platform } from '#libs/runtime';
import { factsOfEvents } from './facts-of-events.js';
import { publishConversions } from './publish-conversions.js';
import { recompute } from './recompute.js';
import { retryTransient } from './retry-transient.js';
import { isEmpty, mergeOf, storeFacts, type Merge } from './store-facts.js';

const APP = 'attribution';

/** What became of records. */
interface Outcome {
  deadLetters: DeadLetter[];
  /** Whether anything follows from them that was not there. */
  changed: boolean;
}

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
    const range = rangeOf(batch);
    const { deadLetters, changed } = await this.attribute(batch.records, range);
    await retryTransient(() => publishDeadLetters(this.platform, APP, deadLetters));
    // Last, and of the whole batch: what of it is made again has to find it unsettled until all of it is made
    if (changed) await retryTransient(() => markSettled(this.database.pool, range));
    this.report(batch, deadLetters.length, startedAt);
  }

  /** Has dead letters: of records that are no events, and of events that the database refuses, each of which is found by
   * halving its batch. */
  private async attribute(records: readonly StoredRecord[], range: BatchRange): Promise<Outcome> {
    try {
      return await retryTransient(() => this.settle(records, range));
    } catch (error) {
      if (!isDataError(error)) throw error;
      if (records.length === 1) {
        // Its facts may be there, where it was their projection that was refused
        return { deadLetters: [deadLetterOfRecord(APP, refusalOf(error), records[0]!)], changed: true };
      }
      const half = Math.ceil(records.length / 2);
      const first = await this.attribute(records.slice(0, half), range);
      const second = await this.attribute(records.slice(half), range);
      return {
        deadLetters: [...first.deadLetters, ...second.deadLetters],
        changed: first.changed || second.changed,
      };
    }
  }

  /** Has dead letters of records that are no events. */
  private async settle(records: readonly StoredRecord[], range: BatchRange): Promise<Outcome> {
    const unsettled = await isUnsettled(this.database.pool, range);
    const { merge, rejected } = prepare(records, unsettled);
    const change = await storeFacts(this.database, range, merge);
    if (isEmpty(change)) return { deadLetters: rejected, changed: false };
    const recomputed = await recompute(this.database, change);
    await publishConversions(this.platform.eventLog, this.database, recomputed);
    return { deadLetters: rejected, changed: true };
  }

  private report({ topic, partition, records }: RecordBatch, dead: number, startedAt: number): void {
    const [first, last] = [String(records[0]!.offset), String(records.at(-1)!.offset)];
    const ms = Math.round(performance.now() - startedAt);
    const counts = { in: records.length, ok: records.length - dead, dead };
    this.platform.logger.info({ topic, partition, first, last, ...counts, ms }, 'attributed');
  }
}

/**
 * What the records ask of the database. A function of its own, so that events and facts can be let go of when it
 * returns: what lives on while PostgreSQL works is copied by every garbage collection meanwhile.
 */
function prepare(
  records: readonly StoredRecord[],
  unsettled: boolean,
): { merge: Merge; rejected: DeadLetter[] } {
  const events: CanonicalEvent[] = [];
  const rejected: DeadLetter[] = [];
  for (const record of records) {
    const event = parseCanonicalEvent(record.value);
    if (event.kind === 'dead_letter') rejected.push(deadLetterOfRecord(APP, event, record));
    else events.push(event);
  }
  return { merge: mergeOf(factsOfEvents(events), unsettled), rejected };
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
