import fc from 'fast-check';
import { CONVERSION_COLUMNS, conversionOf, type Database } from '#libs/database';
import { serializeConversion, type RawEvent } from '#libs/events';
import { until } from '#test/until';
import { canonicalDump, emptyTables } from '#test/canonical-dump';
import { exampleRawConversion } from '#test/example-events';
import { pixelWorld } from '#test/pixel-worlds';
import { schemaProblems } from '#test/published-schemas';
import { withMigratedDatabase } from '#test/migrated-database';
import { propertyRuns } from '#test/property-runs';
import { deliver, deliveryOf } from './deliveries.js';
import { Engine, batchesOf, recordsOf } from './engine.js';

let database: Database;
withMigratedDatabase((opened) => (database = opened));

async function plainly(world: readonly RawEvent[]): Promise<string> {
  await emptyTables(database.pool);
  const engine = new Engine(database);
  for (const batch of batchesOf(recordsOf(world, 0), [1_000])) await engine.attribute(batch);
  return canonicalDump(database.pool);
}

describe('convergence', () => {
  it('ends in the same rows, however a world is delivered, by whom, and how often they die', async () => {
    await fc.assert(
      fc.asyncProperty(deliveryOf(pixelWorld), async (delivery) => {
        const expected = await plainly(delivery.world);

        await emptyTables(database.pool);
        const published = await deliver(database, delivery, recordsOf);
        expect(await canonicalDump(database.pool)).toBe(expected);
        await expectPublishedIsVisible(published);
        const unsettled = await database.pool.query('SELECT FROM tributary.unsettled_batches');
        expect(unsettled.rows).toHaveLength(0);
      }),
      { numRuns: propertyRuns(60), endOnFailure: true },
    );
  });

  it('tells the row that stands, also where the slower of two members tells last', async () => {
    await emptyTables(database.pool);
    const early = exampleRawConversion({
      type: 'registration',
      player_id: 'anna',
      amount: undefined,
      currency: undefined,
    });
    const late: RawEvent = {
      ...early,
      source: 'pixel-server',
      payload: { ...early.payload, player_id: 'Bo' },
    };

    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const slow = new Engine(database, () => 0, new Map(), released);
    const quick = new Engine(database, () => 0, slow.published);
    const slowDone = slow.attribute(
      batchesOf(recordsOf([{ ...early, source: 'pixel-browser' }], 0), [1])[0]!,
    );
    await until(
      'a row is there',
      async () => (await database.pool.query('SELECT FROM tributary.conversions')).rows.length > 0,
    );
    await quick.attribute(batchesOf(recordsOf([late], 1), [1])[0]!);
    release();
    await slowDone;

    expect([...slow.published.values()].map((v) => (v ?? '').includes('"player_id":"Bo"'))).toEqual([true]);
    await expectPublishedIsVisible(slow.published);
  });

  it('ends in the same rows when everything is rebuilt', async () => {
    const { rebuild } = await import('#apps/attribution');
    await fc.assert(
      fc.asyncProperty(pixelWorld, async (world) => {
        const expected = await plainly(world);
        await rebuild(database, { publish: async () => [] } as never, () => {});
        expect(await canonicalDump(database.pool)).toBe(expected);
      }),
      { numRuns: 15 },
    );
  });
});

/** The last record of every key on topic `conversions` tells the row that stands, as its published schema says. */
async function expectPublishedIsVisible(published: ReadonlyMap<string, string | null>): Promise<void> {
  const rows = await database.pool.query<Record<string, unknown>>(
    `SELECT ${CONVERSION_COLUMNS} FROM tributary.conversions c`,
  );
  const visible = new Map(rows.rows.map(conversionOf).map((c) => [c.conversion_id, serializeConversion(c)]));
  const told = new Map([...published].filter(([, value]) => value !== null));
  expect([...told.values()].flatMap((value) => schemaProblems(value!))).toEqual([]);
  const parsed = (m: Map<string, string | null>): object =>
    Object.fromEntries([...m].map(([id, v]) => [id, (JSON.parse(v ?? '') as { data: unknown }).data]));
  expect(parsed(told)).toEqual(parsed(visible));
}
