import { flattenConversion, serializeConversion, type Conversion } from './conversion.js';

const at = '2026-11-21T10:00:00.000000Z';
const conversion: Conversion = {
  conversion_id: '0123456789abcdef0123456789abcdef',
  brand: 'spacevegas',
  type: 'deposit',
  conversion_key: 'tx:1',
  player_id: 'p1',
  click_id: null,
  client_id: '1337.1763718740',
  user_id: null,
  transaction_id: '1',
  occurred_at: at,
  amount: '40.5',
  currency: 'USD',
  net_amount: '40.5',
  status: 'approved',
  is_first_deposit: false,
  sources: ['pixel-server'],
  conflict: false,
  provenance: { amount: 'pixel-server', currency: 'pixel-browser' },
  sub_ids: { sub2: 'b', sub1: 'a' },
  custom: {},
  first_touch: { at, source: 's', medium: 'm', campaign: 'c', click_id: null },
  last_touch: null,
  attributed: true,
  first_received_at: at,
  updated_at: at,
};

describe('flattenConversion', () => {
  it('gives the columns of the table in their order', () => {
    expect(Object.keys(flattenConversion(conversion)).join(' ')).toBe(
      'conversion_id brand type conversion_key player_id click_id client_id user_id transaction_id ' +
        'occurred_at amount currency net_amount status is_first_deposit sources conflict provenance sub_ids custom ' +
        'first_touch_at first_touch_source first_touch_medium first_touch_campaign first_touch_click_id ' +
        'last_touch_at last_touch_source last_touch_medium last_touch_campaign last_touch_click_id ' +
        'attributed first_received_at updated_at',
    );
  });

  it('spreads a touch over its columns and leaves those of none empty', () => {
    expect(flattenConversion(conversion)).toMatchObject({
      first_touch_at: at,
      first_touch_source: 's',
      first_touch_medium: 'm',
      first_touch_campaign: 'c',
      first_touch_click_id: null,
      last_touch_at: null,
      last_touch_source: null,
    });
  });
});

describe('serializeConversion', () => {
  it('is one text for one row, in whatever order its maps were filled', () => {
    const other = { ...conversion, sub_ids: { sub1: 'a', sub2: 'b' } };
    expect(serializeConversion(other)).toBe(serializeConversion(conversion));
  });

  it('has another id once anything of the row has changed', () => {
    const idOf = (c: Conversion): string => (JSON.parse(serializeConversion(c)) as { id: string }).id;
    expect(idOf({ ...conversion, status: 'reversed' })).not.toBe(idOf(conversion));
    expect(idOf({ ...conversion, sub_ids: { sub1: 'b', sub2: 'a' } })).not.toBe(idOf(conversion));
  });
});
