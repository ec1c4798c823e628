import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '#libs/sources';
import { PROPERTY, ZONE, type ShopTable } from './shop-rows.js';

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
 * Writes the definition of the shop's property beside those of the partners, and its export into a folder of files.
 * @param sources folder of the definitions
 */
export async function openShopExport(sources: string, brand: string): Promise<ShopExport> {
  const folder = join(sources, 'ga4-export');
  await mkdir(folder);
  await writeFile(
    join(sources, `${SHOP_SOURCE}.yaml`),
    definition(brand, '{ type: files, folder: ga4-export }'),
  );
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
