import { CLOSED_STATEMENT, OPEN_STATEMENT } from '#test/example-statement';
import { statementText } from './statement-text.js';

const restsOn = (hash: string): string[] => [
  'Rests on 1 deposit, 2 transactions, 1,234 game sessions and 0 bets; agreement aaaaaaaaaaaa,',
  'plan bbbbbbbbbbbb and cccccccccccc, NGR dddddddddddd, FX rates of each day.',
  `Manifest ${hash}`,
];

it('tells a closed statement, its players and what it rests on', () => {
  const lines = [
    { subject: 'p-1', kind: 'cpa', of_period: '2026-10', amount: '100' },
    { subject: 'p-2', kind: 'revenue_share', of_period: '2026-09', amount: '-5.125' },
  ] as const;
  expect(
    statementText(CLOSED_STATEMENT, { lines: [...lines], total: 53 }, 'Of all players together:').split('\n'),
  ).toEqual([
    'Acme & Söhne <media>, 2026-10 · statement 3, closed 2026-11-02 09:00 UTC by finance@desk',
    'agreement acme-hybrid · brand spacevegas · months of Europe/Malta · EUR',
    '',
    'Line                                   players        EUR',
    'Revenue share, adjustment of 2026-09         1      −5.12',
    'CPA                                         12   1,200.00',
    'Revenue share                               40     234.57',
    'CPA beyond the cap                                −200.00',
    '─────────────────────────────────────────────────────────',
    'Total                                            1,229.45',
    'Left unpaid by the statement before                −29.45',
    'To be paid                                       1,200.00',
    '',
    'Of all players together:',
    '',
    'Player   line                      exact amount',
    'p-1      CPA                            100.00',
    'p-2      Revenue share   2026-09         −5.125',
    'and 51 more: commissions export --players has all of them',
    'Why: npx tributary commissions show --agreement acme-hybrid --period 2026-10 --player p-1',
    '',
    ...restsOn(CLOSED_STATEMENT.manifest.hash),
  ]);
});

it('tells what stands in the way of closing an open one', () => {
  expect(statementText(OPEN_STATEMENT, { lines: [], total: 0 }).split('\n')).toEqual([
    'Acme & Söhne <media>, 2026-10 · open: as it would be if it were closed now',
    'agreement acme-hybrid · brand spacevegas · months of Europe/Malta · EUR',
    '',
    'Line         players    EUR',
    '───────────────────────────',
    'Total                  0.00',
    'To be paid             0.00',
    '',
    'In the way of closing it:',
    '- 2026-10 is not over',
    '- no rate for USD 2026-10-03: npx tributary fx import, then commissions run',
    '',
    ...restsOn(OPEN_STATEMENT.manifest.hash),
  ]);
});

it('warns of figures that are not those of the hash', () => {
  const text = statementText({ ...CLOSED_STATEMENT, payable: '1300' }, { lines: [], total: 0 });
  expect(text).toContain('IT DOES NOT FIT: these are not the figures that this hash was made of.');
});
