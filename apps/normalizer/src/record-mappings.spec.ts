import type { LoadedSource } from '#libs/runtime';
import type { RecordEvent } from '#libs/events';
import type { Ga4SourceDefinition } from '#libs/sources';
import { DAILY, RECEIVED_AT, ga4, ga4Row, purchaseRow } from '#test/ga4-rows';
import { RecordMappings } from './record-mappings.js';

const shop: Ga4SourceDefinition = {
  name: 'shop',
  type: 'ga4',
  brand: 'spacevegas',
  property: '123456789',
  timezone: 'Europe/Berlin',
  poll_interval: 'PT1H',
  export: { type: 'files', folder: 'exports' },
  conversions: [
    { event: 'registration', when: { event_name: { equals: 'sign_up' } }, fields: { player_id: 'user_id' } },
  ],
};
const loaded = { source: shop, schemas: new Map<string, object>() } as unknown as LoadedSource;
const mappings = new RecordMappings([loaded]);
const record = (row: ReturnType<typeof ga4Row>): RecordEvent => ga4().write(row, DAILY, RECEIVED_AT).event;

describe('the records of GA4', () => {
  it('become purchases and configured conversions', () => {
    expect(mappings.map(record(purchaseRow('t1')), '0/7')).toMatchObject({
      events: [{ kind: 'purchase', transaction_id: 't1', trust: 'ga4', raw_position: '0/7' }],
      isWarned: false,
    });
    const signUp = ga4Row('sign_up', { columns: { user_id: 'anna' } });
    expect(mappings.map(record(signUp), '0/8')).toMatchObject({
      events: [{ kind: 'registration', player_id: 'anna', trust: 'ga4', raw_position: '0/8' }],
    });
  });

  it('are warned of where an amount cannot be used', () => {
    const row = purchaseRow('t1', {
      params: { value: 'x' },
      columns: { ecommerce: { transaction_id: 't1' } },
    });
    expect(mappings.map(record(row), '0/7')).toMatchObject({
      events: [{ kind: 'purchase' }],
      isWarned: true,
    });
  });

  it('are dead letters where they cannot be understood, and of another stream', () => {
    expect(mappings.map(record(ga4Row('refund')), '0/7')).toMatchObject({
      kind: 'dead_letter',
      path: '/data/payload/row/ecommerce/transaction_id',
    });
    expect(mappings.map({ ...record(purchaseRow('t1')), stream: 'others' }, '0/7')).toMatchObject({
      reason: 'unknown_source',
      path: '/data/stream',
    });
  });
});
