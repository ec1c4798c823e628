import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Brands } from '#libs/brands';
import { NestLogger, PLATFORM, PlatformModule } from '#libs/nest';
import { readSourcesDir, secretsOf, type App, type Platform } from '#libs/runtime';
import { ClicksController } from './clicks.controller.js';
import { ConvertController } from './convert.controller.js';
import { createAdapter } from './http-server.js';
import { Intake } from './intake.js';
import { PostbackController } from './postback.controller.js';
import { Postbacks } from './postbacks.js';
import { PixelSettings, readPixelSettings } from './pixel-settings.js';
import { RefusalsFilter } from './refusals.filter.js';
import { leaveTaker } from './take-leave.js';

const READ = Symbol('settings and brands');
type Read = ReturnType<typeof readPixelSettings>;

@Module({
  controllers: [ConvertController, ClicksController, PostbackController],
  providers: [
    { provide: READ, inject: [PLATFORM], useFactory: (p: Platform) => readPixelSettings(p.environment) },
    { provide: PixelSettings, inject: [READ], useFactory: (read: Read) => read.settings },
    { provide: Brands, inject: [READ], useFactory: (read: Read) => read.brands },
    {
      provide: Postbacks,
      inject: [PLATFORM],
      useFactory: ({ settings, environment }: Platform) =>
        new Postbacks(readSourcesDir(settings.SOURCES_DIR).sources, secretsOf(environment), environment),
    },
    Intake,
    { provide: APP_FILTER, useClass: RefusalsFilter },
  ],
})
class PixelIngressModule {}

/** Takes clicks and conversion pixels in over HTTP: every 2xx of a conversion is in the event log. */
export const pixelIngress: App = {
  name: 'pixel-ingress',
  needsDatabase: false,
  checkSettings: readPixelSettings,
  async start(platform) {
    const app = await NestFactory.create<NestFastifyApplication>(
      PlatformModule.of(platform, PixelIngressModule),
      createAdapter(),
      { bodyParser: false, logger: new NestLogger(platform.logger), abortOnError: false },
    );
    const server: Server = app.getHttpServer();
    const takeLeave = leaveTaker(server);
    const { PIXEL_HOST: host, PIXEL_PORT: port } = app.get(PixelSettings);
    try {
      await app.listen(port, host);
    } catch (e) {
      await app.close();
      throw e;
    }
    const at = (server.address() as AddressInfo).port;
    const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    return {
      addresses: [
        { label: 'pixels and clicks', url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${at}` },
      ],
      stop: async () => {
        await takeLeave();
        await app.get(Intake).batches.drained();
        await app.close();
      },
    };
  },
};
