import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { RecordBatch, StoredRecord } from '#libs/event-log';
import {
  Group,
  Topic,
  canonicalEventKey,
  parseRawEvent,
  serializeCanonicalEvent,
  type DeadLetter,
} from '#libs/events';
import {
  PLATFORM,
  deadLetterOfRecord,
  publishDeadLetters,
  publishFitting,
  type Platform,
  type RecordGroup,
  type Subscription,
  type TooLarge,
} from '#libs/runtime';
import { normalize } from './normalize.js';

const APP = 'normalizer';

/** Raw events in; canonical events and dead letters out, durable before the batch counts as read. */
@Controller()
export class RawEventsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  /** @throws PublishError the log redelivers the batch; its events have the same ids then */
  @EventPattern(Topic.rawEvents, { group: Group.normalizer } satisfies Subscription)
  async normalizeBatch(@Payload() batch: RecordBatch): Promise<void> {
    const startedAt = performance.now();
    const { understood, rejected } = normalizeRecords(batch.records);
    const tooLarge = await publishFitting(this.platform.eventLog, Topic.conversionEvents, understood);
    const deadLetters = [...rejected, ...tooLarge.map(deadLetterOfTooLarge)];
    await publishDeadLetters(this.platform, APP, deadLetters);
    this.report(batch, deadLetters.length, startedAt);
  }

  private report({ topic, partition, records }: RecordBatch, dead: number, startedAt: number): void {
    this.platform.logger.info(
      {
        topic,
        partition,
        first: String(records[0]?.offset),
        last: String(records.at(-1)?.offset),
        in: records.length,
        ok: records.length - dead,
        dead,
        ms: Math.round(performance.now() - startedAt),
      },
      'normalized',
    );
  }
}

function normalizeRecords(records: readonly StoredRecord[]): {
  understood: RecordGroup<StoredRecord>[];
  rejected: DeadLetter[];
} {
  const understood: RecordGroup<StoredRecord>[] = [];
  const rejected: DeadLetter[] = [];
  for (const record of records) {
    const parsed = parseRawEvent(record.value);
    if ('kind' in parsed) rejected.push(deadLetterOfRecord(APP, parsed, record));
    else {
      const events = normalize(parsed, `${record.partition}/${record.offset}`);
      understood.push({
        origin: record,
        records: events.map((e) => ({ key: canonicalEventKey(e), value: serializeCanonicalEvent(e) })),
      });
    }
  }
  return { understood, rejected };
}

function deadLetterOfTooLarge({ origin, sizeBytes, limitBytes }: TooLarge<StoredRecord>): DeadLetter {
  const detail = `its canonical event has ${sizeBytes} bytes; the log takes at most ${limitBytes}`;
  return deadLetterOfRecord(APP, { kind: 'dead_letter', reason: 'too_large', path: '', detail }, origin);
}
