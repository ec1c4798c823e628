import type { Plan } from './agreement.js';
import type { Segment } from './model.js';

/** The plans that share revenue. */
export type SharingPlan = Exclude<Plan, { type: 'cpa' }>;

/**
 * What lies under one plan, of what comes with a segment of one month, in the order of the plans' first segments. A plan's
 * month is all that it covers of the month: where NGR changes, or another plan lies between, its thresholds, steps and
 * caps see one whole.
 */
export function partsOf<T extends { segment: Segment }>(items: readonly T[]): T[][] {
  const parts = new Map<string, T[]>();
  for (const item of items) {
    const part = parts.get(item.segment.planVersion);
    if (part) part.push(item);
    else parts.set(item.segment.planVersion, [item]);
  }
  return [...parts.values()];
}

export function sharesRevenue(plan: Plan): plan is SharingPlan {
  return plan.type !== 'cpa';
}

/** Whether each player has a share of their own: at one rate, at steps of their own, and under any clawback. Else the share
 * is the partner's, of all players together. */
export function isPerPlayer({ type, revenue_share: { scale } }: SharingPlan): boolean {
  return type === 'clawback' || scale?.per !== 'partner';
}
