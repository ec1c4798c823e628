import type { App } from '#libs/runtime';

/** Raw events → canonical events or dead letters. Needs the log and the folder of source definitions. */
export const normalizer: App = {
  name: 'normalizer',
  needsDatabase: false,
  // Nest is loaded by who starts the app: commands use the functions below alone
  start: async (platform) => (await import('./normalizer-module.js')).startNormalizer(platform),
};

export { normalize } from './normalize.js';
export { RecordMappings } from './record-mappings.js';
