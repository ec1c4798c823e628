import fc from 'fast-check';
import type { Database } from '#libs/database';
import type { CanonicalEvent, EntityEvent } from '#libs/events';
import { canonicalDump, emptyTables } from '#test/canonical-dump';
import { exampleEntityEvents } from '#test/example-entities';
import { withMigratedDatabase } from '#test/migrated-database';
import { Engine, batchesOf, recordsOfEvents } from './engine.js';

let database: Database;
withMigratedDatabase((opened) => (database = opened));

const at = (minute: number): string => `2026-11-21T10:0${minute}:00.000000Z`;
const hex = (n: number): string => n.toString(16).padStart(64, '0');
const examples = exampleEntityEvents({
  ...{ event_id: hex(0), source: 'spacevegas-api', stream: 'api', brand: 'b', natural_key: 'k' },
  ...{ occurred_at: at(0), received_at: at(9) },
});
const sessionExample = examples.find((e) => e.kind === 'game_session') as EntityEvent<'game_session'>;
const transactionExample = examples.find((e) => e.kind === 'transaction') as EntityEvent<'transaction'>;

async function deliver(events: readonly CanonicalEvent[], sizes: readonly number[] = [1_000]): Promise<void> {
  const engine = new Engine(database);
  for (const batch of batchesOf(recordsOfEvents(events, 0), sizes)) await engine.attribute(batch);
}

/** Snapshots of one session as it grows; the last two of one instant, and of them the last two of one bet count. */
const snapshots = [0, 1, 2, 3, 3, 3].map((minute, i): EntityEvent => ({
  ...sessionExample,
  event_id: hex(100 - i),
  record: {
    ...sessionExample.record,
    updated_at: at(minute),
    bet_count: String([8, 9, 10, 99, 100, 100][i]),
    win_count: String([0, 0, 0, 3, 9, 10][i]),
    bet_amount: String(10 * i),
  },
}));

/** Every kind, and again with something else in it, of the same version and a later one. */
const world: CanonicalEvent[] = examples.flatMap((e) => [
  e,
  { ...e, event_id: hex(1), custom: { level: 13 } },
  { ...e, event_id: hex(2), brand: 'other' },
]);
const statuses = (['Success', 'New', 'Fail', 'Process', undefined] as const).map((status, i) => ({
  ...transactionExample,
  event_id: hex(200 + i),
  record: { ...transactionExample.record, status, dir: i % 2 === 0 ? ('IN' as const) : ('OUT' as const) },
}));
const movements: CanonicalEvent[] = (['withdrawal', 'bonus'] as const).map((kind, i) => ({
  ...{ event_id: hex(300 + i), source: 'postbacks', stream: 's', brand: 'b', natural_key: kind, kind },
  ...{ occurred_at: at(8), received_at: at(9), player_id: 'p', amount: '5', currency: 'EUR' },
  transaction_id: i === 0 ? transactionExample.record.id : 'bonus-1',
}));

describe('entities', () => {
  it('end in the same rows in any order, any batches, however often they are told', async () => {
    await emptyTables(database.pool);
    const all = [...world, ...snapshots, ...statuses, ...movements];
    await deliver(all);
    const expected = await canonicalDump(database.pool);
    // One more of the movements, and two of the deposits among the transactions
    expect(expected.split('\n')).toHaveLength(2 * examples.length + 1 + 2);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length }),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
        async (told, sizes) => {
          await emptyTables(database.pool);
          await deliver(told, sizes);
          expect(await canonicalDump(database.pool)).toBe(expected);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('keep of a growing game session the last snapshot, in whatever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(snapshots, { minLength: snapshots.length }), async (told) => {
        await emptyTables(database.pool);
        await deliver(told, [2]);
        const { rows } = await database.pool.query(
          'SELECT bet_count, win_count, trim_scale(bet_amount)::text AS bet_amount FROM tributary.game_sessions',
        );
        expect(rows).toEqual([{ bet_count: '100', win_count: '10', bet_amount: '50' }]);
      }),
      { numRuns: 8 },
    );
  });

  it('are not changed by tests', async () => {
    await emptyTables(database.pool);
    await deliver(world.map((e): CanonicalEvent => ({ ...e, is_test: true })));
    expect(await canonicalDump(database.pool)).toBe('');
  });

  it('note whose a deposit was that is no longer theirs', async () => {
    await emptyTables(database.pool);
    const moved = { ...transactionExample.record, player_id: 'other', updated_at: at(9) };
    await deliver([transactionExample]);
    await deliver([{ ...transactionExample, event_id: hex(1), record: moved }]);
    const { rows } = await database.pool.query('SELECT player_id, click_id FROM tributary.former_holders');
    expect(rows).toEqual([{ player_id: '1874552', click_id: '' }]);
  });
});
