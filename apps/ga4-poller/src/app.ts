import { startPolling, type MakeSources, type PollerTimes } from '#libs/polling';
import {
  checkSourcesDir,
  readSourcesDir,
  secretsOf,
  sourcesOfType,
  type App,
  type Platform,
  type RunningApp,
} from '#libs/runtime';
import { makeSource } from './make-source.js';

const NAME = 'ga4-poller';

/** GA4's export → raw events, by the definitions in `SOURCES_DIR`. */
export const ga4Poller: App = {
  name: NAME,
  needsDatabase: true,
  checkSettings: checkSourcesDir,
  start: (platform) => pollExports(platform),
};

/** Polls what the definitions in `SOURCES_DIR` say, until it is stopped. @param times other ones than the usual, in tests */
export function pollExports(platform: Platform, times?: PollerTimes): Promise<RunningApp> {
  const { environment, settings } = platform;
  const loaded = sourcesOfType(readSourcesDir(settings.SOURCES_DIR).sources, 'ga4');
  const world = { secrets: secretsOf(environment), environment };
  const makersOf: MakeSources = (parts) => loaded.map((one) => () => makeSource(one, world, parts));
  return startPolling(platform, NAME, makersOf, times);
}

export { createExport, type ExportWorld } from './create-export.js';
export type { Ga4Export, Ga4Page, ReadPlan, ShardInfo } from './export.js';
export { LOOK_BACK_DAYS, addDays, dayAt } from './property-days.js';
export { filesExport } from './files/files-export.js';
export { readRowsFile } from './files/rows-of-file.js';
export { USD_PER_TIB, billedBytes, usdOf } from './bigquery/read-choice.js';
