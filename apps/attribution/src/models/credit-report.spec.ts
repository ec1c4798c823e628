import fc from 'fast-check';
import { unitsOf, type Conversion } from '#libs/events';
import { exampleFact, exampleTouch } from '#test/example-facts';
import { IdentityGraph } from '../identity-graph.js';
import { Journeys, type Step } from '../journeys.js';
import { resolveConversion } from '../resolve-conversion.js';
import { ATTRIBUTION_MODELS, type AttributionModelName } from './attribution-models.js';
import { CreditReport } from './credit-report.js';

const deposit = (amount: string | null, currency: string | null): Conversion => {
  const fact = exampleFact({ amount, currency });
  return resolveConversion(fact, [fact], [], new Journeys(new IdentityGraph(), []));
};
const stepsOf = (...clicks: string[]): Step[] =>
  clicks.map((click, i) => {
    const at = `2026-11-${String(i + 10)}T00:00:00.000000Z`;
    return { touch: exampleTouch(click, at), at };
  });

it.each([
  ['no digits', '100', 'JPY', ['34', '33', '33']],
  ['two', '100', 'USD', ['33.34', '33.33', '33.33']],
  ['three', '1', 'KWD', ['0.334', '0.333', '0.333']],
  ['more than its currency has', '0.00000001', 'USD', ['0.00000001', '0', '0']],
  ['those of a coin', '1', 'ETH', ['0.333333333333333334', '0.333333333333333333', '0.333333333333333333']],
])('shares out an amount with %s', (_what, amount, currency, shares) => {
  const report = new CreditReport('linear', 'click');
  report.add(deposit(amount, currency), stepsOf('a', 'b', 'c'));
  const rows = report.rows().sort((x, y) => (x.key! < y.key! ? -1 : 1));
  expect(rows.map((r) => r.amount)).toEqual(shares);
  expect(rows.map((r) => r.conversions)).toEqual(['0.333334', '0.333333', '0.333333']);
});

it('tells apart what no touch led to and touches without a name', () => {
  const report = new CreditReport('last_touch', 'campaign');
  report.add(deposit('40', 'USD'), []);
  report.add(deposit('2', 'USD'), stepsOf('a'));
  report.add(deposit(null, null), stepsOf('a'));
  const common = { key: null, type: 'deposit', conversions: '1' };
  expect(report.rows()).toEqual([
    { ...common, touched: true, currency: null, amount: null },
    { ...common, touched: true, currency: 'USD', amount: '2' },
    { ...common, touched: false, currency: 'USD', amount: '40' },
  ]);
});

it('adds up exactly by every model, whatever the digits of the currency', () => {
  const money = fc.tuple(
    fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String),
    fc.constantFrom('JPY', 'USD', 'KWD', 'BTC', 'ETH'),
  );
  const journey = fc
    .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 5 })
    .map((clicks) => stepsOf(...clicks));
  const model = fc.constantFrom(...(Object.keys(ATTRIBUTION_MODELS) as AttributionModelName[]));
  const told = fc.array(fc.tuple(money, journey), { maxLength: 10 });
  fc.assert(
    fc.property(told, model, fc.constantFrom('source', 'click'), (all, name, by) => {
      const report = new CreditReport(name, by);
      for (const [[amount, currency], steps] of all) report.add(deposit(amount, currency), steps);
      const sum = (amounts: (string | null)[]): bigint =>
        amounts.reduce((total, amount) => total + unitsOf(amount ?? '0', 18), 0n);
      for (const currency of ['JPY', 'USD', 'KWD', 'BTC', 'ETH']) {
        const rows = report.rows().filter((r) => r.currency === currency);
        const given = all.map(([money]) => money).filter(([, c]) => c === currency);
        expect(sum(rows.map((r) => r.amount))).toBe(sum(given.map(([amount]) => amount)));
        expect(sum(rows.map((r) => r.conversions))).toBe(unitsOf(String(given.length), 18));
      }
    }),
  );
});
