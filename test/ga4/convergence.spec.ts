import fc from 'fast-check';
import { factOf, type ConversionFact } from '#libs/database';
import { canonicalJson, type CanonicalEvent } from '#libs/events';
import type { Ga4Row, Shard } from '#libs/ga4';
import type { JsonObject } from '#libs/sources';
import {
  DAILY,
  FRESH,
  INTRADAY,
  RECEIVED_AT,
  fixtureRows,
  ga4,
  ga4Row,
  mapAbsent,
  mapRow,
  purchaseRow,
} from '#test/ga4-rows';
import { factsOfEvents } from '../../apps/attribution/src/facts-of-events.js';

const compiled = ga4({
  conversions: [
    { event: 'registration', when: { event_name: { equals: 'sign_up' } }, fields: { player_id: 'user_id' } },
  ],
});
const eventsOf = (rows: readonly Ga4Row[], shard: Shard): CanonicalEvent[] =>
  rows.flatMap((row) => mapRow(row, shard, compiled).events);

/** What stands of each conversion, without when it was first heard of. */
const standing = (events: readonly CanonicalEvent[]): Partial<ConversionFact>[] =>
  factsOfEvents(events).conversions.flatMap((slot) => {
    const fact = factOf(slot);
    if (fact === undefined) return [];
    const { first_received_at: _first, first_receipt_id: _receipt, ...told } = fact;
    return told;
  });

/** A day of a few clients, some of whom withhold who they are; ids that repeat, and ids that are none. */
const anyRow: fc.Arbitrary<Ga4Row> = fc
  .record({
    name: fc.constantFrom('purchase', 'sign_up', 'session_start', 'in_app_purchase'),
    id: fc.constantFrom(null, '', '(not set)', 't1', 't2', 't3'),
    client: fc.constantFrom(null, 'a.1', 'b.2'),
    user: fc.constantFrom(null, 'u1', 'u2'),
    micros: fc.integer({ min: 0, max: 3 }),
    index: fc.option(fc.integer({ min: 0, max: 2 })),
    value: fc.constantFrom(5, 6.5, 0),
  })
  .map(({ name, id, client, user, micros, index, value }) => ({
    ...purchaseRow(id, {
      params: { value },
      columns: { ecommerce: { purchase_revenue: value, transaction_id: id } },
    }),
    event_name: name,
    user_id: user,
    user_pseudo_id: client,
    event_timestamp: String(1_795_168_800_000_000 + micros),
    ...(index === null ? {} : { batch_event_index: String(index) }),
  }));
const anyDay = fc.array(anyRow, { minLength: 1, maxLength: 12 });

/** Tellings in any order, each once or twice. */
const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...items, ...items], { minLength: items.length }).map((some) => [...some, ...items]);

describe('the shards of a day', () => {
  it('end in what the daily one alone says, in whatever order they are told, and however often', () => {
    fc.assert(
      fc.property(
        anyDay.chain((rows) => {
          const daily = eventsOf(rows, DAILY);
          const others = [...eventsOf(rows, INTRADAY), ...eventsOf(rows, FRESH), ...daily];
          return fc.tuple(fc.constant(daily), shuffled(others));
        }),
        ([daily, told]) => expect(standing(told)).toEqual(standing(daily)),
      ),
      { numRuns: 100 },
    );
  });

  it('end in the later of two versions of the daily one', () => {
    const later: Shard = { ...DAILY, modifiedAt: '2026-11-22T06:00:00.000000Z' };
    fc.assert(
      fc.property(anyDay, (rows) => {
        const amended = rows.map((row) => ({
          ...row,
          ecommerce: { ...(row['ecommerce'] as JsonObject), purchase_revenue: 9 },
        }));
        const [before, after] = [eventsOf(rows, DAILY), eventsOf(amended, later)];
        expect(standing([...after, ...before])).toEqual(standing(after));
        expect(standing([...before, ...after])).toEqual(standing(after));
      }),
      { numRuns: 100 },
    );
  });

  it('add nothing where one is read again', () => {
    const rows = fixtureRows('web_events_2023');
    const once = eventsOf(rows, DAILY);
    expect(once.length).toBeGreaterThan(10);
    const facts = factsOfEvents(once);
    expect(factsOfEvents([...once, ...eventsOf(rows, DAILY)])).toEqual(facts);
    expect(facts.conversions).toHaveLength(1);
  });
});

/** What stands of each touch, without when it was first heard of. */
const touches = (events: readonly CanonicalEvent[]) =>
  factsOfEvents(events).touchpoints.map(
    ({ first_received_at: _first, receipt_id: _receipt, ...fact }) => fact,
  );

describe('the touches of a day', () => {
  it('end in those that the daily shard alone tells of its sessions', () => {
    fc.assert(
      fc.property(anyDay, (rows) => {
        const [daily, intraday] = [eventsOf(rows, DAILY), eventsOf(rows, INTRADAY)];
        expect(touches([...intraday, ...daily])).toEqual(touches(daily));
        expect(touches([...daily, ...intraday])).toEqual(touches(daily));
      }),
      { numRuns: 100 },
    );
  });
});

describe('a conversion that a later version of a shard no longer has', () => {
  const later: Shard = { ...DAILY, modifiedAt: '2026-11-22T06:00:00.000000Z' };

  it('is gone, and what the later version has stands, in whatever order they are told', () => {
    fc.assert(
      fc.property(
        fc.tuple(anyDay, anyDay).chain(([before, after]) => {
          const told = (rows: readonly Ga4Row[], shard: Shard) =>
            rows.flatMap((row) => compiled.write(row, shard, RECEIVED_AT).conversions);
          const still = new Set(told(after, later).map(canonicalJson));
          const absent = told(before, INTRADAY).filter((c) => !still.has(canonicalJson(c)));
          const events = [
            ...eventsOf(before, INTRADAY),
            ...eventsOf(after, later),
            ...absent.flatMap((c) => mapAbsent(c, later, compiled).events),
          ];
          return fc.tuple(fc.constant(eventsOf(after, later)), shuffled(events));
        }),
        ([expected, events]) => expect(standing(events)).toEqual(standing(expected)),
      ),
      { numRuns: 100 },
    );
  });
});

describe('purchases without a transaction id', () => {
  it('are as many conversions as there are of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.boolean(), (count, isNumbered) => {
        const rows = Array.from({ length: count }, (_, i) =>
          ga4Row('purchase', {
            columns: isNumbered
              ? { batch_event_index: String(i) }
              : { event_timestamp: String(1_795_168_800_000_000 + i) },
          }),
        );
        const told = [...eventsOf(rows, INTRADAY), ...eventsOf(rows, DAILY)];
        expect(factsOfEvents(told).conversions).toHaveLength(count);
      }),
      { numRuns: 50 },
    );
  });
});
