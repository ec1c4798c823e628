import { readFileSync, readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { CONVERSION_COLUMNS, conversionOf, type Database } from '#libs/database';
import {
  flattenConversion,
  instantFromMs,
  instantToMs,
  isInstant,
  parseCanonicalEvent,
  serializeCanonicalEvent,
  type CanonicalEvent,
  type ConversionRow,
} from '#libs/events';
import { canonicalDump, emptyTables } from '#test/canonical-dump';
import { fiveSourceWorld, fiveSourceWorldOf } from '#test/five-source-worlds';
import { withMigratedDatabase } from '#test/migrated-database';
import { instantOf, toldEvent, type Told } from '#test/told-events';
import { propertyRuns } from '#test/property-runs';
import { deliver, deliveryOf } from './deliveries.js';
import { Engine, batchesOf, recordsOfEvents } from './engine.js';
import { visibleRows } from './oracle/oracle.js';
import { HAND_MADE_WORLDS, type NamedWorld } from './worlds/hand-made.js';

let database: Database;
withMigratedDatabase((opened) => (database = opened));

const numRuns = propertyRuns(20);

/** The rows after batches that come one after the other. */
type RowsAfter = (...batches: readonly (readonly CanonicalEvent[])[]) => Promise<ConversionRow[]>;

const byRules: RowsAfter = (...batches) => Promise.resolve(visibleRows(batches.flat()));

const byAttribution: RowsAfter = async (...batches) => {
  await emptyTables(database.pool);
  const engine = new Engine(database);
  for (const events of batches) {
    for (const batch of batchesOf(recordsOfEvents(events, 0), [1_000])) await engine.attribute(batch);
  }
  return rowsOfDatabase();
};

async function rowsOfDatabase(): Promise<ConversionRow[]> {
  const found = await database.pool.query<Record<string, unknown>>(
    `SELECT ${CONVERSION_COLUMNS} FROM tributary.conversions c ORDER BY conversion_id`,
  );
  return found.rows.map(conversionOf).map(flattenConversion);
}

/** Runs a property; where it fails, its own words are told without the whole of the world. */
async function holds<T>(property: fc.IAsyncPropertyWithHooks<[T]>, runs: number): Promise<void> {
  const { failed, seed, counterexamplePath, errorInstance } = await fc.check(property, {
    numRuns: runs,
    endOnFailure: true,
  });
  if (!failed) return;
  throw new Error(`does not hold with seed ${seed} and path ${counterexamplePath}`, { cause: errorInstance });
}

describe('the rows of generated worlds', () => {
  it('are those that the rules say, however a world is delivered, by whom, and how often they die', async () => {
    await holds(
      fc.asyncProperty(deliveryOf(fiveSourceWorld), async (delivery) => {
        await byAttribution(delivery.world);
        const plainly = await canonicalDump(database.pool);

        await emptyTables(database.pool);
        await deliver(database, delivery, recordsOfEvents);
        const rows = await rowsOfDatabase();
        const expected = visibleRows(delivery.world);
        if (!isDeepStrictEqual(rows, expected))
          await explain([...delivery.shuffled, ...delivery.world.toReversed()]);
        expect(rows).toEqual(expected);
        expect(await canonicalDump(database.pool)).toBe(plainly);
      }),
      numRuns,
    );
  });

  it('come of events that are valid', () => {
    fc.assert(
      fc.property(fiveSourceWorldOf(8, 8), (world) => {
        for (const event of world) {
          expect(parseCanonicalEvent(serializeCanonicalEvent(event))).toEqual(event);
        }
      }),
    );
  });

  it('are the same when everything is rebuilt', async () => {
    const { rebuild } = await import('#apps/attribution');
    await holds(
      fc.asyncProperty(fiveSourceWorld, async (events) => {
        const rows = await byAttribution(...events.map((event) => [event]));
        if (!isDeepStrictEqual(rows, visibleRows(events))) await explain(events);
        await rebuild(database, { publish: async () => [] } as never, () => {});
        expect(await rowsOfDatabase()).toEqual(rows);
      }),
      Math.ceil(numRuns / 8),
    );
  });
});

const SUBJECTS: [name: string, rowsAfter: RowsAfter, runs: number][] = [
  ['by the rules', byRules, numRuns * 2],
  ['by the attribution', byAttribution, Math.ceil(numRuns / 8)],
];

describe.each(SUBJECTS)('%s', (_by, rowsAfter, runs) => {
  const ofWorlds = (predicate: (world: CanonicalEvent[]) => Promise<void>): Promise<void> =>
    holds(fc.asyncProperty(fiveSourceWorldOf(1, 10), predicate), runs);

  it('a stale telling changes nothing', () =>
    ofWorlds(async (world) => {
      for (const tellings of [amendmentsOfDeposit, amendmentsOfTransaction]) {
        const [fresh, stale] = [tellings('2', '40'), tellings('1', '41')];
        expect(await rowsAfter(world, [fresh], [stale])).toEqual(await rowsAfter([...world, fresh]));
      }
    }));

  it('a reversal before, after, twice, by API and by postback leaves one conversion that earns nothing', async () => {
    const ways = [['besitos'], ['besitos.postback'], ['besitos', 'besitos.postback']];
    for (const told of ways) {
      for (const reversed of ways) {
        const payouts = told.map((source) => payoutBy(source));
        const reversals = reversed.map((source) => payoutBy(source, 'reversal'));
        const orders = [
          [reversals, payouts],
          [payouts, reversals],
          [reversals, payouts, reversals],
        ];
        for (const batches of orders) {
          expect(await rowsAfter(...batches)).toMatchObject([
            { conversion_key: 'tx:besitos:1', amount: '40', net_amount: '0', status: 'reversed' },
          ]);
        }
      }
    }
  });

  it('a retraction before, after, twice and between leaves what was told at a greater version, or nothing', async () => {
    const fresh = ['1', '2', '4'].map((version) => amendmentsOfDeposit(version, `${version}0`));
    const other = told('orders', 'deposit', 1, { ...DEPOSIT, amount: '7', natural_key: 'orders' });
    const retraction = told('fresh', 'retraction', 2, {
      ...{ conversion_type: 'deposit', transaction_id: '1', version: '3', natural_key: 'fresh' },
    });
    const amountsAfter = async (events: readonly CanonicalEvent[]): Promise<string[]> =>
      (await rowsAfter(...events.map((event) => [event]))).map((r) => `${r.amount} ${r.sources.join()}`);
    const cases: [CanonicalEvent[], string[]][] = [
      [[fresh[0]!, fresh[1]!, retraction, retraction], []],
      [[fresh[0]!, retraction, other], ['7 orders']],
      [[fresh[0]!, retraction, fresh[2]!], ['40 fresh']],
      [[fresh[1]!, retraction, fresh[2]!, other], ['40 fresh,orders']],
    ];
    for (const [events, expected] of cases) {
      for (const order of ordersOf(events)) expect(await amountsAfter(order)).toEqual(expected);
    }
  });

  it('deposit, registration and click in whatever order give one and the same rows', async () => {
    const journey = [
      told('pixel-browser', 'click', 0, { click_id: CLICK, natural_key: 'click' }),
      told('pixel-browser', 'touchpoint', 0, { click_id: CLICK, touch_id: CLICK, natural_key: 'touch' }),
      told('pixel-server', 'registration', 5, { click_id: CLICK, player_id: 'anna', natural_key: 'reg' }),
      told('orders', 'deposit', 9, { ...DEPOSIT, natural_key: 'deposit' }),
    ];
    const expected = await rowsAfter(...journey.map((event) => [event]));
    expect(expected.find((r) => r.type === 'deposit')).toMatchObject({
      ...{ click_id: CLICK, attributed: true, first_touch_click_id: CLICK, is_first_deposit: true },
    });
    expect(await rowsAfter(...journey.toReversed().map((event) => [event]))).toEqual(expected);
  });

  it('purchases without a transaction are as many as there are', () =>
    holds(
      fc.asyncProperty(
        fc
          .uniqueArray(fc.nat(), { minLength: 1, maxLength: 8 })
          .map((hashes) =>
            hashes.map((n) =>
              told('ga4', 'purchase', 1, { amount: '40', currency: 'EUR', natural_key: `${n}` }),
            ),
          ),
        async (purchases) => {
          expect(await rowsAfter(purchases, purchases)).toHaveLength(purchases.length);
        },
      ),
      runs,
    ));

  it('tests change nothing', () =>
    ofWorlds(async (world) => {
      const tests = world.map((e): CanonicalEvent => ({
        ...e,
        is_test: true,
        event_id: `f${e.event_id.slice(1)}`,
      }));
      const half = world.filter((_, i) => i % 2 === 0);
      expect(await rowsAfter(tests, half, tests)).toEqual(await rowsAfter(half));
    }));

  it('the same some other day is the same but for the day', () =>
    ofWorlds(async (world) => {
      expect(await rowsAfter(later(world))).toEqual(later(await rowsAfter(world)));
    }));

  it.each([...HAND_MADE_WORLDS, ...shrunkWorlds()])('$about', async ({ events, rows, count }) => {
    const found = await rowsAfter(...events.map((event) => [event]));
    expect(found).toEqual(visibleRows(events));
    expect(await rowsAfter(events.toReversed())).toEqual(found);
    for (const [key, row] of Object.entries(rows)) {
      expect(found.find((r) => r.conversion_key === key)).toMatchObject(row);
    }
    if (count !== undefined || Object.keys(rows).length > 0) {
      expect(found).toHaveLength(count ?? Object.keys(rows).length);
    }
  });
});

const CLICK = '00000000-0000-4000-8000-000000000001';
const DEPOSIT = { player_id: 'anna', transaction_id: '1', amount: '40', currency: 'EUR' };

function told(
  source: string,
  kind: Told['kind'],
  minutes: number,
  fields: Record<string, unknown>,
): CanonicalEvent {
  const occurred_at = instantOf(minutes);
  return toldEvent({ source, kind, occurred_at, stream: 's', natural_key: '', ...fields }, { brand: 'one' });
}

function payoutBy(source: string, kind: 'payout' | 'reversal' = 'payout'): CanonicalEvent {
  const named = { transaction_id: '1', partner: 'besitos', natural_key: kind };
  return kind === 'payout'
    ? told(source, kind, 1, { ...named, ...DEPOSIT })
    : told(source, kind, 2, { ...named, conversion_type: 'payout' });
}

function amendmentsOfDeposit(version: string, amount: string): CanonicalEvent {
  return told('fresh', 'deposit', 1, { ...DEPOSIT, amount, version, natural_key: 'fresh' });
}

/** All orders of some events. */
function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => ordersOf(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

/** Of a transaction that is new in every generated world. */
function amendmentsOfTransaction(version: string, amount: string): CanonicalEvent {
  const [created_at, updated_at] = [instantOf(1), instantOf(Number(version))];
  const record = {
    id: 'fresh',
    player_id: 'anna',
    amount,
    currency: 'EUR',
    dir: 'IN',
    created_at,
    updated_at,
  };
  return told('intarget', 'transaction', 1, { version: updated_at, record, natural_key: 'fresh' });
}

/** Every instant in it some days later. */
function later<T>(value: T): T {
  const shifted: unknown = JSON.parse(JSON.stringify(value), (_name, member: unknown) =>
    typeof member === 'string' && isInstant(member) ? shift(member) : member,
  );
  return shifted as T;
}

function shift(instant: string): string {
  return `${instantFromMs(instantToMs(instant) + 123_456_789).slice(0, 23)}${instant.slice(23)}`;
}

/** Worlds that once came out wrong, one a file: its name in the first line, an event in every other. */
function shrunkWorlds(): NamedWorld[] {
  const folder = 'test/attribution/worlds';
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => {
      const [head, ...lines] = readFileSync(`${folder}/${file}`, 'utf8').trimEnd().split('\n');
      const { about } = JSON.parse(head!) as { about: string };
      return { about, events: lines.map((line) => JSON.parse(line) as CanonicalEvent), rows: {} };
    });
}

/** Ways of delivering that need no luck to come out wrong again. */
const PLAINLY: ((events: readonly CanonicalEvent[]) => Promise<ConversionRow[]>)[] = [
  (events) => byAttribution(events),
  (events) => byAttribution(...events.map((event) => [event])),
];

/** Where events come out wrong even if they are delivered plainly in this order, fails with the fewest of them that
 * do, as lines for a file beside the hand-made worlds. */
async function explain(events: readonly CanonicalEvent[]): Promise<void> {
  for (const deliver of PLAINLY) {
    const isWrong = async (some: readonly CanonicalEvent[]): Promise<boolean> =>
      !isDeepStrictEqual(await deliver(some), visibleRows(some));
    if (!(await isWrong(events))) continue;
    let fewest = [...events];
    for (let before = Infinity; fewest.length < before;) {
      before = fewest.length;
      for (let at = before - 1; at >= 0; at--) {
        const without = fewest.toSpliced(at, 1);
        if (await isWrong(without)) fewest = without;
      }
    }
    const lines = fewest.map((event) => JSON.stringify(event)).join('\n');
    try {
      expect(await deliver(fewest)).toEqual(visibleRows(fewest));
    } catch (difference) {
      throw new Error(`these come out wrong:\n${lines}\n`, { cause: difference });
    }
  }
}
