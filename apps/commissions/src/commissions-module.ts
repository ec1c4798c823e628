import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { NestLogger, PlatformModule } from '#libs/nest';
import type { Platform, RunningApp } from '#libs/runtime';
import { CommissionsWorker } from './commissions-worker.js';

@Module({ imports: [ScheduleModule.forRoot()], providers: [CommissionsWorker] })
class CommissionsModule {}

/** Reckons what is marked, every few seconds, until it is stopped. */
export async function startWorker(platform: Platform): Promise<RunningApp> {
  const context = await NestFactory.createApplicationContext(PlatformModule.of(platform, CommissionsModule), {
    logger: new NestLogger(platform.logger),
    abortOnError: false,
  });
  return { addresses: [], stop: () => context.close() };
}
