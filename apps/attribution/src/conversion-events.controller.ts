import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { RecordBatch } from '#libs/event-log';
import { Group, Topic } from '#libs/events';
import type { Subscription } from '#libs/nest';
import { Attribution } from './attribution.js';

/** More than a fetch of one partition holds, so that it is one batch where events wait: a statement, a commit and a
 * round trip cost about the same for two thousand events as for a few. */
const MAX_BATCH_RECORDS = 2_000;

/** Where canonical events come in. */
@Controller()
export class ConversionEventsController {
  constructor(@Inject(Attribution) private readonly attribution: Attribution) {}

  @EventPattern(Topic.conversionEvents, {
    group: Group.attribution,
    maxBatchRecords: MAX_BATCH_RECORDS,
  } satisfies Subscription)
  attributeBatch(@Payload() batch: RecordBatch): Promise<void> {
    return this.attribution.attributeBatch(batch);
  }
}
