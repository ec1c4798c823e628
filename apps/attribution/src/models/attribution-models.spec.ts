import fc from 'fast-check';
import { instantFromMs } from '#libs/events';
import { exampleTouch } from '#test/example-facts';
import type { Step } from '../journeys.js';
import { ATTRIBUTION_MODELS, type AttributionModelName } from './attribution-models.js';

const AT = '2026-11-21T12:00:00.000000Z';
const step = (at: string, source: string | null = 'affiliate'): Step => ({
  touch: exampleTouch(at, at, { utm_source: source }),
  at,
});
const stepsOf = (...sources: (string | null)[]): Step[] =>
  sources.map((source, i) => step(`2026-11-${String(i + 1).padStart(2, '0')}T00:00:00.000000Z`, source));

/** Shares in thousandths. */
function sharesOf(model: AttributionModelName, steps: Step[]): number[] {
  const weights = ATTRIBUTION_MODELS[model](steps);
  const total = weights.reduce((sum, w) => sum + w, 0n);
  return weights.map((w) => Math.round(Number((w * 1_000_000n) / total) / 1_000));
}

it.each<[AttributionModelName, (string | null)[], number[]]>([
  ['first_touch', ['a', 'b', 'c'], [1000, 0, 0]],
  ['last_touch', ['a', 'b', 'c'], [0, 0, 1000]],
  ['last_non_direct', ['a', 'b', null], [0, 1000, 0]],
  ['last_non_direct', ['a', '(direct)', 'Direct'], [1000, 0, 0]],
  ['last_non_direct', ['a', 'directory', null], [0, 1000, 0]],
  ['last_non_direct', [null, '(direct)'], [0, 1000]],
  ['linear', ['a', 'b', 'c', 'd'], [250, 250, 250, 250]],
  ['position', ['a'], [1000]],
  ['position', ['a', 'b'], [500, 500]],
  ['position', ['a', 'b', 'c'], [400, 200, 400]],
  ['position', ['a', 'b', 'c', 'd', 'e', 'f'], [400, 50, 50, 50, 50, 400]],
])('%s of %j: %j', (model, sources, shares) => {
  expect(sharesOf(model, stepsOf(...sources))).toEqual(shares);
});

it('time_decay halves with every seven days', () => {
  const steps = ['2026-11-07', '2026-11-14', '2026-11-21'].map((day) => step(`${day}T12:00:00.000000Z`));
  expect(sharesOf('time_decay', steps)).toEqual([143, 286, 571]);
  expect(ATTRIBUTION_MODELS.time_decay(steps)).toEqual([250n, 500n, 1_000n].map((w) => w * 10n ** 15n));
});

it('time_decay is a power of two to the last digit that a double tells, however old the touch', () => {
  const micros = fc.bigInt({ min: 0n, max: 365n * 86_400_000_000n });
  fc.assert(
    fc.property(micros, (age) => {
      const at = instantFromMs(Date.parse(AT) - Number(age / 1_000n) - 1).replace(
        '000Z',
        `${String(999n - (age % 1_000n)).padStart(3, '0')}Z`,
      );
      const weeks = Number(age + 1n) / (7 * 86_400_000_000);
      const [weight, one] = ATTRIBUTION_MODELS.time_decay([step(at), step(AT)]);
      expect(one).toBe(10n ** 18n);
      expect(Math.abs(Number(weight) - 1e18 * 2 ** -weeks)).toBeLessThan(1_000);
    }),
  );
});

it('time_decay leaves something to the oldest', () => {
  const [weight] = ATTRIBUTION_MODELS.time_decay([step('0001-01-01T00:00:00.000000Z'), step(AT)]);
  expect(weight).toBe(1n);
});

it('every model has a weight for each touch, and gives something to at least one', () => {
  const instant = fc.integer({ min: 0, max: 3_650 }).map((days) => {
    const at = new Date(Date.parse(AT) - days * 86_400_000);
    return at.toISOString().replace('Z', '000Z');
  });
  const steps = fc
    .array(fc.tuple(instant, fc.constantFrom(null, 'a', '(direct)')), { minLength: 1, maxLength: 9 })
    .map((all) => all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([at, source]) => step(at, source)));
  fc.assert(
    fc.property(
      steps,
      fc.constantFrom(...(Object.keys(ATTRIBUTION_MODELS) as AttributionModelName[])),
      (all, model) => {
        const weights = ATTRIBUTION_MODELS[model](all);
        expect(weights).toHaveLength(all.length);
        expect(weights.every((w) => w >= 0n) && weights.some((w) => w > 0n)).toBe(true);
      },
    ),
  );
});
