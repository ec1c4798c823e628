import { compareBytes } from '#libs/database';

/**
 * Shares a whole number out by weights so that the shares add up to it: each gets its part rounded down (towards 0),
 * and those that lost most by that get one more (largest remainder; ties by id).
 * @param parts weights are not negative and not all 0
 * @returns a share for each part, in their order
 */
export function splitUnits(units: bigint, parts: readonly { id: string; weight: bigint }[]): bigint[] {
  if (units < 0n) return splitUnits(-units, parts).map((share) => -share);
  const total = parts.reduce((sum, { weight }) => sum + weight, 0n);
  const shares = parts.map(({ weight }) => (units * weight) / total);
  let left = units - shares.reduce((sum, share) => sum + share, 0n);
  const byRemainder = parts
    .map(({ id, weight }, index) => ({ id, index, remainder: (units * weight) % total }))
    .sort((a, b) => compareUnits(b.remainder, a.remainder) || compareBytes(a.id, b.id));
  for (const { index } of byRemainder) {
    if (left === 0n) break;
    shares[index]! += 1n;
    left--;
  }
  return shares;
}

/** Order of whole numbers of units. */
export function compareUnits(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
