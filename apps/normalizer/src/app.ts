import { Module } from '@nestjs/common';
import { startConsumerApp, type App } from '#libs/runtime';
import { RawEventsController } from './raw-events.controller.js';

@Module({ controllers: [RawEventsController] })
class NormalizerModule {}

/** Raw events → canonical events or dead letters. Needs the log alone. */
export const normalizer: App = {
  name: 'normalizer',
  needsDatabase: false,
  start: (platform) => startConsumerApp(platform, NormalizerModule),
};

export { normalize } from './normalize.js';
