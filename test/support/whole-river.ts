import { setTimeout as sleep } from 'node:timers/promises';
import { attribution } from '#apps/attribution';
import { consoleApp, readStatus } from '#apps/console';
import { normalizer } from '#apps/normalizer';
import { pixelIngress } from '#apps/pixel-ingress';
import { startProcess, type Platform } from '#libs/runtime';

/** Every app in this process, on a database of a test. */
export interface River {
  platform: Platform;
  pixelUrl: string;
  consoleUrl: string;
  /** Resolves when everything published so far has been read and every row is made. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the apps on free ports; the event log is in the same database. */
export async function startRiver(
  databaseUrl: string,
  environment: Record<string, string> = {},
): Promise<River> {
  const running = await startProcess('test', [pixelIngress, normalizer, attribution, consoleApp], {
    migrates: true,
    environment: {
      DATABASE_URL: databaseUrl,
      PIXEL_HOST: '127.0.0.1',
      PIXEL_PORT: '0',
      CONSOLE_PORT: '0',
      ADMIN_HOST: '127.0.0.1',
      ADMIN_PORT: '0',
      KAFKA_PARTITIONS: '3',
      LOG_LEVEL: 'silent',
      ...environment,
    },
  });
  const urlOf = (label: string): string => running.addresses.find((a) => a.label === label)!.url;
  return {
    platform: running.platform,
    pixelUrl: urlOf('pixels and clicks'),
    consoleUrl: urlOf('console'),
    stop: () => running.stop(),
    async settled() {
      for (let still = 0; still < 2; await sleep(20)) {
        const { lag, unsettled_batches } = await readStatus(running.platform);
        // twice: between two groups' lags a batch of the first may have become records for the second
        still = unsettled_batches === 0 && lag.every((g) => g.lag === 0) ? still + 1 : 0;
      }
    },
  };
}
