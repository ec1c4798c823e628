import { Tally } from './tally.js';

it('counts events and adds amounts to the last digit', () => {
  const tally = new Tally();
  const payout = (amount: string, currency: string) => ({ kind: 'payout', amount, currency });
  tally.add(
    {
      events: [payout('0.1', 'USD'), payout('12345678901234567890.000000000000000001', 'EUR')],
      rejected: false,
    },
    false,
  );
  tally.add({ events: [payout('0.2', 'USD'), { kind: 'player' }], rejected: false }, true);
  tally.add({ events: [], rejected: true }, false);
  tally.add({ events: [payout('-0.5', 'USD')], rejected: true }, false);
  expect(tally).toMatchObject({
    selected: 4,
    rejected: 2,
    monotoneViolations: 1,
    rowsByEvent: { payout: 4, player: 1 },
    amounts: { EUR: '12345678901234567890.000000000000000001', USD: '-0.2' },
  });
});
