import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { startConsumerApp } from '#libs/nest';
import type { Platform, RunningApp } from '#libs/runtime';
import { Attribution } from './attribution.js';
import { ConversionEventsController } from './conversion-events.controller.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { Maintenance } from './maintenance.js';

@Module({
  imports: [ScheduleModule.forRoot()],
  controllers: [ConversionEventsController, DeadLettersController],
  providers: [Attribution, Maintenance],
})
class AttributionModule {}

/** Consumes its topics until it is stopped. */
export function startAttribution(platform: Platform): Promise<RunningApp> {
  return startConsumerApp(platform, AttributionModule);
}
