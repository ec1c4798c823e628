import { mkdir, readFile, writeFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DateTime } from 'luxon';
import { playBesitos, type BesitosRow } from './besitos-partner.js';
import { playIntarget, type IntargetEntity, type IntargetRow } from './intarget-partner.js';

/** The partners of the demo: what they say, and what an installation must know to poll them. */
export interface PartnerWorld {
  /** Rows that the product API serves; may be changed while it is polled. */
  product: Map<IntargetEntity, IntargetRow[]>;
  /** Rows that the offerwall serves. */
  offerwall: BesitosRow[];
  addresses: { intarget: string; besitos: string };
  /** Settings and secrets of the installation that polls them. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

const SHIPPED = fileURLToPath(new URL('../../../../../../sources/', import.meta.url));
const DAYS_BACK = 2;
const SECRETS = {
  SECRET_BESITOS_KEY: 'demo-key',
  SECRET_BESITOS_POSTBACK_TOKEN: 'demo-token',
  SECRET_INTARGET_USER: 'demo',
  SECRET_INTARGET_PASSWORD: 'demo',
};
const BASIC = `Basic ${btoa('demo:demo')}`;

/**
 * Plays a product API and an offerwall on loopback ports, and writes the definitions that ship for them into the
 * folder: as they are but for the address, the brand, and how often and how far back they ask.
 */
export async function openPartners(folder: string, brand: string, now: number): Promise<PartnerWorld> {
  const product = new Map<IntargetEntity, IntargetRow[]>();
  const offerwall: BesitosRow[] = [];
  const besitos = await playBesitos(SECRETS.SECRET_BESITOS_KEY, () => offerwall);
  const intarget = await playIntarget({
    format: 'csv',
    rows: (entity) => product.get(entity) ?? [],
    authorized: ({ headers }) => headers.authorization === BASIC,
  });
  const directory = join(folder, 'sources');
  await mkdir(directory);
  await cp(join(SHIPPED, 'schemas'), join(directory, 'schemas'), { recursive: true });
  const start = DateTime.fromMillis(now, { zone: 'utc' }).minus({ days: DAYS_BACK }).toISODate()!;
  for (const name of ['besitos', 'intarget-product-api']) {
    const text = await readFile(join(SHIPPED, `${name}.yaml`), 'utf8');
    const hurried = hurry(text, brand, start).replaceAll('https://wall.besitos.ai', besitos.url);
    await writeFile(join(directory, `${name}.yaml`), hurried);
  }
  return {
    product,
    offerwall,
    addresses: { intarget: `${intarget.url}/api`, besitos: besitos.url },
    environment: { SOURCES_DIR: directory, INTARGET_URL: `${intarget.url}/api`, ...SECRETS },
    close: async () => {
      await Promise.all([besitos.close(), intarget.close()]);
    },
  };
}

/** A definition that asks every second, and not further back than the demo's story. @param start `yyyy-MM-dd` */
export function hurry(text: string, brand: string, start: string): string {
  return text
    .replace(/^brand: \S+/m, `brand: ${brand}`)
    .replace(/^api_budget: .*$/m, '')
    .replaceAll(/poll_interval: \S+/g, 'poll_interval: PT1S')
    .replaceAll(/^( +)start: \S+/gm, `$1start: ${start}`)
    .replaceAll(/lookback_window: \S+/g, `lookback_window: P${DAYS_BACK}D`)
    .replaceAll(/^ *lookback_tiers: .*$/gm, '')
    .replaceAll(/settle_delay: \S+/g, 'settle_delay: PT0S')
    .replaceAll(/step: PT1H/g, 'step: P1D');
}
