import fc from 'fast-check';
import type { Database } from '#libs/database';
import type { RecordBatch, StoredRecord } from '#libs/event-log';
import { Engine, batchesOf } from './engine.js';

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

/** A world, and one way in which the log may deliver it: shuffled, in part twice, in batches, with deaths. */
export interface Delivery<E> {
  world: E[];
  shuffled: E[];
  sizes: number[];
  fates: Fate[];
  /** How many partitions are read at once. */
  split: number;
  pausesMs: number[];
}

/** Ways of delivering worlds. */
export function deliveryOf<E>(worlds: fc.Arbitrary<E[]>): fc.Arbitrary<Delivery<E>> {
  return worlds.chain((world) =>
    fc.record({
      world: fc.constant(world),
      shuffled: fc.shuffledSubarray([...world, ...world], { minLength: world.length }),
      sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }),
      fates: fc.array(fate, { minLength: 1, maxLength: 20 }),
      split: fc.integer({ min: 1, max: 3 }),
      pausesMs: fc.array(fc.constantFrom(0, 0, 0, 1, 30), { minLength: 1, maxLength: 20 }),
    }),
  );
}

/**
 * Delivers a world to two members, and all of it once more in reverse.
 * @param recordsOf records of one partition
 * @returns the last record of every key that they published
 */
export async function deliver<E>(
  database: Database,
  { world, shuffled, sizes, fates, split, pausesMs }: Delivery<E>,
  recordsOf: (events: readonly E[], partition: number) => StoredRecord[],
): Promise<Map<string, string | null>> {
  let paused = 0;
  const nextPauseMs = (): number => pausesMs[paused++ % pausesMs.length]!;
  const one = new Engine(database, nextPauseMs);
  const two = new Engine(database, nextPauseMs, one.published);
  let drawn = 0;
  const nextFate = (): Fate => (drawn < fates.length * 3 ? fates[drawn++ % fates.length]! : 'done');

  const all = [...shuffled, ...[...world].reverse()];
  const stretch = Math.ceil(all.length / split);
  const parts = Array.from({ length: split }, (_, p) => all.slice(p * stretch, (p + 1) * stretch));
  await Promise.all(
    parts.map((part, p) => deliverTo(one, two, batchesOf(recordsOf(part, p), sizes), nextFate)),
  );
  return one.published;
}

/** A batch whose reader died is the other one's. */
async function deliverTo(
  one: Engine,
  two: Engine,
  batches: readonly RecordBatch[],
  nextFate: () => Fate,
): Promise<void> {
  let [reader, other] = [one, two];
  for (const batch of batches) {
    for (;;) {
      const what = nextFate();
      if (what === 'dies after facts') await reader.dieAfterFacts(batch);
      if (what === 'dies before the offset commit') await reader.attribute(batch);
      if (what === 'both members at once')
        await Promise.all([reader.attribute(batch), other.attribute(batch)]);
      if (what === 'done') break;
      [reader, other] = [other, reader];
    }
    await reader.attribute(batch);
  }
}
