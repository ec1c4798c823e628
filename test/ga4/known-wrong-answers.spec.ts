import { bestShards, type Ga4Row, type Shard } from '#libs/ga4';
import {
  CLICK,
  DAILY,
  INTRADAY,
  RECEIVED_AT,
  ga4,
  ga4Row,
  mapRow,
  purchaseRow,
  type RowOptions,
} from '#test/ga4-rows';
import { factsOfEvents } from '../../apps/attribution/src/facts-of-events.js';

type Told = readonly [row: Ga4Row, shard: Shard];

/** The facts of all conversions that rows tell of, in the order in which they are told. */
const conversionsOf = (told: readonly Told[]) =>
  factsOfEvents(told.flatMap(([row, shard]) => mapRow(row, shard).events)).conversions;
const at = (micros: number): RowOptions => ({
  columns: { event_timestamp: String(1_795_168_800_000_000 + micros) },
});
const dayOf = (day: string): Shard => ({ ...DAILY, day });

/** What SQL that is passed around makes of GA4's export, and this must not. */
describe('known wrong answers', () => {
  it('purchases without a transaction id do not collapse into one', () => {
    const none = [null, '', '(not set)', 'undefined', 'null'];
    const rows = none.map((id, i) => purchaseRow(id, at(i)));
    expect(conversionsOf(rows.map((row) => [row, DAILY]))).toHaveLength(none.length);
    // Not even those of one client and microsecond, which only their place in the batch tells apart
    const batch = ['0', '1', '2'].map((i) => purchaseRow(null, { columns: { batch_event_index: i } }));
    expect(conversionsOf(batch.map((row) => [row, DAILY]))).toHaveLength(batch.length);
  });

  it('a purchase that is told again outside any window of days is still one, and the first telling stands', () => {
    const first: Told = [purchaseRow('t1', at(0)), dayOf('20260101')];
    const again: Told = [purchaseRow('t1', at(90 * 86_400_000_000)), dayOf('20260401')];
    for (const told of [
      [first, again],
      [again, first],
    ]) {
      const conversions = conversionsOf(told);
      expect(conversions).toHaveLength(1);
      expect(conversions[0]!.occurred_at).toBe('2026-11-20T10:00:00.000000Z');
    }
  });

  it('a parameter is not found inside the name of another', () => {
    const page_location = `https://a.test/?xgclid=1&gclidx=2&utm_sourcex=3&my_click_id=${CLICK}&x=?gclid=4`;
    expect(mapRow(ga4Row('page_view', { params: { page_location } })).events).toEqual([]);
    const [touch] = mapRow(
      ga4Row('page_view', { params: { page_location: 'https://a.test/?id=1&gclid=2' } }),
    ).events;
    expect(touch).toMatchObject({ ad_click_ids: { gclid: '2' } });
  });

  it('what excludes two names excludes both', () => {
    const compiled = ga4({
      conversions: [
        {
          event: 'registration',
          when: { not: { any: [{ event_name: { equals: 'scroll' } }, { event_name: { equals: 'click' } }] } },
          fields: { player_id: 'user_pseudo_id' },
        },
      ],
    });
    const counts = ['scroll', 'click', 'sign_up'].map(
      (name) => mapRow(ga4Row(name), DAILY, compiled).events.length,
    );
    expect(counts).toEqual([0, 0, 1]);
    expect(['scroll', 'click', 'sign_up'].map((name) => compiled.isRelevant(ga4Row(name)))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it("the user's traffic_source is not the session's", () => {
    const columns = {
      traffic_source: { source: 'google', medium: 'cpc', name: 'brand' },
      user_first_touch_timestamp: '1702642286282001',
    };
    const [session, first, ...others] = mapRow(ga4Row('session_start', { columns })).events;
    expect(session).toMatchObject({ utm: { source: '(direct)', medium: '(none)' } });
    expect(first).toMatchObject({ occurred_at: '2023-12-15T12:11:26.282001Z', utm: { source: 'google' } });
    expect(others).toEqual([]);
    expect(mapRow(purchaseRow('1', { columns })).events[0]).not.toHaveProperty('utm');
  });

  it('sessions of two streams with one number are two', () => {
    const params = { page_referrer: 'https://www.bing.com/' };
    const events = ['1', '2'].flatMap(
      (stream_id) => mapRow(ga4Row('session_start', { params, columns: { stream_id } })).events,
    );
    expect(factsOfEvents(events).touchpoints).toHaveLength(2);
  });

  it('a day is not counted twice while its intraday and daily shards are both there', () => {
    expect(bestShards([DAILY, INTRADAY])).toEqual([DAILY]);
    const rows = [purchaseRow('1'), purchaseRow(null, at(1)), purchaseRow(null, at(2))];
    const both = [INTRADAY, DAILY].flatMap((shard) => rows.map((row): Told => [row, shard]));
    expect(conversionsOf(both)).toHaveLength(rows.length);
    expect(
      new Set(both.map(([row, shard]) => ga4().write(row, shard, RECEIVED_AT).event.natural_key)).size,
    ).toBe(rows.length);
  });
});
