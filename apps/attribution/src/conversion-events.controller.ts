import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { RecordBatch } from '#libs/event-log';
import { Group, Topic } from '#libs/events';
import type { Subscription } from '#libs/runtime';
import { Attribution } from './attribution.js';

/** Where canonical events come in. */
@Controller()
export class ConversionEventsController {
  constructor(@Inject(Attribution) private readonly attribution: Attribution) {}

  @EventPattern(Topic.conversionEvents, { group: Group.attribution } satisfies Subscription)
  attributeBatch(@Payload() batch: RecordBatch): Promise<void> {
    return this.attribution.attributeBatch(batch);
  }
}
