import type { Statement } from '#libs/commissions';
import { CLOSED_STATEMENT } from '#test/example-statement';
import { compareMonth, simulationText } from './simulation.js';

const now: Statement = {
  ...CLOSED_STATEMENT,
  lines: [
    { kind: 'cpa', of_period: '2026-10', players: 10, exact: '1000', amount: '1000' },
    { kind: 'recoup', of_period: '2026-10', players: 1, exact: '-30.005', amount: '-30' },
    { kind: 'cpa', of_period: '2026-08', players: 1, exact: '50', amount: '50' },
  ],
};

it('sets a month beside itself under another plan', () => {
  const compared = compareMonth(now, CLOSED_STATEMENT);
  expect(compared.total).toEqual({ now: '970', simulated: '1234.57', difference: '264.57' });
  expect(simulationText(compared).split('\n')).toEqual([
    'Acme & Söhne <media>, 2026-10 · agreement acme-hybrid · nothing is stored',
    '',
    'EUR                             now   simulated   difference',
    'CPA                        1,000.00    1,200.00       200.00',
    'CPA beyond the cap             0.00     −200.00      −200.00',
    'Revenue share                  0.00      234.57       234.57',
    'Advance (CPA) worked off     −30.00        0.00        30.00',
    '────────────────────────────────────────────────────────────',
    'Total                        970.00    1,234.57       264.57',
  ]);
});

it('says what is not known yet', () => {
  const text = simulationText(
    compareMonth(undefined, { ...CLOSED_STATEMENT, unfinished: ['no rate of USD'] }),
  );
  expect(text).toContain('Not all is known yet: no rate of USD');
});
