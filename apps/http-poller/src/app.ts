import {
  startPolling as startPollingOf,
  type MakeSource,
  type PollableStream,
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

/** What makes the sources of a process, each of its own file, given what they may use. */
export type MakeSources = (parts: PollerParts) => readonly MakeSource<PolledStream>[];

/** Polls streams until it is stopped. @param times other ones than the usual, in tests */
export function startPolling(
  platform: Platform,
  makersOf: MakeSources,
  times?: PollerTimes,
): Promise<RunningApp> {
  const room = new HoldRoom(HOLD_BYTES);
  const pollables = (parts: PollerParts): MakeSource<PollableStream>[] =>
    makersOf(parts).map((make) => () => {
      const { definition, streams } = make();
      return { definition, streams: streams.map((stream) => pollable(stream, { ...parts, room })) };
    });
  return startPollingOf(platform, NAME, pollables, times);
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
  const makersOf: MakeSources = (parts) => files.map((file) => () => makeStreams(file, world, parts));
  const polling = await startPolling(platform, makersOf, times);
  return { ...polling, stop: () => polling.stop().finally(() => client.close()) };
}

export type { PolledStream } from './polled-stream.js';
export type { PollerTimes } from '#libs/polling';
export { createHttpClient } from './http-client.js';
export { shareTokens } from './shared-tokens.js';
