import { Module } from '@nestjs/common';
import { PLATFORM, startConsumerApp } from '#libs/nest';
import { readSourcesDir, type Platform, type RunningApp } from '#libs/runtime';
import { problemText } from '#libs/yaml-file';
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

/** Consumes its topic until it is stopped. */
export function startNormalizer(platform: Platform): Promise<RunningApp> {
  return startConsumerApp(platform, NormalizerModule);
}
