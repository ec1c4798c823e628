import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attribution, creditConversions, rebuild } from '#apps/attribution';
import { pixelIngress } from '#apps/pixel-ingress';
import { readLookBacks } from '#libs/database';
import {
  Topic,
  canonicalEventKey,
  hashParts,
  serializeCanonicalEvent,
  type CanonicalEvent,
} from '#libs/events';
import { SettingsError, databaseOf, startProcess, type RunningProcess } from '#libs/runtime';
import { exampleCanonicalEvents } from '#test/example-events';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { until } from '#test/until';

let home: TestDatabase;
let folder: string;
let file: string;
beforeEach(async () => {
  home = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'tributary-brands-'));
  file = join(folder, 'brands.yaml');
});
afterEach(async () => {
  await home.drop();
  await rm(folder, { recursive: true });
});

async function environmentOf(brands: string | undefined): Promise<Record<string, string>> {
  if (brands !== undefined) await writeFile(file, brands);
  return {
    DATABASE_URL: home.url,
    ADMIN_HOST: '127.0.0.1',
    ADMIN_PORT: '0',
    KAFKA_PARTITIONS: '1',
    LOG_LEVEL: 'silent',
    ...(brands !== undefined && { PIXEL_BRANDS_FILE: file }),
  };
}

async function withAttribution(
  brands: string | undefined,
  use: (running: RunningProcess) => Promise<void>,
): Promise<void> {
  const environment = await environmentOf(brands);
  const running = await startProcess('attribution', [attribution], { environment, migrates: true });
  try {
    await use(running);
  } finally {
    await running.stop();
  }
}

const examples = exampleCanonicalEvents();
const deposit = examples.find((e) => e.kind === 'deposit')!;
const touchpoint = examples.find((e) => e.kind === 'touchpoint')!;

/** Three touches, 40, 20 and 3 days before a deposit, the same for every brand. */
function worldOf(brand: string): CanonicalEvent[] {
  const common = { brand, player_id: 'anna', click_id: undefined, is_test: undefined };
  const touch = (touch_id: string, day: string): CanonicalEvent => ({
    ...touchpoint,
    ...common,
    ...{ touch_id, natural_key: touch_id, event_id: hashParts([brand, touch_id]) },
    occurred_at: `${day}T12:00:00.000000Z`,
    utm: { source: touch_id },
  });
  return [
    touch('oldest', '2026-10-12'),
    touch('old', '2026-11-01'),
    touch('new', '2026-11-18'),
    { ...deposit, ...common, event_id: hashParts([brand]), occurred_at: '2026-11-21T12:00:00.000000Z' },
  ] as CanonicalEvent[];
}

async function firstTouches({ platform }: RunningProcess): Promise<(string | null)[]> {
  const found = await databaseOf(platform).pool.query<{ source: string | null }>(
    `SELECT first_touch_source AS source FROM tributary.conversions ORDER BY brand`,
  );
  return found.rows.map((r) => r.source);
}

it('is that of the brand, and a rebuild makes rows follow a change', async () => {
  await withAttribution(
    'brands: {a: {hosts: [a], look_back_days: 7}, b: {look_back_days: 60}}',
    async (running) => {
      const events = ['a', 'b', 'c'].flatMap(worldOf);
      const records = events.map((e) => ({ key: canonicalEventKey(e), value: serializeCanonicalEvent(e) }));
      await running.platform.eventLog.publish(Topic.conversionEvents, records);
      await until('all rows are there', async () => (await firstTouches(running)).length === 3);
      await until('all is read', async () => (await firstTouches(running)).join() === 'new,oldest,old');
    },
  );

  await withAttribution('brands: {a: {hosts: [a]}, b: {look_back_days: 7}}', async (running) => {
    const database = databaseOf(running.platform);
    expect(await readLookBacks(database.pool)).toEqual(new Map([['b', 7]]));
    await rebuild(database, running.platform.eventLog, () => {});
    expect(await firstTouches(running)).toEqual(['old', 'new', 'old']);
    const credits = await creditConversions(database, { model: 'first_touch', by: 'source' });
    expect(credits.map(({ key, conversions }) => [key, conversions])).toEqual([
      ['old', '2'],
      ['new', '1'],
    ]);
  });

  await withAttribution(undefined, async ({ platform }) => {
    expect(await readLookBacks(databaseOf(platform).pool)).toEqual(new Map([['b', 7]]));
  });
});

it('of a wrong file ends the start, which names its place once', async () => {
  const environment = await environmentOf('brands: {a: {look_back_days: 0}}');
  const start = startProcess('both', [pixelIngress, attribution], { environment, migrates: true });
  await expect(start).rejects.toThrow(
    new SettingsError([`${file}:1:30: look_back_days must be a whole number from 1 to 365`]),
  );
});
