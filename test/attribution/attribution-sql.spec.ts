import fc from 'fast-check';
import { readApprovedConversions, replaceLookBacks, type Database } from '#libs/database';
import { KNOWN_CURRENCIES, exponentOf, type CanonicalEvent, type Instant } from '#libs/events';
import {
  ATTRIBUTION_MODELS,
  CREDIT_KEYS,
  creditConversions,
  type AttributionModelName,
  type CreditKey,
} from '#apps/attribution';
import { emptyTables } from '#test/canonical-dump';
import { fiveSourceWorld } from '#test/five-source-worlds';
import { withMigratedDatabase } from '#test/migrated-database';
import { pixelWorld } from '#test/pixel-worlds';
import { instantOf, toldEvent, type Told } from '#test/told-events';
import { destinationOf } from '../../apps/attribution/src/models/credit-conversions.js';
import { readJourneys } from '../../apps/attribution/src/read-journeys.js';
import { Engine, batchesOf, recordsOf, recordsOfEvents } from './engine.js';

let database: Database;
withMigratedDatabase((opened) => (database = opened));

/** Asks somewhere where a day may have 25 hours. */
async function asked<Row>(sql: string, values: unknown[]): Promise<Row[]> {
  return database.transaction(async (client) => {
    await client.query(`SET LOCAL TimeZone = 'America/New_York'`);
    return (await client.query(sql, values)).rows as Row[];
  });
}

const models = Object.keys(ATTRIBUTION_MODELS) as AttributionModelName[];
const keys = Object.keys(CREDIT_KEYS) as CreditKey[];

interface Period {
  from: Instant | undefined;
  to: Instant | undefined;
  brand: string | undefined;
  lookBackDays: number | undefined;
}
const instant = fc.constantFrom(
  undefined,
  undefined,
  '2026-11-01T00:05:00.000000Z',
  '2026-12-01T00:00:00.000000Z',
);
const period: fc.Arbitrary<Period> = fc.record({
  from: instant,
  to: instant,
  brand: fc.constantFrom(undefined, undefined, 'one', 'two'),
  lookBackDays: fc.constantFrom(undefined, undefined, 1, 7, 365),
});
const lookBacks = fc
  .record({ one: fc.constantFrom(undefined, 1, 7, 30), two: fc.constantFrom(undefined, 365) })
  .map(
    (of) =>
      new Map(Object.entries(of).flatMap(([brand, days]) => (days === undefined ? [] : [[brand, days]]))),
  );

const told = (event: Told): CanonicalEvent => toldEvent(event, { brand: 'one' });
const GA4 = { source: 'ga4', trust: 'ga4', stream: 'events' };
const player = fc.constantFrom('anna', 'anna', 'Bo');
const minutes = fc.noBias(fc.nat({ max: 30 * 24 * 60 }));

/** Touches whose ids stand in another order by locale and by UTF-16 than by bytes. */
const touch = fc
  .record({
    touch_id: fc.constantFrom('a', 'B', 'c', 'É', 'z', '\uff21', '\u{1d4b9}').map((id) => `t-${id}`),
    player_id: player,
    click_id: fc.constantFrom('x', 'y', 'z', undefined),
    utm: fc.record({
      source: fc.constantFrom(
        'google',
        'Affiliate',
        'affiliate',
        'directory',
        '(direct)',
        'DIRECT',
        undefined,
      ),
      campaign: fc.constantFrom('autumn', 'Äutumn', undefined),
    }),
    occurred_at: minutes.map((m) => instantOf(m, m % 3)),
  })
  .map((t) => told({ ...GA4, kind: 'touchpoint', natural_key: t.touch_id, ...t }));

/** Late purchases, whose money does not come out even. */
const purchase = fc
  .record({
    player_id: player,
    transaction_id: fc.nat({ max: 9 }).map((n) => `s-${n}`),
    amount: fc.constantFrom('100', '0.01', '0.000000000000000007', '9007199254740993.5'),
    currency: fc.constantFrom('EUR', 'JPY', 'KWD', 'ETH'),
    occurred_at: minutes.map((m) => instantOf(20 * 24 * 60 + m)),
  })
  .map((p) => told({ ...GA4, kind: 'purchase', natural_key: p.transaction_id, ...p }));

/** One user id for both players. */
const sameUser = ['anna', 'Bo'].map((player_id) =>
  told({
    ...{ ...GA4, kind: 'identity_link', natural_key: player_id, user_id: 'both', player_id },
    occurred_at: instantOf(0),
  }),
);

/** Few persons with long journeys. */
const longJourneys = fc
  .record({
    touches: fc.array(touch, { minLength: 3, maxLength: 12, size: 'max' }),
    purchases: fc.array(purchase, { minLength: 1, maxLength: 6, size: 'max' }),
    links: fc.constantFrom([], sameUser),
  })
  .map(({ touches, purchases, links }) => [...touches, ...purchases, ...links]);

