import { hostname } from 'node:os';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { registerStreams, replaceDefinitions, type LoadedDefinition } from '#libs/database';
import { NestLogger, databaseOf, type Platform, type RunningApp } from '#libs/runtime';
import { HoldRoom } from './hold-room.js';
import { logRecords } from './log-records.js';
import { POLLING, PollSchedule, type Polling } from './poll-schedule.js';
import type { PolledStream } from './polled-stream.js';
import { POLLER_TIMES, type PollerParts, type PollerTimes } from './poller-parts.js';
import { Slots } from './slots.js';

/** What is read beside one poll of every source. */
const SHARED_SLOTS = 16;
/** Characters of records that are held back by all slices of a process. */
const HOLD_CHARACTERS = 48_000_000;

@Module({ imports: [ScheduleModule.forRoot()], providers: [PollSchedule] })
class PollerModule {
  static of(polling: Polling): DynamicModule {
    return {
      module: PollerModule,
      providers: [{ provide: POLLING, useValue: polling }],
    };
  }
}

/** What makes the streams of a process, given what they may use. */
export type MakeStreams = (parts: PollerParts) => {
  streams: PolledStream[];
  definitions: LoadedDefinition[];
};

/** Polls streams until it is stopped. @param times other ones than the usual, in tests */
export async function startPolling(
  platform: Platform,
  make: MakeStreams,
  times: PollerTimes = POLLER_TIMES,
): Promise<RunningApp> {
  const database = databaseOf(platform);
  const [stopping, givingUp] = [new AbortController(), new AbortController()];
  const parts: PollerParts = {
    pool: database.pool,
    send: (records) => logRecords(platform, records),
    logger: platform.logger,
    metrics: platform.metrics,
    room: new HoldRoom(HOLD_CHARACTERS),
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
  await replaceDefinitions(database, definitions);
  await registerStreams(database.pool, streams);
  const polling: Polling = {
    streams,
    parts,
    beginStop: () => stopping.abort(),
    giveUp: () => givingUp.abort(),
  };
  const app = await NestFactory.createApplicationContext(PollerModule.of(polling), {
    logger: new NestLogger(platform.logger),
    abortOnError: false,
  });
  return { addresses: [], stop: () => app.close() };
}

export type { PolledStream } from './polled-stream.js';
export type { PollerTimes } from './poller-parts.js';
