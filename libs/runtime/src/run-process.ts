import { startAdminServer, type AdminServer } from './admin-server.js';
import type { App, RunningApp } from './app.js';
import { readEnvironment, type Environment } from './environment.js';
import { createLogger } from './logger.js';
import { openPlatform, type Platform } from './platform.js';
import { NotMigratedError, assertMigrated, migrate } from './topics.js';
import { PlatformSettings } from './platform-settings.js';
import { SettingsError, checkAll, readSettings } from './settings.js';

/** A process at work. */
export interface RunningProcess {
  platform: Platform;
  addresses: { label: string; url: string }[];
  adminPort: number;
  /** Drains and closes everything; safe to call twice. */
  stop(): Promise<void>;
}

/** Starts apps, in this order, on one platform with one admin port; stops them in the same order: those that
 * take work in come first. @throws what prevents the start, after closing what was opened */
export async function startProcess(
  name: string,
  apps: readonly App[],
  options: { environment: Environment; migrates: boolean },
): Promise<RunningProcess> {
  const { environment } = options;
  checkAll([
    () => readSettings(PlatformSettings, environment),
    ...apps.map((app) => () => app.checkSettings?.(environment)),
  ]);
  const platform = await openPlatform(name, environment, {
    database: apps.some((a) => a.needsDatabase),
  });
  const running: RunningApp[] = [];
  let admin: AdminServer | undefined;
  let stopping: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    platform.health.startDraining();
    for (const app of running) await app.stop();
    await platform.close();
    await admin?.close();
  };
  try {
    await (options.migrates ? migrate(platform) : assertMigrated(platform));
    const { ADMIN_HOST: host, ADMIN_PORT: port } = platform.settings;
    platform.health.startStarting();
    admin = await startAdminServer({ host, port }, platform.health, platform.metrics);
    for (const app of apps) running.push(await app.start(platform));
    platform.health.endStarting();
    return {
      platform,
      adminPort: admin.port,
      addresses: [
        ...running.flatMap((a) => a.addresses),
        {
          label: 'health and metrics',
          url: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${admin.port}`,
        },
      ],
      stop: () => (stopping ??= closeAll()),
    };
  } catch (e) {
    await closeAll();
    throw e;
  }
}

/** The main function of an app's own process: runs until SIGTERM or SIGINT, then drains and exits with 0. A
 * wrong configuration exits with 2, anything unforeseen with 1, so that the orchestrator starts it anew. */
export async function runProcess(
  name: string,
  apps: readonly App[],
  options: { migrates: boolean; onStarted?: (running: RunningProcess) => void } = { migrates: false },
): Promise<void> {
  const environment = readEnvironment();
  const fallback = createLogger(name, 'info');
  const die = (e: unknown): never => {
    fallback.fatal({ error: e }, 'stopped by an unforeseen error');
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  try {
    const running = await startProcess(name, apps, { environment, migrates: options.migrates });
    const { logger, health } = running.platform;
    health.onFailure((reason) => die(new Error(reason)));
    const onSignal = (signal: NodeJS.Signals): void => {
      logger.info({ signal }, 'draining');
      running.stop().then(() => {
        logger.info('stopped');
        process.exit(0);
      }, die);
    };
    process.once('SIGTERM', onSignal);
    process.once('SIGINT', onSignal);
    // Whoever reads it may send the signal at once
    logger.info({ apps: apps.map((a) => a.name), adminPort: running.adminPort }, 'started');
    options.onStarted?.(running);
  } catch (e) {
    if (e instanceof SettingsError || e instanceof NotMigratedError) {
      process.stderr.write(`${name}: ${e.message}\n`);
      process.exit(2);
    }
    die(e);
  }
}
