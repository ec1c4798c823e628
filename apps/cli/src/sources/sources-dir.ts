import { readEnvironment } from '#libs/runtime';

/** Where source definitions are: SOURCES_DIR, else `sources`. */
export function sourcesDir(): string {
  return readEnvironment()['SOURCES_DIR'] || 'sources';
}
