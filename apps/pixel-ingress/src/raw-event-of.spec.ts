import { DEFAULT_BRAND } from '#libs/brands';
import { canonicalJson, type PixelConversion } from '#libs/events';
import { checkConversion, conversionParam } from './check-conversion.js';
import { parseQuery } from './parse-query.js';
import { conversionNaturalKey, rawClick, rawConversion, rawRecord, type Edge } from './raw-event-of.js';

const CLICK = 'fd3ba970-2330-4576-94ba-e1efc470bd56';
const NOW = Date.parse('2026-11-21T10:00:00Z');
const edge: Edge = {
  brand: 'default',
  source: 'pixel-server',
  receivedAt: '2026-11-21T10:00:00.000000Z',
  receiptId: 'receipt',
  client: undefined,
};

function conversion(query: string): PixelConversion {
  const checked = checkConversion(
    parseQuery(`click_id=${CLICK}&${query}`, conversionParam),
    DEFAULT_BRAND,
    NOW,
  );
  if (Array.isArray(checked)) throw new Error(JSON.stringify(checked));
  return checked;
}

it.each([
  ['type=install', `${CLICK}|install`],
  ['type=registration&player_id=p', `${CLICK}|registration`],
  ['type=deposit&transaction_id=7&time=2026-01-01', 'tx|7'],
  [
    'type=deposit&amount=40.00&currency=usd&time=2026-01-01T01:00:00+01:00',
    `${CLICK}|2026-01-01T00:00:00.000000Z|40|USD`,
  ],
  ['type=deposit&time=2026-01-01', `${CLICK}|2026-01-01T00:00:00.000000Z||`],
  ['type=deposit&amount=40&currency=usd', 'receipt'],
])('natural key of %s', (query, key) => {
  expect(conversionNaturalKey(conversion(query), 'receipt')).toBe(key);
  expect(rawRecord(rawConversion(conversion(query), edge)).key).toBe(`pixel|${key}`);
});

it('the payload of a conversion is canonical JSON as it stands', () => {
  const all = conversion(
    'type=deposit&transaction_id=7&time=2026-01-01&amount=1&currency=usd&player_id=p&test=true',
  );
  expect(JSON.stringify(all)).toBe(canonicalJson(all));
});

describe('the event id', () => {
  const idOf = (query: string, other: Partial<Edge> = {}): string =>
    rawConversion(conversion(query), { ...edge, ...other }).event_id;

  it('is the same for the same call, whoever repeats it and when', () => {
    const later = {
      receivedAt: '2026-11-21T11:00:00.000000Z',
      receiptId: 'other',
      client: { ip: '1.2.3.0' },
    };
    expect(idOf('type=install', later)).toBe(idOf('type=install'));
    expect(idOf('type=deposit&transaction_id=7&amount=1.0&currency=USD', later)).toBe(
      idOf('type=deposit&transaction_id=7&amount=1&currency=usd'),
    );
  });

  it('differs by brand, source, fields, and by receipt where nothing else tells deposits apart', () => {
    const ids = [
      idOf('type=install'),
      idOf('type=install', { brand: 'b' }),
      idOf('type=install', { source: 'pixel-browser' }),
      idOf('type=install&player_id=p'),
      idOf('type=install&test=true'),
      idOf('type=deposit'),
      idOf('type=deposit', { receiptId: 'other' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('of a click holds no metadata of the call', () => {
    const click = { click_id: CLICK, sub_ids: { sub2: 'b', sub1: 'a' } };
    const withClient = rawClick(click, { ...edge, client: { ip: '1.2.3.0' } });
    const reordered = rawClick({ sub_ids: { sub1: 'a', sub2: 'b' }, click_id: CLICK }, edge);
    expect(withClient.event_id).toBe(reordered.event_id);
    expect(withClient.payload.client).toEqual({ ip: '1.2.3.0' });
  });
});
