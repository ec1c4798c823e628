import { Module } from '@nestjs/common';
import { PLATFORM, startConsumerApp } from '#libs/nest';
import { readSourcesDir, type App, type Platform } from '#libs/runtime';
import { problemText } from '#libs/sources';
import { RawEventsController } from './raw-events.controller.js';
import { RecordMappings } from './record-mappings.js';

/** The mappings of the sources that can work; what is wrong with the others is logged. */
function loadMappings({ settings, logger }: Platform): RecordMappings {
  const { sources, problems } = readSourcesDir(settings.SOURCES_DIR);
  for (const problem of problems) logger.error({ problem: problemText(problem) }, 'a source is left out');
  logger.info({ sources: sources.map(({ source }) => source.name) }, 'sources loaded');
  return new RecordMappings(sources);
}

@Module({
  controllers: [RawEventsController],
  providers: [{ provide: RecordMappings, inject: [PLATFORM], useFactory: loadMappings }],
})
class NormalizerModule {}

/** Raw events → canonical events or dead letters. Needs the log and the folder of source definitions. */
export const normalizer: App = {
  name: 'normalizer',
  needsDatabase: false,
  start: (platform) => startConsumerApp(platform, NormalizerModule),
};

export { normalize } from './normalize.js';
export { RecordMappings } from './record-mappings.js';
