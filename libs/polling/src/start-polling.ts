import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { databaseOf, type Platform, type RunningApp } from '#libs/runtime';
import { logRecords } from './log-records.js';
import type { Polling } from './poll-schedule.js';
import type { PollableStream } from './pollable-stream.js';
import { POLLER_TIMES, type PollerParts, type PollerTimes } from './poller-parts.js';
import { Slots } from './slots.js';
import { SourceDefinitions, type MakeSource } from './source-definitions.js';

/** What is read beside one poll of every source. */
const SHARED_SLOTS = 16;

/** What makes the sources of a process, each of its own file, given what they may use. */
export type MakeSources = (parts: PollerParts) => readonly MakeSource<PollableStream>[];

/**
 * Polls streams until it is stopped.
 * @param app whose streams they are
 * @param times other ones than the usual, in tests
 */
export async function startPolling(
  platform: Platform,
  app: string,
  makersOf: MakeSources,
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
  const definitions = new SourceDefinitions(makersOf(parts), { app, database, logger: platform.logger });
  const polling: Polling = {
    streams: await definitions.look(),
    lookForMore: () => definitions.look(),
    parts,
    beginStop: () => stopping.abort(),
    giveUp: () => givingUp.abort(),
  };
  // Nest is loaded by who polls: commands use the functions beside this one alone
  const { startSchedule } = await import('./poller-module.js');
  return startSchedule(polling);
}