const worlds = fc.oneof(
  pixelWorld.map((world) => recordsOf(world, 0)),
  fiveSourceWorld.map((world) => recordsOfEvents(world, 0)),
  longJourneys.map((events) => recordsOfEvents(events, 0)),
  fc.tuple(fiveSourceWorld, longJourneys).map(([world, more]) => recordsOfEvents([...world, ...more], 0)),
);

const argumentsOf = ({ from, to, brand, lookBackDays }: Period): unknown[] => [
  from ?? null,
  to ?? null,
  brand ?? null,
  lookBackDays === undefined ? null : `${lookBackDays} days`,
];

async function attributed(period: Period, model: string, by: string): Promise<object[]> {
  const sql = 'SELECT * FROM tributary.attribution($5, $6, $1, $2, $3, $4)';
  return asked<object>(sql, [...argumentsOf(period), model, by]);
}

/** The journeys as one line a step. */
async function journeysBySql(period: Period): Promise<string[]> {
  const found = await asked<{ line: string }>(
    `SELECT concat_ws('|', conversion_id, position, touches, touch_id, extract(epoch FROM at), coalesce(source, '-'),
        coalesce(medium, '-'), coalesce(campaign, '-'), coalesce(click_id, '-')) AS line
      FROM tributary.conversion_touches($1, $2, $3, $4)`,
    argumentsOf(period),
  );
  return found.map((r) => r.line).sort();
}

async function journeysByApp(period: Period): Promise<string[]> {
  const lines: string[] = [];
  for await (const conversions of readApprovedConversions(database.pool, period, 1_000)) {
    const journeys = await readJourneys(database.pool, conversions.map(destinationOf));
    for (const c of conversions) {
      const steps = journeys.stepsTo(destinationOf(c), period.lookBackDays);
      steps.forEach(({ touch, at }, i) => {
        const { touch_id, utm_source, utm_medium, utm_campaign, click_id } = touch;
        const seconds = `${Date.parse(at.slice(0, 19) + 'Z') / 1_000}${at.slice(19, 26)}`;
        const named = [utm_source, utm_medium, utm_campaign, click_id].map((text) => text ?? '-');
        lines.push([c.conversion_id, i + 1, steps.length, touch_id, seconds, ...named].join('|'));
      });
    }
  }
  return lines.sort();
}

describe('attribution by SQL', () => {
  it('credits as the command does, whatever the world, the model, the key and the period', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, lookBacks, period, async (records, days, period) => {
        await emptyTables(database.pool);
        await replaceLookBacks(database, days);
        const engine = new Engine(database);
        for (const batch of batchesOf(records, [1_000])) await engine.attribute(batch);

        expect(await journeysBySql(period)).toEqual(await journeysByApp(period));
        for (const model of models) {
          for (const by of keys) {
            const expected = await creditConversions(database, { ...period, model, by });
            expect({ model, by, rows: await attributed(period, model, by) }).toEqual({
              model,
              by,
              rows: expected,
            });
          }
        }
      }),
      { numRuns: 24 },
    );
  });

  it('counts days of 24 hours, also where the clocks are set back', async () => {
    await emptyTables(database.pool);
    const anna = { ...GA4, player_id: 'anna' };
    const touchOf = (touch_id: string, occurred_at: Instant): CanonicalEvent =>
      told({ ...anna, kind: 'touchpoint', natural_key: touch_id, touch_id, occurred_at });
    const events = [
      touchOf('too old', '2026-10-29T12:00:00.000000Z'),
      touchOf('just in', '2026-10-29T12:00:00.000001Z'),
      told({ ...anna, kind: 'purchase', natural_key: 'p', occurred_at: '2026-11-05T12:00:00.000001Z' }),
    ];
    await new Engine(database).attribute(batchesOf(recordsOfEvents(events, 0), [9])[0]!);
    const touches = `SELECT touch_id, position, touches FROM tributary.conversion_touches(look_back => $1)`;
    const justIn = [{ touch_id: 'just in', position: 1, touches: 1 }];
    expect(await asked(touches, ['7 days'])).toEqual(justIn);
    await replaceLookBacks(database, new Map([['one', 7]]));
    expect(await asked(touches, [null])).toEqual(justIn);
  });

  it('knows the same currencies', async () => {
    const codes = [...KNOWN_CURRENCIES, ...Intl.supportedValuesOf('currency'), 'ETH', 'USDC', 'usd', ''];
    const found = await asked<object>(
      'SELECT code, tributary.currency_exponent(code) AS exponent FROM unnest($1::text[]) AS code',
      [codes],
    );
    expect(found).toEqual(codes.map((code) => ({ code, exponent: exponentOf(code) })));
  });

  it.each([
    ['best', 'source', `model must be one of ${models.join(', ')}`],
    ['linear', 'medium', `by must be one of ${keys.join(', ')}`],
  ])('refuses %s by %s', async (model, by, problem) => {
    const all = { from: undefined, to: undefined, brand: undefined, lookBackDays: undefined };
    await expect(attributed(all, model, by)).rejects.toThrow(problem);
  });
});
