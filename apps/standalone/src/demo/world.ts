import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { throwAwayFolder } from '#libs/database';
import { readEnvironment, startProcess, type RunningProcess } from '#libs/runtime';
import { ALL_APPS } from '../apps.js';
import { openShopExport, type ShopExport } from './ga4/shop-export.js';
import { openPartners, type PartnerWorld } from './partners/partner-world.js';

/** The brand of the demo. */
export const BRAND = 'spacevegas';

/** The installation of a demo: every app in this process, on a PostgreSQL of its own, and the partners it polls. */
export interface World {
  process: RunningProcess;
  partners: PartnerWorld;
  /** What GA4 tells of the shop. */
  shop: ShopExport;
  pixelUrl: string;
  consoleUrl: string;
  adminUrl: string;
  /** What a person types to look into the database. */
  psql: string;
  /** `DATA_DIR` of the embedded database, for commands that are to attach to it. */
  dataDir: string;
  /** Stops everything and removes its data. May be called twice. */
  close(): Promise<void>;
}

const BRANDS_FILE = fileURLToPath(
  new URL('../../../../../apps/standalone/demo-brands.yaml', import.meta.url),
);

const AGREEMENTS = fileURLToPath(new URL('../../../../../apps/standalone/demo-agreements', import.meta.url));

/** Starts everything in a temporary folder, on the usual ports where they are free. */
export async function openWorld(): Promise<World> {
  const { folder, remove } = await throwAwayFolder();
  const environment = readEnvironment();
  const emulator = environment['BIGQUERY_EMULATOR_HOST'];
  let partners: PartnerWorld | undefined;
  try {
    partners = await openPartners(folder, BRAND, Date.now());
    const shop = await openShopExport(partners.environment['SOURCES_DIR']!, BRAND, environment);
    const closePartners = (): Promise<void> => partners!.close();
    const process = await startProcess('demo', ALL_APPS, {
      migrates: true,
      environment: {
        LOG_LEVEL: environment['LOG_LEVEL'] || 'warn',
        ...(emulator && { BIGQUERY_EMULATOR_HOST: emulator }),
        DATA_DIR: folder,
        PIXEL_BRANDS_FILE: BRANDS_FILE,
        AGREEMENTS_DIR: AGREEMENTS,
        PIXEL_HOST: '127.0.0.1',
        PIXEL_PORT: await freePort(8080),
        CONSOLE_PORT: await freePort(8081),
        ADMIN_HOST: '127.0.0.1',
        ADMIN_PORT: await freePort(9090),
        ...partners.environment,
      },
    });
    const urlOf = (label: string): string => process.addresses.find((a) => a.label === label)!.url;
    let closing: Promise<void> | undefined;
    return {
      process,
      partners,
      shop,
      pixelUrl: urlOf('pixels and clicks'),
      consoleUrl: urlOf('console'),
      adminUrl: urlOf('health and metrics'),
      psql: process.platform.embedded!.psql,
      dataDir: folder,
      close: () => (closing ??= process.stop().finally(closePartners).finally(remove)),
    };
  } catch (error) {
    await partners?.close();
    await remove();
    throw error;
  }
}

/** The usual port where it is free, else 0: any free one. */
function freePort(usual: number): Promise<string> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve('0'));
    probe.listen(usual, '127.0.0.1', () => probe.close(() => resolve(String(usual))));
  });
}
