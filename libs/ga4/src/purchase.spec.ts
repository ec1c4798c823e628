import { ga4Row, purchaseRow } from '#test/ga4-rows';
import type { JsonValue } from '#libs/sources';
import { isPurchase, moneyOfPurchase, moneyOfRefund, transactionIdOf } from './purchase.js';
import { readRow, type ReadRow } from './read-row.js';
import type { Ga4Row } from './row.js';

const read = (row: Ga4Row): ReadRow => readRow(row) as ReadRow;

describe('a purchase', () => {
  it.each(['purchase', 'in_app_purchase'])('is an event named %s', (name) => {
    expect(isPurchase(read(ga4Row(name)))).toBe(true);
  });

  it('is any event with a transaction id of its own, save a return', () => {
    const columns = { ecommerce: { transaction_id: 't1' } };
    expect(isPurchase(read(ga4Row('order_done', { columns })))).toBe(true);
    expect(isPurchase(read(ga4Row('refund', { columns })))).toBe(false);
    expect(isPurchase(read(ga4Row('app_store_refund', { columns })))).toBe(false);
  });

  it('is no event that only has the parameter', () => {
    expect(isPurchase(read(ga4Row('add_shipping_info', { params: { transaction_id: 't1' } })))).toBe(false);
  });

  it.each([[null], [''], ['(not set)'], ['null'], ['undefined']])(
    'has no transaction where it names %j',
    (id) => {
      const row = purchaseRow(id);
      expect(transactionIdOf(read(row))).toBeUndefined();
      expect(isPurchase(read({ ...row, event_name: 'page_view' }))).toBe(false);
    },
  );

  it('has the transaction of the column before that of the parameter, number and text alike', () => {
    expect(transactionIdOf(read(purchaseRow('a', { params: { transaction_id: 'b' } })))).toBe('a');
    expect(transactionIdOf(read(purchaseRow(null, { params: { transaction_id: 257_059 } })))).toBe('257059');
  });
});

describe('what was paid', () => {
  const money = (ecommerce: Record<string, JsonValue> | string | null, params = {}, columns = {}) =>
    moneyOfPurchase(read(ga4Row('purchase', { params, columns: { ecommerce, ...columns } })));

  it('is the revenue in the currency of the event', () => {
    expect(money({ purchase_revenue: '31.0', purchase_revenue_in_usd: '33.5' }, { currency: 'eur' })).toEqual(
      {
        amount: '31',
        currency: 'EUR',
      },
    );
  });

  it('is the value where there is no revenue, or where GA4 made it 0', () => {
    const params = { currency: 'EUR', value: 12.5 };
    expect(money(null, params)).toEqual({ amount: '12.5', currency: 'EUR' });
    expect(money('null', params)).toEqual({ amount: '12.5', currency: 'EUR' });
    expect(money({ purchase_revenue: 0 }, params)).toEqual({ amount: '12.5', currency: 'EUR' });
  });

  it.each([
    [{ int_value: '12' }, '12'],
    [{ double_value: 12.25 }, '12.25'],
    [{ float_value: '12.25' }, '12.25'],
    [{ string_value: '12.25' }, '12.25'],
    [{ string_value: null, int_value: null, float_value: null, double_value: '1.0E2' }, '100'],
  ])('takes a value of any kind: %j', (value, amount) => {
    expect(money(null, { currency: 'EUR', value })).toEqual({ amount, currency: 'EUR' });
  });

  it.each([['(not set)'], ['€'], ['']])('is in USD where the event names no currency but %j', (currency) => {
    expect(money({ purchase_revenue: 31, purchase_revenue_in_usd: 33.5 }, { currency })).toEqual({
      amount: '33.5',
      currency: 'USD',
    });
    expect(money(null, { currency, value: 31 }, { event_value_in_usd: '33.5' })).toEqual({
      amount: '33.5',
      currency: 'USD',
    });
  });

  it('is nothing where all that is stated is 0', () => {
    expect(money({ purchase_revenue: 0 }, { currency: 'EUR', value: 0 })).toEqual({
      amount: '0',
      currency: 'EUR',
    });
  });

  it.each([['NaN'], ['Infinity'], [-5], ['5,00']])('cannot be used where it is %p', (value) => {
    expect(money({ purchase_revenue: value }, { currency: 'EUR' })).toEqual({ isUnusable: true });
  });

  it('takes the next where one is NaN', () => {
    expect(money({ purchase_revenue: 'NaN' }, { currency: 'EUR', value: 5 })).toEqual({
      amount: '5',
      currency: 'EUR',
    });
  });

  it('is not stated', () => {
    expect(money(null)).toEqual({});
  });

  it('is, of an in-app purchase, what Google made of it in USD, as its own value may be millionths', () => {
    const row = ga4Row('in_app_purchase', {
      params: { currency: 'EUR', value: 4_990_000, price: 4_990_000 },
      columns: { event_value_in_usd: 5.41 },
    });
    expect(moneyOfPurchase(read(row))).toEqual({ amount: '5.41', currency: 'USD' });
  });
});

describe('what was given back', () => {
  it('is the refund in the currency of the event, else in USD', () => {
    const ecommerce = { refund_value: 5.5, refund_value_in_usd: 6.25 };
    expect(
      moneyOfRefund(read(ga4Row('refund', { params: { currency: 'EUR' }, columns: { ecommerce } }))),
    ).toEqual({
      amount: '5.5',
      currency: 'EUR',
    });
    expect(moneyOfRefund(read(ga4Row('refund', { columns: { ecommerce } })))).toEqual({
      amount: '6.25',
      currency: 'USD',
    });
  });
});
