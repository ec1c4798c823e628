import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { RecordBatch, StoredRecord } from '#libs/event-log';
import {
  Group,
  Topic,
  canonicalEventKey,
  deadLetterOf,
  instantFromMs,
  parseRawEvent,
  serializeCanonicalEvent,
  serializeDeadLetter,
  truncateDeadLetter,
  type DeadLetter,
  type Rejection,
} from '#libs/events';
import { PLATFORM, VERSION, type Platform, type Subscription } from '#libs/runtime';
import { normalize } from './normalize.js';
import { publishFitting, type Group as RecordGroup, type TooLarge } from './publish-fitting.js';

const APP = 'normalizer';

/** Raw events in; canonical events and dead letters out, durable before the batch counts as read. */
@Controller()
export class RawEventsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  /** @throws PublishError the log redelivers the batch; its events have the same ids then */
  @EventPattern(Topic.rawEvents, { group: Group.normalizer } satisfies Subscription)
  async normalizeBatch(@Payload() batch: RecordBatch): Promise<void> {
    const startedAt = performance.now();
    const { eventLog } = this.platform;
    const { understood, rejected } = normalizeRecords(batch.records);
    const tooLarge = await publishFitting(eventLog, Topic.conversionEvents, understood);
    const deadLetters = [...rejected, ...tooLarge.map(deadLetterOfTooLarge)];
    await this.publishDeadLetters(deadLetters);
    this.report(batch, deadLetters, startedAt);
  }

  /** A dead letter holds its original in quotes, so that it may not fit where its original did. */
  private async publishDeadLetters(deadLetters: readonly DeadLetter[]): Promise<void> {
    const { eventLog } = this.platform;
    const tooLarge = await publishFitting(eventLog, Topic.deadLetters, deadLetters.map(groupOfDeadLetter));
    if (tooLarge.length === 0) return;
    const cut = tooLarge.map((t) => groupOfDeadLetter(truncateDeadLetter(t.origin, t.limitBytes)));
    await eventLog.publish(
      Topic.deadLetters,
      cut.flatMap((g) => g.records),
    );
  }

  private report(
    { topic, partition, records }: RecordBatch,
    dead: readonly DeadLetter[],
    startedAt: number,
  ): void {
    for (const { reason } of dead) this.platform.metrics.deadLetters.inc({ app: APP, reason });
    this.platform.logger.info(
      {
        topic,
        partition,
        first: String(records[0]?.offset),
        last: String(records.at(-1)?.offset),
        in: records.length,
        ok: records.length - dead.length,
        dead: dead.length,
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
    if ('kind' in parsed) rejected.push(deadLetter(parsed, record));
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
  return deadLetter({ kind: 'dead_letter', reason: 'too_large', path: '', detail }, origin);
}

function deadLetter(rejection: Rejection, record: StoredRecord): DeadLetter {
  const origin = { ...record, value: record.value ?? '' };
  return deadLetterOf(rejection, origin, { app: APP, version: VERSION, now: instantFromMs(Date.now()) });
}

function groupOfDeadLetter(d: DeadLetter): RecordGroup<DeadLetter> {
  return { origin: d, records: [{ key: d.key, value: serializeDeadLetter(d) }] };
}
