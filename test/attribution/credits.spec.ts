import fc from 'fast-check';
import type { Database } from '#libs/database';
import { unitsOf, type CanonicalEvent } from '#libs/events';
import {
  ATTRIBUTION_MODELS,
  creditConversions,
  type AttributionModelName,
  type CreditRow,
} from '#apps/attribution';
import { emptyTables } from '#test/canonical-dump';
import { exampleCanonicalEvents } from '#test/example-events';
import { pixelWorld } from '#test/pixel-worlds';
import { withMigratedDatabase } from '#test/migrated-database';
import { Engine, batchesOf, recordsOf, recordsOfEvents } from './engine.js';

let database: Database;
withMigratedDatabase((opened) => (database = opened));

/** Credits of one type, currency and key. */
type Total = Pick<CreditRow, 'type' | 'currency' | 'key' | 'conversions' | 'amount'>;

/** What the approved rows say, added up by a column. */
async function rowsBy(key: string): Promise<Total[]> {
  const found = await database.pool.query<Total>(
    `SELECT type, currency, ${key} AS key, count(*)::text AS conversions, sum(net_amount)::text AS amount
      FROM tributary.conversions WHERE status = 'approved' GROUP BY 1, 2, 3`,
  );
  return found.rows;
}

const decimals = (text: string | null): bigint => {
  const [whole, fraction = ''] = (text ?? '0').split('.');
  return unitsOf(`${whole}.${fraction.slice(0, 18)}`, 18);
};
/** Comparable whatever the order of rows and the digits of a sum. */
const canonical = (rows: readonly Total[]): string[] =>
  rows.map((r) => [r.type, r.currency, r.key, decimals(r.conversions), decimals(r.amount)].join('|')).sort();

describe('credits', () => {
  it('are what the table says for first and last touch, and add up to it for every model', async () => {
    const model = fc.constantFrom(...(Object.keys(ATTRIBUTION_MODELS) as AttributionModelName[]));
    await fc.assert(
      fc.asyncProperty(pixelWorld, model, async (world, any) => {
        await emptyTables(database.pool);
        const engine = new Engine(database);
        for (const batch of batchesOf(recordsOf(world, 0), [1_000])) await engine.attribute(batch);

        for (const which of ['first', 'last'] as const) {
          const credits = await creditConversions(database, { model: `${which}_touch`, by: 'click' });
          expect(canonical(credits)).toEqual(canonical(await rowsBy(`${which}_touch_click_id`)));
        }
        const totals = new Map<string, { conversions: bigint; amount: bigint }>();
        for (const row of await creditConversions(database, { model: any, by: 'source' })) {
          const key = `${row.type}|${row.currency}`;
          const sum = totals.get(key) ?? { conversions: 0n, amount: 0n };
          totals.set(key, {
            conversions: sum.conversions + decimals(row.conversions),
            amount: sum.amount + decimals(row.amount),
          });
        }
        expect(totals).toEqual(
          new Map(
            (await rowsBy('NULL::text')).map((r) => [
              `${r.type}|${r.currency}`,
              { conversions: decimals(r.conversions), amount: decimals(r.amount) },
            ]),
          ),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('go to no click after the conversion, unless the conversion names that click itself', async () => {
    await emptyTables(database.pool);
    const examples = exampleCanonicalEvents();
    const [registration, deposit, click, touchpoint] = (
      ['registration', 'deposit', 'click', 'touchpoint'] as const
    ).map((kind) => examples.find((e) => e.kind === kind));
    const before = '2026-11-21T08:00:00.000000Z';
    const { click_id: _, ...unnamed } = deposit!;
    const events = [
      ...[click!, touchpoint!],
      { ...registration!, occurred_at: before, event_id: 'a'.repeat(64) },
      { ...unnamed, occurred_at: before, event_id: 'b'.repeat(64) } as CanonicalEvent,
    ];
    await new Engine(database).attribute(batchesOf(recordsOfEvents(events, 0), [9])[0]!);
    const credits = await creditConversions(database, { model: 'linear', by: 'click' });
    expect(canonical(credits)).toEqual(canonical(await rowsBy('first_touch_click_id')));
    expect(credits.map(({ type, touched }) => [type, touched])).toEqual([
      ['deposit', false],
      ['registration', true],
    ]);
  });
});
