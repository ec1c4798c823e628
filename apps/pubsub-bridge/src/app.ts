import { setMaxListeners } from 'node:events';
import { noteStreamHealth, replaceDefinitions } from '#libs/database';
import {
  checkSourcesDir,
  databaseOf,
  readSourcesDir,
  secretsOf,
  sourcesOfType,
  type App,
  type Platform,
  type RunningApp,
} from '#libs/runtime';
import { BRIDGE_TIMES, type BridgeParts, type BridgeTimes } from './bridge-parts.js';

const NAME = 'pubsub-bridge';

/** Google Pub/Sub → raw events, by the definitions in `SOURCES_DIR`. */
export const pubsubBridge: App = {
  name: NAME,
  needsDatabase: true,
  checkSettings: checkSourcesDir,
  start: (platform) => bridgeSources(platform),
};

/** Pulls what the definitions in `SOURCES_DIR` say, until it is stopped. @param times other ones than the usual, in tests */
export async function bridgeSources(
  platform: Platform,
  times: BridgeTimes = BRIDGE_TIMES,
): Promise<RunningApp> {
  const { environment, settings, logger } = platform;
  const sources = sourcesOfType(readSourcesDir(settings.SOURCES_DIR).sources, 'pubsub');
  const database = databaseOf(platform);
  if (sources.length === 0) {
    await replaceDefinitions(database, NAME, []);
    return { addresses: [], stop: async () => {} };
  }
  // Google's client is loaded where it is used: it takes a second, and 40 MiB
  const { Bridge } = await import('./bridge.js');
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const parts: BridgeParts = {
    platform,
    times,
    note: (health) =>
      noteStreamHealth(database.pool, health).catch((error: unknown) => {
        logger.debug({ error }, 'how it stands with a stream was not noted');
      }),
    now: Date.now,
    random: Math.random,
    stopping: stopping.signal,
  };
  const world = { environment, secrets: secretsOf(environment) };
  const bridge = new Bridge(sources, { app: NAME, database, platform, world, parts });
  await bridge.start();
  return {
    addresses: [],
    stop: async () => {
      stopping.abort();
      await bridge.stop();
    },
  };
}

export type { BridgeTimes } from './bridge-parts.js';
/** What opens Pub/Sub's client, which is loaded where it is used. */
export const loadPubsub = () => import('./pubsub-client.js');

export { messageOf } from './bridged-stream.js';
export { pullFailureOf, type PullFailure } from './pull-failure.js';
