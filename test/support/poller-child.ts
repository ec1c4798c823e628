/**
 * A poller in a process of its own, to be killed or paused by tests. It says JSON lines on standard output, as every
 * process does.
 */
import { pollSources, startPolling, type PollerTimes } from '#apps/http-poller';
import { openPlatform, type Environment } from '#libs/runtime';
import { playedSource, type PlayedStream } from './played-partner.js';

/** What the test says. */
export interface PollerChildSettings {
  environment: Environment;
  /** Absent: what the definitions in `SOURCES_DIR` of the environment say. */
  streams?: PlayedStream[];
  times: PollerTimes;
  /** Asked as soon as the log has acknowledged; the process goes on when it answers. */
  afterAcknowledgement?: string;
}

const settings = JSON.parse(process.argv[2] ?? '') as PollerChildSettings;
const platform = await openPlatform('poller', settings.environment, { database: true });
const { streams, times, afterAcknowledgement } = settings;
if (afterAcknowledgement !== undefined) {
  const publish = platform.eventLog.publish.bind(platform.eventLog);
  platform.eventLog.publish = async (topic, records) => {
    const positions = await publish(topic, records);
    await fetch(afterAcknowledgement);
    return positions;
  };
}
const running = streams
  ? await startPolling(platform, () => [playedSource(streams)], times)
  : await pollSources(platform, times);
process.once('SIGTERM', () => void running.stop().then(() => platform.close()));
