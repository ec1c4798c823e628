import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { registerStreams, replaceDefinitions } from '#libs/database';
import { NestLogger } from '#libs/nest';
import {
  SettingsError,
  databaseOf,
  readSourcesDir,
  secretsOf,
  type App,
  type Environment,
  type Platform,
  type RunningApp,
} from '#libs/runtime';
import { createHttpClient } from './http-client.js';
import { makeStreams, sourceFilesOf, type MadeDefinition } from './make-streams.js';
import { HoldRoom } from './hold-room.js';
import { logRecords } from './log-records.js';
import { POLLING, PollSchedule, type Polling } from './poll-schedule.js';
import type { PolledStream } from './polled-stream.js';
import { POLLER_TIMES, type PollerParts, type PollerTimes } from './poller-parts.js';
import { Slots } from './slots.js';

const NAME = 'http-poller';

/** What is read beside one poll of every source. */
const SHARED_SLOTS = 16;
/** Bytes of records that are held back by all slices of a process. */
const HOLD_BYTES = 48_000_000;

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
  definitions: MadeDefinition[];
};

/** Polls streams until it is stopped. @param times other ones than the usual, in tests */
export async function startPolling(
  platform: Platform,
  make: MakeStreams,
  times: PollerTimes = POLLER_TIMES,
): Promise<RunningApp> {
  const database = databaseOf(platform);
  const [stopping, givingUp] = [new AbortController(), new AbortController()];
  // Every stream waits on them: what Node takes for a leak are many streams
  setMaxListeners(0, stopping.signal, givingUp.signal);
  const parts: PollerParts = {
    pool: database.pool,
    send: (records) => logRecords(platform, records),
    logger: platform.logger,
    metrics: platform.metrics,
    room: new HoldRoom(HOLD_BYTES),
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
  await replaceDefinitions(database, NAME, definitions);
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
  const app = await NestFactory.createApplicationContext(PollerModule.of(polling), {
    logger: new NestLogger(platform.logger),
    abortOnError: false,
  });
  return { addresses: [], stop: () => app.close() };
}

/** Partners' APIs → raw events, by the definitions in `SOURCES_DIR`. */
export const httpPoller: App = {
  name: NAME,
  needsDatabase: true,
  checkSettings: checkSourcesDir,
  start: (platform) => pollSources(platform),
};

/** Polls what the definitions in `SOURCES_DIR` say, until it is stopped. @param times other ones than the usual, in tests */
export async function pollSources(platform: Platform, times?: PollerTimes): Promise<RunningApp> {
  const { environment, settings } = platform;
  const client = createHttpClient({ env: environment });
  const files = sourceFilesOf(readSourcesDir(settings.SOURCES_DIR));
  const world = { send: client.send, secrets: secretsOf(environment), environment };
  const polling = await startPolling(platform, (parts) => makeStreams(files, world, parts), times);
  return { ...polling, stop: () => polling.stop().finally(() => client.close()) };
}

/** A folder that is named is there; the usual one need not be. @throws SettingsError */
function checkSourcesDir({ SOURCES_DIR }: Environment): void {
  if (SOURCES_DIR && !existsSync(SOURCES_DIR)) {
    throw new SettingsError(['SOURCES_DIR must be a folder that is there']);
  }
}

export type { PolledStream } from './polled-stream.js';
export type { PollerTimes } from './poller-parts.js';
export { createHttpClient } from './http-client.js';
export { shareTokens } from './shared-tokens.js';
