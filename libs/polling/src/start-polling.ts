import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { registerStreams, replaceDefinitions, type LoadedDefinition } from '#libs/database';
import { NestLogger } from '#libs/nest';
import { databaseOf, type Platform, type RunningApp } from '#libs/runtime';
import { logRecords } from './log-records.js';
import { POLLING, PollSchedule, type Polling } from './poll-schedule.js';
import type { PollableStream } from './pollable-stream.js';
import { POLLER_TIMES, type PollerParts, type PollerTimes } from './poller-parts.js';
import { Slots } from './slots.js';

/** What is read beside one poll of every source. */
const SHARED_SLOTS = 16;

/** A definition, and which settings it waits for before it is polled. */
export interface MadeDefinition extends LoadedDefinition {
  waitsFor: string[];
}

/** What makes the streams of a process, given what they may use. */
export type MakePolling = (parts: PollerParts) => {
  streams: PollableStream[];
  definitions: MadeDefinition[];
};

@Module({ imports: [ScheduleModule.forRoot()], providers: [PollSchedule] })
class PollerModule {
  static of(polling: Polling): DynamicModule {
    return {
      module: PollerModule,
      providers: [{ provide: POLLING, useValue: polling }],
    };
  }
}

/**
 * Polls streams until it is stopped.
 * @param app whose streams they are
 * @param times other ones than the usual, in tests
 */
export async function startPolling(
  platform: Platform,
  app: string,
  make: MakePolling,
  times: PollerTimes = POLLER_TIMES,
): Promise<RunningApp> {
  const database = databaseOf(platform);
  const [stopping, givingUp] = [new AbortController(), new AbortController()];
  // Every stream waits on them: what Node takes for a leak are many streams
  setMaxListeners(0, stopping.signal, givingUp.signal);
  const parts: PollerParts = {
    pool: database.pool,
    send: (records) => logRecords(platform, app, records),
    logger: platform.logger,
    metrics: platform.metrics,
    slots: new Slots(SHARED_SLOTS),
    owner: `${hostname()} ${process.pid}`,
    times,
    now: Date.now,
    random: Math.random,
    stopping: stopping.signal,
    isStopping: () => stopping.signal.aborted,
    givingUp: givingUp.signal,
  };
  const { streams, definitions } = make(parts);
  await replaceDefinitions(database, app, definitions);
  await registerStreams(database.pool, streams);
  for (const { file, problems, waitsFor } of definitions.filter((d) => d.problems.length > 0)) {
    if (waitsFor.length > 0)
      platform.logger.info({ file, waitsFor }, 'the source is not polled: it is not set up');
    else platform.logger.error({ file, problems }, 'the source is not polled: its definition cannot work');
  }
  const polling: Polling = {
    streams,
    parts,
    beginStop: () => stopping.abort(),
    giveUp: () => givingUp.abort(),
  };
  const context = await NestFactory.createApplicationContext(PollerModule.of(polling), {
    logger: new NestLogger(platform.logger),
    abortOnError: false,
  });
  return { addresses: [], stop: () => context.close() };
}
