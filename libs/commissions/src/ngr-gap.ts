import type { Instant } from '#libs/events';
import type { NgrDefinition, Plan } from './agreement.js';
import { startOfDay } from './periods.js';

/**
 * The first instant of the plan's range at which the definition has no version.
 * @param zone the agreement's, whose midnights begin the plan's days
 */
export function gapOf({ versions, time_zone }: NgrDefinition, plan: Plan, zone: string): Instant | undefined {
  const end = plan.to === undefined ? undefined : startOfDay(zone, plan.to);
  let reached = startOfDay(zone, plan.from);
  for (const { from, to } of versions) {
    if (startOfDay(time_zone, from) > reached) break;
    if (to === undefined) return undefined;
    const until = startOfDay(time_zone, to);
    if (until > reached) reached = until;
  }
  return end !== undefined && reached >= end ? undefined : reached;
}
