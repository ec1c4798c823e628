import { CLOSED_STATEMENT } from '#test/example-statement';
import { playersCsv, statementsCsv } from './statement-csv.js';

const statement = { ...CLOSED_STATEMENT, partner: 'Acme, "the" media' };
const HEAD = '"Acme, ""the"" media",acme-hybrid,spacevegas,2026-10,closed,3,EUR';

it('writes a row a line, and the sums below', () => {
  expect(statementsCsv([statement])).toBe(
    [
      'partner,agreement,brand,period,status,number,currency,line,of_period,players,exact,amount',
      `${HEAD},revenue_share,2026-09,1,-5.125,-5.12`,
      `${HEAD},cpa,2026-10,12,1200,1200`,
      `${HEAD},revenue_share,2026-10,40,234.5678,234.57`,
      `${HEAD},cpa_cap,2026-10,0,-200,-200`,
      `${HEAD},total,,,,1229.45`,
      `${HEAD},opening_balance,,,,-29.45`,
      `${HEAD},payable,,,,1200`,
      `${HEAD},closing_balance,,,,0`,
      '',
    ].join('\n'),
  );
});

it('writes a row a player and line', () => {
  const line = { subject: 'p-1', kind: 'cpa', of_period: '2026-10', amount: '100.125' } as const;
  expect(playersCsv([{ statement: { ...statement, number: null, status: 'open' }, lines: [line] }])).toBe(
    'partner,agreement,brand,period,status,number,currency,player,line,of_period,exact\n' +
      '"Acme, ""the"" media",acme-hybrid,spacevegas,2026-10,open,,EUR,p-1,cpa,2026-10,100.125\n',
  );
});
