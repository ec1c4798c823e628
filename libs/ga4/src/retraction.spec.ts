import { parseCanonicalEvent, serializeCanonicalEvent } from '#libs/events';
import type { JsonObject } from '#libs/sources';
import { DAILY, RECEIVED_AT, ga4, mapAbsent, mapRow, purchaseRow } from '#test/ga4-rows';
import type { ToldConversion } from './retraction.js';
import { shardVersion } from './shard.js';

const later = { ...DAILY, modifiedAt: '2026-11-22T06:00:00.000000Z' };

it.each([['t1'], [null]])('names the conversion of transaction %j as its own event does', (id) => {
  const row = purchaseRow(id);
  const [told] = ga4().write(row, DAILY, RECEIVED_AT).conversions;
  const { events, rejections } = mapAbsent(told!, later);
  expect(rejections).toEqual([]);
  const purchase = mapRow(row).events[0]!;
  expect(events).toEqual([
    {
      kind: 'retraction',
      conversion_type: 'purchase',
      event_id: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      source: 'shop',
      stream: 'events',
      brand: 'spacevegas',
      natural_key: purchase.natural_key,
      ...(id === null ? {} : { transaction_id: id }),
      occurred_at: later.modifiedAt,
      received_at: RECEIVED_AT,
      version: shardVersion(later),
      trust: 'ga4',
    },
  ]);
  expect(parseCanonicalEvent(serializeCanonicalEvent(events[0]!))).toEqual(events[0]);
});

it.each<[Partial<Record<keyof ToldConversion, unknown>>, string, string]>([
  [{ natural_key: 5 }, '/natural_key', 'must be a text; it is a number'],
  [
    { kind: 'click' },
    '/kind',
    'must be one of install, registration, deposit, purchase, payout; it is a text',
  ],
  [{ kind: 'payout' }, '/transaction_id', 'transaction_id of retraction must be there; it is not there'],
  [{ click_id: 'x' }, '/click_id', 'click_id of retraction must be a UUID in lower case; it is a text'],
])('cannot be made of %j', (broken, path, detail) => {
  const absent = { natural_key: 'shop/events/ga4/1/tx/1|purchase', kind: 'purchase' } as const;
  const { event } = ga4().writeAbsent(absent, DAILY, RECEIVED_AT);
  const payload = { ...event.payload, absent: { ...absent, ...broken } } as JsonObject;
  expect(ga4().map(payload, event)).toMatchObject({
    events: [],
    rejections: [{ path: `/data/payload/absent${path}`, detail }],
  });
});
