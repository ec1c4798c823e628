import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLogger, PLATFORM, PlatformModule } from '#libs/nest';
import { readSettings, type Platform, type RunningApp } from '#libs/runtime';
import { AdminAccessGuard } from './admin-access.guard.js';
import { ConsoleSettings } from './console-settings.js';
import { ReceiptsController } from './receipts.controller.js';
import { StatusController } from './status.controller.js';

@Module({
  controllers: [ReceiptsController, StatusController],
  providers: [
    {
      provide: ConsoleSettings,
      inject: [PLATFORM],
      useFactory: (platform: Platform) => readSettings(ConsoleSettings, platform.environment),
    },
    { provide: APP_GUARD, useClass: AdminAccessGuard },
  ],
})
class ConsoleModule {}

/** Answers over HTTP until it is stopped. */
export async function startConsole(platform: Platform): Promise<RunningApp> {
  const app = await NestFactory.create<NestFastifyApplication>(
    PlatformModule.of(platform, ConsoleModule),
    new FastifyAdapter({ forceCloseConnections: 'idle', requestTimeout: 10_000, bodyLimit: 64 * 1024 }),
    { logger: new NestLogger(platform.logger), abortOnError: false },
  );
  const { CONSOLE_HOST, CONSOLE_PORT } = app.get(ConsoleSettings);
  const host = CONSOLE_HOST.replace(/[[\]]/g, '');
  try {
    await app.listen(CONSOLE_PORT, host);
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
  return { addresses: [{ label: 'console', url }], stop: () => app.close() };
}
