import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Platform, RunningApp } from '#libs/runtime';
import { NestLogger } from './nest-logger.js';

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
  // Nest's microservices are loaded by those that are some
  const { EventLogServer, PassErrorsOn } = await import('./event-log-server.js');
  const app = await NestFactory.createMicroservice(PlatformModule.of(platform, module), {
    strategy: new EventLogServer(platform),
    logger: new NestLogger(platform.logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new PassErrorsOn());
  await app.listen();
  return { addresses: [], stop: () => app.close() };
}
