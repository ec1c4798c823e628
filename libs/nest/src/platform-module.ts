import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventLogServer, PassErrorsOn } from './event-log-server.js';
import { NestLogger } from './nest-logger.js';
import type { Platform, RunningApp } from '#libs/runtime';

/** Token of the `Platform` in every app's Nest module. */
export const PLATFORM = Symbol('Platform');

/** Gives an app's Nest module the platform that its process has opened. */
@Module({})
export class PlatformModule {
  static of(platform: Platform, app: Type): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [app],
      providers: [{ provide: PLATFORM, useValue: platform }],
      exports: [PLATFORM],
    };
  }
}

/** Starts a Nest app whose controllers consume topics by `@EventPattern(topic, subscription)`. */
export async function startConsumerApp(platform: Platform, module: Type): Promise<RunningApp> {
  const app = await NestFactory.createMicroservice(PlatformModule.of(platform, module), {
    strategy: new EventLogServer(platform),
    logger: new NestLogger(platform.logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new PassErrorsOn());
  await app.listen();
  return { addresses: [], stop: () => app.close() };
}
