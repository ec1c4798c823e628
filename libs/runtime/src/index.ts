export {
  checkAgreementsDir,
  readAgreementsDir,
  readDealFiles,
  type AgreementsDir,
  type LoadedDeal,
} from './agreements-dir.js';
export type { App, RunningApp } from './app.js';
export { IsInt, IsOptional, IsString, Matches, Max, Min, ValidateIf } from './checks.js';
export { readEnvironment, type Environment } from './environment.js';
export { Health, type Check } from './health.js';
export { missingOfSource, missingSettings, neededSettings } from './missing-settings.js';
export { createLogger, type Logger } from './logger.js';
export { Metrics } from './metrics.js';
export { deadLetterOfRecord, publishDeadLetters } from './dead-letters.js';
export { databaseOf, openPlatform, type Platform } from './platform.js';
export { PlatformSettings, ToBoolean } from './platform-settings.js';
export { publishFitting, type RecordGroup, type TooLarge } from './publish-fitting.js';
export { runProcess, startProcess, type RunningProcess } from './run-process.js';
export { secretsOf, type Secrets } from './secrets.js';
export { SettingsError, readSettings } from './settings.js';
export {
  checkSourcesDir,
  readSourceFile,
  readSourcesDir,
  type LoadedSource,
  type SourcesDir,
  sourcesOfType,
} from './sources-dir.js';
export { NotMigratedError, assertMigrated, migrate, topicSpecs } from './topics.js';
export { yamlFilesIn } from './yaml-dir.js';
export { VERSION } from './version.js';
