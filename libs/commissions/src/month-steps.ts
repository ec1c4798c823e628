import { ZERO, canonical, decimal } from './decimal.js';
import type { Activity, Segment } from './model.js';
import { ggrOf, isActive, ngrOf, type NgrSteps } from './ngr.js';

/** What a player did in a segment, and what it comes to. */
export interface Reckoned {
  segment: Segment;
  activity: Activity;
  steps: NgrSteps;
}

/**
 * The steps from GGR to base of each segment of a player's month. The month's fixed fee is borne by its first segment of a plan
 * that shares revenue in which the player did anything.
 * @param factors of `fxFactors`. The fee is asked for with the month's first day; without a rate it is not counted, and the
 * segment's `missing_rates` names it.
 * @param provisional keys of factors that only stand in for those to come
 */
export function stepsOf(
  month: readonly { segment: Segment; activity: Activity }[],
  currency: string,
  factors: ReadonlyMap<string, string>,
  provisional: ReadonlySet<string>,
): Reckoned[] {
  const bearer = month.find(({ segment, activity }) => segment.ngr && isActive(activity));
  return month.map((item) => {
    const { segment, activity } = item;
    if (!segment.ngr) return { ...item, steps: withoutShare(activity) };
    const fee = item === bearer ? segment.ngr.fixed : undefined;
    if (!fee) return { ...item, steps: ngrOf(segment.ngr, activity, ZERO) };
    const key = `${fee.currency} ${segment.period}-01`;
    const factor = fee.currency === currency ? '1' : factors.get(key);
    const fixed = factor === undefined ? ZERO : decimal(fee.amount).times(factor);
    const rates = {
      missing_rates: factor === undefined ? having(activity.missing_rates, key) : activity.missing_rates,
      provisional_rates: provisional.has(key)
        ? having(activity.provisional_rates, `${fee.currency} ${segment.period}`)
        : activity.provisional_rates,
    };
    return { segment, activity: { ...activity, ...rates }, steps: ngrOf(segment.ngr, activity, fixed) };
  });
}

function having(rates: readonly string[], one: string): string[] {
  return [...new Set([...rates, one])].sort();
}

function withoutShare(activity: Activity): NgrSteps {
  return { ggr: canonical(ggrOf(activity)), deductions: {}, ngr: '0', admin_fee: '0', base: '0' };
}
