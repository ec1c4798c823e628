import type { RevenueShare, Scale } from './agreement.js';
import { ZERO, canonical, decimal, least, type Decimal } from './decimal.js';

/** What a share of the base comes to, and how. */
export interface Share {
  /** Rounded once, half-even to 18 places. */
  amount: string;
  /** The one rate that the whole was taken at: of `rate`, or of the step that was reached. */
  rate?: string;
  /** Of `tiered`: from where the step reaches, and what was compared with it (`value`). */
  step?: { from: string; value: string };
  /** Of `ladder`: the part that lies in each step that was reached. */
  parts?: { from: string; rate: string; part: string }[];
}

/**
 * The share of a base. `tiered`: the rate of the last step whose `from` is reached (`from` itself reaches it), on the whole.
 * `ladder`: each step's rate on the part between its `from` and the next one's. What lies below the first step, and a negative
 * base, has the first step's rate in both.
 * @param base what counts of the base, of a player or of all of them; canonical decimal
 * @param firstDeposits how many of them made their first deposit
 */
export function shareOf({ rate, scale }: RevenueShare, base: string, firstDeposits: number): Share {
  if (rate !== undefined) return { amount: product(rate, base), rate };
  if (!scale) throw new Error('a revenue share has neither rate nor scale');
  return scale.kind === 'tiered' ? tiered(scale, base, firstDeposits) : ladder(scale, base);
}

function tiered({ by, steps }: Scale, base: string, firstDeposits: number): Share {
  const value = by === 'base' ? base : String(firstDeposits);
  const reached = decimal(value);
  const step = steps.findLast(({ from }) => reached.gte(from)) ?? steps[0]!;
  return { amount: product(step.rate, base), rate: step.rate, step: { from: step.from, value } };
}

function ladder({ steps }: Scale, base: string): Share {
  const whole = decimal(base);
  let amount = ZERO;
  const parts: NonNullable<Share['parts']> = [];
  for (const [i, { from, rate }] of steps.entries()) {
    if (i > 0 && whole.lte(from)) break;
    const part = partOf(whole, i === 0 ? undefined : from, steps[i + 1]?.from);
    amount = amount.plus(part.times(rate));
    parts.push({ from, rate, part: canonical(part) });
  }
  return { amount: canonical(amount), parts };
}

/** What of the whole lies between two marks; without the lower one also what lies below 0. */
function partOf(whole: Decimal, from: string | undefined, to: string | undefined): Decimal {
  const upper = to === undefined ? whole : least(whole, decimal(to));
  return from === undefined ? upper : upper.minus(from);
}

function product(rate: string, base: string): string {
  return base === '0' ? '0' : canonical(decimal(base).times(rate));
}
