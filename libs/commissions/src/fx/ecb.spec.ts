import { readFileSync } from 'node:fs';
import { readEcbCsv } from './ecb-csv.js';
import { readEcbXml } from './ecb-xml.js';

/** Rates that the ECB published, of a few currencies. */
const fixture = (name: string): string => readFileSync(`test/fixtures/ecb/${name}`, 'utf8');
const rate = (quote: string, day: string, value: string) => ({ base: 'EUR', quote, day, rate: value });
const OF_JUNE = [
  rate('USD', '2024-06-28', '1.0705'),
  rate('JPY', '2024-06-28', '171.94'),
  rate('GBP', '2024-06-28', '0.84638'),
  rate('CHF', '2024-06-28', '0.9634'),
  rate('ISK', '2024-06-28', '148.9'),
];

it('reads the same rates of a day from every form that the ECB publishes', () => {
  expect(readEcbCsv(fixture('eurofxref.csv'))).toEqual({ rates: OF_JUNE });
  expect(readEcbXml(fixture('eurofxref-daily.xml'))).toEqual({ rates: OF_JUNE });
});

it('reads the days of history, without what was not published', () => {
  const read = readEcbCsv(fixture('eurofxref-hist.csv'));
  const rates = 'rates' in read ? read.rates : [];
  expect(rates).toHaveLength(16);
  expect(rates.slice(0, 5)).toEqual(OF_JUNE);
  expect(rates.filter((r) => r.quote === 'HRK')).toEqual([rate('HRK', '2015-02-12', '7.723')]);
});

const HEAD = 'Date,USD,JPY,\n';
it.each([
  ['nothing', '', 1, 'must begin with Date'],
  ['no header', '2024-06-28,1,2,\n', 1, 'must begin with Date'],
  ['no rates', HEAD, 1, 'the file must have rates'],
  ['a currency of another form', 'Date,USDX,\n2024-06-28,1,\n', 2, 'three capital letters'],
  ['the base', 'Date,EUR,\n2024-06-28,1,\n', 2, 'there is no rate of EUR'],
  ['a currency twice', 'Date,USD,USD,\n2024-06-28,1,1,\n', 2, 'USD for 2024-06-28 is there twice'],
  ['a day twice', `${HEAD}2024-06-28,1,2,\n2024-06-28,1,N/A,\n`, 3, 'is there twice'],
  ['no day', `${HEAD}2024-06-31,1,2,\n`, 2, 'must begin with a day'],
  ['a day of another form', `${HEAD}28/06/2024,1,2,\n`, 2, 'must begin with a day'],
  ['too few rates', `${HEAD}2024-06-28,1,\n`, 2, 'must have 2 rates, as the first line says, and has 1'],
  ['a rate of 0', `${HEAD}2024-06-28,0,2,\n`, 2, 'the rate of USD must be a plain decimal above 0'],
  ['a negative rate', `${HEAD}2024-06-28,-1,2,\n`, 2, 'the rate of USD must be'],
  ['a rate that is none', `${HEAD}\n2024-06-28,1,1e2,\n`, 3, 'the rate of JPY must be'],
  ['an open quote', `${HEAD}2024-06-28,"1,2,\n`, 2, 'must be CSV'],
])('refuses a CSV with %s', (_what, text, line, rule) => {
  expect(readEcbCsv(text)).toEqual({ problems: [{ line, rule: expect.stringContaining(rule) as string }] });
});

it.each([
  ['no rates', '<Envelope/>', 1, 'the file must have rates'],
  ['no day', "<Cube><Cube time='2024-06-31'/></Cube>", 1, 'time must be a day'],
  [
    'a rate without a day',
    "<Cube>\n<Cube currency='USD' rate='1'/></Cube>",
    2,
    'must stand in a Cube with a day',
  ],
  ['half a rate', "<Cube time='2024-06-28'>\n<Cube currency='USD'/></Cube>", 2, 'both currency and rate'],
  [
    'a wrong rate',
    "<Cube time='2024-06-28'>\n<Cube currency='USD' rate='x'/></Cube>",
    2,
    'the rate of USD must be',
  ],
  ['no end', "<Cube time='2024-06-28'>\n<Cube currency='USD' rate='1'/>", 2, 'must be XML'],
])('refuses an XML with %s', (_what, text, line, rule) => {
  expect(readEcbXml(text)).toEqual({ problems: [{ line, rule: expect.stringContaining(rule) as string }] });
});

it('tells everything that is wrong at once', () => {
  const read = readEcbCsv(`${HEAD}2024-06-28,0,2,\nx,1,2,\n`);
  expect('problems' in read && read.problems.map(({ line }) => line)).toEqual([2, 3]);
});
