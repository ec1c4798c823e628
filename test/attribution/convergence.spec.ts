import fc from 'fast-check';
import { CONVERSION_COLUMNS, conversionOf, type Database } from '#libs/database';
import { serializeConversion, type RawEvent } from '#libs/events';
import type { RecordBatch } from '#libs/event-log';
import { until } from '#test/until';
import { canonicalDump, emptyTables } from '#test/canonical-dump';
import { exampleRawConversion } from '#test/example-events';
import { pixelWorld } from '#test/pixel-worlds';
import { schemaProblems } from '#test/published-schemas';
import { withMigratedDatabase } from '#test/migrated-database';
import { Engine, batchesOf, recordsOf } from './engine.js';

let database: Database;
withMigratedDatabase((opened) => (database = opened));

/** What becomes of one delivery of a batch; all but `done` are delivered again. */
type Fate =
  'done' | 'dies before' | 'dies after facts' | 'dies before the offset commit' | 'both members at once';

const fate: fc.Arbitrary<Fate> = fc.constantFrom(
  'done',
  'done',
  'done',
  'dies before',
  'dies after facts',
  'dies before the offset commit',
  'both members at once',
);

/** A world, and one way in which the log may deliver it. */
const delivery = pixelWorld.chain((world) =>
  fc.record({
    world: fc.constant(world),
    shuffled: fc.shuffledSubarray([...world, ...world], { minLength: world.length }),
    sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }),
    fates: fc.array(fate, { minLength: 1, maxLength: 20 }),
    split: fc.integer({ min: 1, max: 3 }),
    pausesMs: fc.array(fc.constantFrom(0, 0, 0, 1, 30), { minLength: 1, maxLength: 20 }),
  }),
);

async function plainly(world: readonly RawEvent[]): Promise<string> {
  await emptyTables(database.pool);
  const engine = new Engine(database);
  for (const batch of batchesOf(recordsOf(world, 0), [1_000])) await engine.attribute(batch);
  return canonicalDump(database.pool);
}

async function deliverTo(
  engine: Engine,
  batches: readonly RecordBatch[],
  nextFate: () => Fate,
): Promise<void> {
  for (const batch of batches) {
    for (let done = false; !done;) {
      const what = nextFate();
      if (what === 'dies after facts') await engine.dieAfterFacts(batch);
      if (what === 'dies before the offset commit') await engine.attribute(batch);
      if (what === 'both members at once')
        await Promise.all([engine.attribute(batch), engine.attribute(batch)]);
      done = what === 'done';
      if (done) await engine.attribute(batch);
    }
  }
}

describe('convergence', () => {
  it('ends in the same rows, however a world is delivered, by whom, and how often they die', async () => {
    await fc.assert(
      fc.asyncProperty(delivery, async ({ world, shuffled, sizes, fates, split, pausesMs }) => {
        const expected = await plainly(world);

        await emptyTables(database.pool);
        let paused = 0;
        const engine = new Engine(database, () => pausesMs[paused++ % pausesMs.length]!);
        const all = [...shuffled, ...[...world].reverse()];
        const stretch = Math.ceil(all.length / split);
        let drawn = 0;
        const nextFate = (): Fate => (drawn < fates.length * 3 ? fates[drawn++ % fates.length]! : 'done');
        await Promise.all(
          Array.from({ length: split }, (_, p) => all.slice(p * stretch, (p + 1) * stretch)).map((part, p) =>
            deliverTo(engine, batchesOf(recordsOf(part, p), sizes), nextFate),
          ),
        );
        expect(await canonicalDump(database.pool)).toBe(expected);
        await expectPublishedIsVisible(engine);
        const unsettled = await database.pool.query('SELECT FROM tributary.unsettled_batches');
        expect(unsettled.rows).toHaveLength(0);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 60), endOnFailure: true },
    );
  }, 240_000);

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
    await expectPublishedIsVisible(slow);
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
  }, 120_000);
});

/** The last record of every key on topic `conversions` tells the row that stands, as its published schema says. */
async function expectPublishedIsVisible(engine: Engine): Promise<void> {
  const rows = await database.pool.query<Record<string, unknown>>(
    `SELECT ${CONVERSION_COLUMNS} FROM tributary.conversions c`,
  );
  const visible = new Map(rows.rows.map(conversionOf).map((c) => [c.conversion_id, serializeConversion(c)]));
  const told = new Map([...engine.published].filter(([, value]) => value !== null));
  expect([...told.values()].flatMap((value) => schemaProblems(value!))).toEqual([]);
  const parsed = (m: Map<string, string | null>): object =>
    Object.fromEntries([...m].map(([id, v]) => [id, (JSON.parse(v ?? '') as { data: unknown }).data]));
  expect(parsed(told)).toEqual(parsed(visible));
}
