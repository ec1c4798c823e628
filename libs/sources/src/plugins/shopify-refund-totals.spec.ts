import { shopify_refund_totals } from './shopify-refund-totals.js';

const paid = (amount: string, more: object = {}): object => ({
  amount,
  currency: 'USD',
  kind: 'refund',
  ...more,
});
const totalsOf = (...transactions: object[]): unknown => {
  const order = { id: 1, refunds: [{ id: 7, transactions }] } as never;
  const before = JSON.stringify(order);
  const { refunds } = shopify_refund_totals(order);
  expect(JSON.stringify(order)).toBe(before);
  return refunds;
};

describe('the total of a refund', () => {
  it('is the exact sum of what was given back', () => {
    const transactions = [
      paid('0.1'),
      paid('0.20', { status: 'success' }),
      paid('5', { kind: 'void' }),
      paid('9', { status: 'failure' }),
    ];
    expect(totalsOf(...transactions)).toEqual([{ id: 7, transactions, total: '0.3', currency: 'USD' }]);
  });

  it('is not there where nothing was given back, or an amount is none', () => {
    expect(totalsOf()).toEqual([{ id: 7, transactions: [] }]);
    expect(totalsOf(paid('1'), paid('1,5'))).toEqual([{ id: 7, transactions: [paid('1'), paid('1,5')] }]);
  });

  it('leaves what is no order as it is', () => {
    for (const record of [{ id: 1 }, { refunds: 'none' }, { refunds: [null, 3, { id: 1 }] }]) {
      expect(shopify_refund_totals(record as never)).toEqual(record);
    }
  });
});
