/**
 * A poller in a process of its own, to be killed or paused by tests. It says JSON lines on standard output, as every
 * process does.
 */
import { startPolling, type PollerTimes } from '#apps/http-poller';
import { openPlatform, type Environment } from '#libs/runtime';
import { playedStream, type PlayedStream } from './played-partner.js';

/** What the test says. */
export interface PollerChildSettings {
  environment: Environment;
  streams: PlayedStream[];
  times: PollerTimes;
  /** Asked as soon as the log has acknowledged; the process goes on when it answers. */
  afterAcknowledgement?: string;
}

const settings = JSON.parse(process.argv[2] ?? '') as PollerChildSettings;
const platform = await openPlatform('poller', settings.environment, { database: true });
const { afterAcknowledgement } = settings;
if (afterAcknowledgement !== undefined) {
  const publish = platform.eventLog.publish.bind(platform.eventLog);
  platform.eventLog.publish = async (topic, records) => {
    const positions = await publish(topic, records);
    await fetch(afterAcknowledgement);
    return positions;
  };
}
const running = await startPolling(
  platform,
  () => ({ streams: settings.streams.map(playedStream), definitions: [] }),
  settings.times,
);
process.once('SIGTERM', () => void running.stop().then(() => platform.close()));
