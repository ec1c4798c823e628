import { ga4Row, params, purchaseRow } from '#test/ga4-rows';
import { readRow, type ReadRow } from './read-row.js';
import { rowKey } from './row-key.js';
import { selectColumns, type Ga4Row } from './row.js';

const keyOf = (row: Ga4Row): string => rowKey('123', readRow(row) as ReadRow);
const hashed = /^ga4\/123\/[0-9a-f]{32}$/;

it('is the transaction of a purchase', () => {
  expect(keyOf(purchaseRow('257059'))).toBe('ga4/123/tx/257059');
  expect(
    keyOf(
      purchaseRow('257059', { columns: { event_timestamp: '1795168800123457', event_date: '20261121' } }),
    ),
  ).toMatch(/\/tx\//);
});

it('is a hash of the event where a purchase names no transaction', () => {
  for (const id of [null, '', '(not set)', 'undefined']) expect(keyOf(purchaseRow(id))).toMatch(hashed);
});

it('is no transaction of a return, of which there may be several', () => {
  const refund = { ...purchaseRow('257059'), event_name: 'refund' };
  expect(keyOf(refund)).toMatch(hashed);
});

it('is a hash of an id that no key can carry', () => {
  expect(keyOf(purchaseRow('a\nb'))).toMatch(/^ga4\/123\/tx\/sha256:[0-9a-f]{64}$/);
  expect(keyOf(purchaseRow('x'.repeat(300)))).toMatch(/^ga4\/123\/tx\/sha256:[0-9a-f]{64}$/);
});

describe('of an event', () => {
  const row = ga4Row('page_view');

  it.each([
    ['stream_id', '1'],
    ['user_pseudo_id', '2.2'],
    ['event_name', 'scroll'],
    ['event_timestamp', '1795168800123457'],
    ['event_bundle_sequence_id', '5'],
    ['batch_event_index', '1'],
    ['batch_ordering_id', '1'],
    ['batch_page_id', '1'],
  ])('depends on %s', (column, value) => {
    expect(keyOf({ ...row, [column]: value })).not.toBe(keyOf(row));
  });

  it('does not depend on how values are written, on nulls, or on columns that change from shard to shard', () => {
    const other: Ga4Row = {
      ...row,
      stream_id: 3_450_812_428,
      event_timestamp: 1_795_168_800_123_456,
      batch_page_id: null,
      user_id: 'later',
      user_ltv: { revenue: 5 },
      traffic_source: { source: 'google' },
      session_traffic_source_last_click: {},
    };
    expect(keyOf(other)).toBe(keyOf(row));
    expect(keyOf(selectColumns(other))).toBe(keyOf(row));
  });

  it('tells two purchases of one batch apart by their matter, in tables that number no batches', () => {
    const one = purchaseRow(null, { params: { value: 5 } });
    const two = purchaseRow(null, { params: { value: 6 } });
    const three = { ...one, items: [{ item_id: 'a', price: '1.0', price_in_usd: 1.1 }] };
    expect(new Set([one, two, three].map(keyOf)).size).toBe(3);
    expect(keyOf({ ...one, items: [{ item_id: 'a', price: 1, price_in_usd: 1.2 }] })).toBe(keyOf(three));
  });
});

describe('of an event of nobody', () => {
  const nobody = (own: Parameters<typeof params>[0]) =>
    ga4Row('purchase', { columns: { user_pseudo_id: null, event_params: params(own) } });

  it('depends on all of its parameters', () => {
    expect(keyOf(nobody({ page_title: 'a' }))).not.toBe(keyOf(nobody({ page_title: 'b' })));
  });

  it('does not depend on their order, nor on how they are written', () => {
    expect(keyOf(nobody({ a: 1, b: 0.5 }))).toBe(
      keyOf(nobody({ b: { double_value: '0.50', string_value: null }, a: { int_value: 1 } })),
    );
  });
});
