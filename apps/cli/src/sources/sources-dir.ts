import { checkSourcesDir, readEnvironment } from '#libs/runtime';

/** Where source definitions are: SOURCES_DIR, else `sources`. */
export function sourcesDir(): string {
  return readEnvironment()['SOURCES_DIR'] || 'sources';
}

/** The same, to be read from. @throws SettingsError where SOURCES_DIR names no folder that is there */
export function existingSourcesDir(): string {
  checkSourcesDir(readEnvironment());
  return sourcesDir();
}
