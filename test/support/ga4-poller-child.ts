/** A poller of GA4's export in a process of its own, to be killed by tests. It says JSON lines on standard output. */
import { pollExports } from '#apps/ga4-poller';
import type { PollerTimes } from '#apps/http-poller';
import { openPlatform, type Environment } from '#libs/runtime';

/** What the test says. */
export interface Ga4ChildSettings {
  environment: Environment;
  times: PollerTimes;
}

const { environment, times } = JSON.parse(process.argv[2] ?? '') as Ga4ChildSettings;
const platform = await openPlatform('ga4-poller', environment, { database: true });
const running = await pollExports(platform, times);
process.once('SIGTERM', () => void running.stop().then(() => platform.close()));
