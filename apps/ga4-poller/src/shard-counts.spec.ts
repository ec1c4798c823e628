import { Tally } from '#libs/polling';
import { NO_COUNTS, withPage } from './shard-counts.js';

it('adds the pages of a shard up, across turns, to the last digit', () => {
  const purchase = (amount: string, currency: string) => ({ kind: 'purchase', amount, currency });
  const page = (...amounts: string[]): Tally => {
    const tally = new Tally();
    for (const amount of amounts) tally.add({ events: [purchase(amount, 'USD')], rejected: false }, false);
    return tally;
  };
  const first = withPage(NO_COUNTS, 10, page('0.1', '0.2'));
  // As the database gives it back
  const kept = JSON.parse(JSON.stringify(first)) as typeof first;
  const odd = new Tally();
  odd.add({ events: [purchase('1', 'EUR'), { kind: 'touchpoint' }], rejected: true }, false);
  expect(withPage(withPage(kept, 5, odd), 0, page())).toEqual({
    ...{ pages: 3, rows_read: 15, rows_selected: 3, rejected: 1 },
    ...{ rows_by_event: { purchase: 3, touchpoint: 1 }, amounts: { EUR: '1', USD: '0.3' } },
  });
  expect(NO_COUNTS.pages).toBe(0);
});
