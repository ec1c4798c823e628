import fc from 'fast-check';
import { splitUnits } from './split-units.js';

const parts = (...weights: number[]) =>
  weights.map((weight, i) => ({ id: String.fromCharCode(97 + i), weight: BigInt(weight) }));

it.each([
  ['100 in three', 100n, parts(1, 1, 1), [34n, 33n, 33n]],
  ['1 in three', 1n, parts(1, 1, 1), [1n, 0n, 0n]],
  ['the larger remainder first', 10n, parts(1, 5, 5), [1n, 5n, 4n]],
  ['nothing to who weighs nothing', 7n, parts(0, 1, 0), [0n, 7n, 0n]],
  ['0', 0n, parts(1, 2), [0n, 0n]],
  ['a loss as a gain', -100n, parts(1, 1, 1), [-34n, -33n, -33n]],
])('shares out %s', (_what, units, of, shares) => {
  expect(splitUnits(units, of)).toEqual(shares);
});

const anyParts = fc
  .uniqueArray(
    fc.record({
      id: fc.string({ unit: fc.constantFrom('a', 'b', '\u{1f600}', '\uffff'), minLength: 1 }),
      weight: fc.bigInt({ min: 0n, max: 1n << 53n }),
    }),
    { minLength: 1, maxLength: 12, selector: (p) => p.id },
  )
  .filter((all) => all.some((p) => p.weight > 0n));
const anyUnits = fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n });

it('adds up, and gives each its part to less than a unit', () => {
  fc.assert(
    fc.property(anyUnits, anyParts, (units, of) => {
      const shares = splitUnits(units, of);
      const total = of.reduce((sum, p) => sum + p.weight, 0n);
      expect(shares.reduce((sum, s) => sum + s, 0n)).toBe(units);
      shares.forEach((share, i) => {
        const off = share * total - units * of[i]!.weight;
        expect(off < total && off > -total).toBe(true);
      });
    }),
  );
});

it('gives everyone the same in whatever order they stand', () => {
  const shuffled = anyParts.chain((of) =>
    fc.tuple(fc.constant(of), fc.shuffledSubarray(of, { minLength: of.length })),
  );
  fc.assert(
    fc.property(anyUnits, shuffled, (units, [of, other]) => {
      const byId = (all: typeof of): Map<string, bigint> => {
        const shares = splitUnits(units, all);
        return new Map(all.map((p, i) => [p.id, shares[i]!]));
      };
      expect(byId(other)).toEqual(byId(of));
    }),
  );
});
