import { CLOSED_STATEMENT, OPEN_STATEMENT } from '#test/example-statement';
import { statementsHtml } from './statement-html.js';

const textOf = (html: string): string[] =>
  html
    .slice(html.indexOf('<body>'))
    .replaceAll(/<\/(td|th|dt)>/g, ' | ')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const foot = (hash: string): string[] => [
  'Rests on 1 deposit, 2 transactions, 1,234 game sessions and 0 bets; agreement aaaaaaaaaaaa, ' +
    'plan bbbbbbbbbbbb and cccccccccccc, NGR dddddddddddd, FX rates of each day.',
  `Manifest ${hash}`,
];

it('shows a closed statement', () => {
  expect(textOf(statementsHtml([CLOSED_STATEMENT]))).toEqual([
    'Acme & Söhne <media>Commission statement of spacevegas',
    'October 2026No. 3 · closed',
    'Agreement | acme-hybrid',
    'Month | 2026-10, by the days of Europe/Malta',
    'Status | statement 3, closed 2026-11-02 09:00 UTC by finance@desk',
    'Line | Players | EUR |',
    'Revenue share, adjustment of 2026-09 | 1 | −5.12 |',
    'CPA | 12 | 1,200.00 |',
    'Revenue share | 40 | 234.57 |',
    'CPA beyond the cap |  | −200.00 |',
    'Total | 1,229.45 |',
    'Left unpaid by the statement before | −29.45 |',
    'To be paid | 1,200.00 |',
    ...foot(CLOSED_STATEMENT.manifest.hash),
  ]);
});

it('shows that one is open, and why it cannot be closed', () => {
  expect(textOf(statementsHtml([OPEN_STATEMENT]))).toEqual([
    'Acme & Söhne <media>Commission statement of spacevegas',
    'October 2026OPEN',
    'Agreement | acme-hybrid',
    'Month | 2026-10, by the days of Europe/Malta',
    'Status | open: as it would be if it were closed now',
    'In the way of closing it',
    '2026-10 is not over',
    'no rate for USD 2026-10-03',
    'Line | Players | EUR |',
    'Nothing was earned. |',
    'Total | 0.00 |',
    'To be paid | 0.00 |',
    ...foot(OPEN_STATEMENT.manifest.hash),
  ]);
});

it('stands alone, escapes, and begins a page with each statement', () => {
  const partner = `<script>alert('1')</script>" onload="x`;
  const html = statementsHtml([{ ...CLOSED_STATEMENT, partner, agreement: partner }, OPEN_STATEMENT]);
  expect(html).not.toMatch(/<script|onload="|https?:|url\(|@import|<link|src=/);
  expect(html.match(/<article>/g)).toHaveLength(2);
  expect(html).toContain('article + article { break-before: page; }');
  expect(html).toContain(
    '<title>&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#34; onload=&#34;x 2026-10, ',
  );
});
