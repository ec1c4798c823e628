import {
  startPolling as startPollingOf,
  type MadeDefinition,
  type MakePolling,
  type PollerParts,
  type PollerTimes,
} from '#libs/polling';
import {
  checkSourcesDir,
  readSourcesDir,
  secretsOf,
  type App,
  type Platform,
  type RunningApp,
} from '#libs/runtime';
import { createHttpClient } from './http-client.js';
import { HoldRoom } from './hold-room.js';
import { makeStreams, sourceFilesOf } from './make-streams.js';
import { pollable } from './pollable.js';
import type { PolledStream } from './polled-stream.js';

const NAME = 'http-poller';

/** Bytes of records that are held back by all slices of a process. */
const HOLD_BYTES = 48_000_000;

/** What makes the streams of a process, given what they may use. */
export type MakeStreams = (parts: PollerParts) => {
  streams: PolledStream[];
  definitions: MadeDefinition[];
};

/** Polls streams until it is stopped. @param times other ones than the usual, in tests */
export function startPolling(
  platform: Platform,
  make: MakeStreams,
  times?: PollerTimes,
): Promise<RunningApp> {
  const room = new HoldRoom(HOLD_BYTES);
  const makePolling = (parts: PollerParts): ReturnType<MakePolling> => {
    const { streams, definitions } = make(parts);
    return { streams: streams.map((stream) => pollable(stream, { ...parts, room })), definitions };
  };
  return startPollingOf(platform, NAME, makePolling, times);
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

export type { PolledStream } from './polled-stream.js';
export type { PollerTimes } from '#libs/polling';
export { createHttpClient } from './http-client.js';
export { shareTokens } from './shared-tokens.js';
