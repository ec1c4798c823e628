import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Environment } from '#libs/runtime';
import type { JsonObject } from '#libs/sources';
import { PROPERTY, ZONE, type ShopTable } from './shop-rows.js';
import { ShopTables } from './shop-tables.js';

/** The export of the demo's shop, as Google would make it. */
export interface ShopExport {
  /** Where the poller reads it, for people. */
  place: string;
  /** Writes the table of a day; the daily one takes the place of the streamed one. */
  write(day: string, table: ShopTable, rows: readonly JsonObject[]): Promise<void>;
}

/** Name of the source. */
export const SHOP_SOURCE = 'shop-ga4';

const FILE_AGE_MS = 60_000;

/**
 * Writes the definition of the shop's property beside those of the partners. Its export is in an emulator of BigQuery where
 * there is one (`BIGQUERY_EMULATOR_HOST`, with the project of `GOOGLE_CLOUD_PROJECT`, else `test`), else a folder of files.
 * @param sources folder of the definitions
 */
export async function openShopExport(
  sources: string,
  brand: string,
  environment: Environment,
): Promise<ShopExport> {
  const host = environment['BIGQUERY_EMULATOR_HOST'];
  const project = environment['GOOGLE_CLOUD_PROJECT'] || 'test';
  const place = host ? `{ type: bigquery, project: ${project} }` : '{ type: files, folder: ga4-export }';
  await writeFile(join(sources, `${SHOP_SOURCE}.yaml`), definition(brand, place));
  return host ? openTables(host, project) : openFolder(join(sources, 'ga4-export'));
}

async function openTables(host: string, project: string): Promise<ShopExport> {
  const dataset = `analytics_${PROPERTY}`;
  const tables = new ShopTables(host, project, dataset);
  await tables.open();
  return {
    place: `${host}, project ${project}, dataset ${dataset}`,
    write: async (day, table, rows) => {
      await tables.create(`${table === 'daily' ? 'events_' : 'events_intraday_'}${day}`, rows);
      if (table === 'daily') await tables.drop(`events_intraday_${day}`);
    },
  };
}

async function openFolder(folder: string): Promise<ShopExport> {
  await mkdir(folder);
  return {
    place: folder,
    write: async (day, table, rows) => {
      const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
      const streamed = join(folder, `events_intraday_${day}.json`);
      const path = table === 'daily' ? join(folder, `events_${day}-000000000000.json.gz`) : streamed;
      await writeFile(`${path}.part`, table === 'daily' ? gzipSync(lines) : lines);
      // As if it had come a while ago: what is new waits until it has not changed for a while
      const changed = new Date(Date.now() - FILE_AGE_MS);
      await utimes(`${path}.part`, changed, changed);
      await rename(`${path}.part`, path);
      if (table === 'daily') await rm(streamed, { force: true });
    },
  };
}

function definition(brand: string, place: string): string {
  return `name: ${SHOP_SOURCE}
type: ga4
brand: ${brand}
property: '${PROPERTY}'
timezone: ${ZONE}
poll_interval: PT1S
export: ${place}
`;
}
