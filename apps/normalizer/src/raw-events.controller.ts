import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { RecordBatch, StoredRecord } from '#libs/event-log';
import {
  Group,
  Topic,
  canonicalEventKey,
  isRecordEvent,
  parseRawEvent,
  serializeCanonicalEvent,
  type CanonicalEvent,
  type DeadLetter,
} from '#libs/events';
import { PLATFORM, type Subscription } from '#libs/nest';
import {
  deadLetterOfRecord,
  publishDeadLetters,
  publishFitting,
  type Platform,
  type RecordGroup,
  type TooLarge,
} from '#libs/runtime';
import { normalize } from './normalize.js';
import { RecordMappings } from './record-mappings.js';

const APP = 'normalizer';

/** Raw events of pixels and of partners in; canonical events and dead letters out, durable before the batch counts as read. */
@Controller()
export class RawEventsController {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(RecordMappings) private readonly mappings: RecordMappings,
  ) {}

  /** @throws PublishError the log redelivers the batch; its events have the same ids then */
  @EventPattern(Topic.rawEvents, { group: Group.normalizer } satisfies Subscription)
  async normalizeBatch(@Payload() batch: RecordBatch): Promise<void> {
    const startedAt = performance.now();
    const { understood, rejected, warned } = normalizeRecords(batch.records, this.mappings);
    const tooLarge = await publishFitting(this.platform.eventLog, Topic.conversionEvents, understood);
    const deadLetters = [...rejected, ...tooLarge.map(deadLetterOfTooLarge)];
    await publishDeadLetters(this.platform, APP, deadLetters);
    this.report(batch, { dead: deadLetters.length, warned }, startedAt);
  }

  private report(
    { topic, partition, records }: RecordBatch,
    { dead, warned }: { dead: number; warned: number },
    startedAt: number,
  ): void {
    this.platform.logger.info(
      {
        topic,
        partition,
        first: String(records[0]?.offset),
        last: String(records.at(-1)?.offset),
        in: records.length,
        ok: records.length - dead,
        dead,
        // Records that were mapped though they break their schema
        ...(warned > 0 && { warned }),
        ms: Math.round(performance.now() - startedAt),
      },
      'normalized',
    );
  }
}

function normalizeRecords(
  records: readonly StoredRecord[],
  mappings: RecordMappings,
): {
  understood: RecordGroup<StoredRecord>[];
  rejected: DeadLetter[];
  warned: number;
} {
  const understood: RecordGroup<StoredRecord>[] = [];
  const rejected: DeadLetter[] = [];
  let warned = 0;
  const take = (origin: StoredRecord, events: readonly CanonicalEvent[]): void => {
    const made = events.map((e) => ({ key: canonicalEventKey(e), value: serializeCanonicalEvent(e) }));
    if (made.length > 0) understood.push({ origin, records: made });
  };
  for (const record of records) {
    const position = `${record.partition}/${record.offset}`;
    const parsed = parseRawEvent(record.value);
    if ('kind' in parsed) rejected.push(deadLetterOfRecord(APP, parsed, record));
    else if (isRecordEvent(parsed)) {
      const mapped = mappings.map(parsed, position);
      if ('kind' in mapped) rejected.push(deadLetterOfRecord(APP, mapped, record));
      else {
        take(record, mapped.events);
        if (mapped.isWarned) warned++;
      }
    } else take(record, normalize(parsed, position));
  }
  return { understood, rejected, warned };
}

function deadLetterOfTooLarge({ origin, sizeBytes, limitBytes }: TooLarge<StoredRecord>): DeadLetter {
  const detail = `its canonical event has ${sizeBytes} bytes; the log takes at most ${limitBytes}`;
  return deadLetterOfRecord(APP, { kind: 'dead_letter', reason: 'too_large', path: '', detail }, origin);
}
