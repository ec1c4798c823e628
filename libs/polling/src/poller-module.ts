import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { NestLogger } from '#libs/nest';
import type { RunningApp } from '#libs/runtime';
import { POLLING, PollSchedule, type Polling } from './poll-schedule.js';

@Module({ imports: [ScheduleModule.forRoot()], providers: [PollSchedule] })
class PollerModule {
  static of(polling: Polling): DynamicModule {
    return {
      module: PollerModule,
      providers: [{ provide: POLLING, useValue: polling }],
    };
  }
}

/** Polls by the schedule until it is stopped. */
export async function startSchedule(polling: Polling): Promise<RunningApp> {
  const context = await NestFactory.createApplicationContext(PollerModule.of(polling), {
    logger: new NestLogger(polling.parts.logger),
    abortOnError: false,
  });
  return { addresses: [], stop: () => context.close() };
}
