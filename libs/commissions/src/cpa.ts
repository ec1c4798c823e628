import type { CpaPlan, ClawbackPlan, ExclusionReason, HybridPlan } from './agreement.js';
import type { CpaBasis } from './basis.js';
import type { Commission, Deal, Period, PlayerFacts, Trigger } from './model.js';
import { periodOf } from './periods.js';
import { planAt } from './segments.js';

/** What a player's CPA comes to, and if to nothing, why. */
export type CpaDecision = CpaDue | CpaExcluded | { paid: false; why: 'no_trigger' };

interface CpaDue {
  paid: true;
  period: Period;
  trigger: Trigger;
  plan: CpaPlan | HybridPlan | ClawbackPlan;
  planVersion: string;
}

/** It would be due, but that the player counts for nothing. */
interface CpaExcluded extends Omit<CpaDue, 'paid'> {
  paid: false;
  why: 'excluded';
  by: ExclusionReason[];
}

/**
 * The one CPA that an agreement pays for a player: at the earliest instant when what happened is what the plan then in force
 * pays on. What happens while another trigger's plan, or none, is in force pays nothing; nor does a second trigger, also
 * where the first was under a plan that paid less. `no_trigger`: there is no such instant.
 */
export function cpaOf(deal: Deal, player: PlayerFacts): CpaDecision {
  const { time_zone, excluded } = deal.agreement;
  for (const trigger of player.triggers.toSorted(byInstant)) {
    const inForce = planAt(deal, trigger.at);
    if (inForce === undefined || inForce.plan.type === 'revenue_share') continue;
    const { plan, version: planVersion } = inForce;
    if (plan.cpa.on !== trigger.on) continue;
    if (trigger.on === 'qualification' && trigger.planVersion !== planVersion) continue;
    const due = { period: periodOf(time_zone, trigger.at), trigger, plan, planVersion };
    const by = player.exclusions.filter((reason) => excluded.cpa.includes(reason));
    return by.length === 0 ? { paid: true, ...due } : { paid: false, why: 'excluded', by, ...due };
  }
  return { paid: false, why: 'no_trigger' };
}

/** The line of a CPA that is due. */
export function cpaLine(
  { subject }: PlayerFacts,
  { period, trigger, plan, planVersion }: CpaDue,
): Commission {
  const basis: CpaBasis = {
    on: trigger.on,
    at: trigger.at,
    conversions: trigger.conversions,
    plan_version: planVersion,
    ...(plan.type === 'clawback' && { advance: true }),
  };
  return { period, subject, kind: 'cpa', amount: plan.cpa.amount, basis };
}

/** What happened at one instant is told apart by the conversions, so that their order does not matter. */
function byInstant(a: Trigger, b: Trigger): number {
  const [x, y] = [`${a.at} ${a.conversions.join(' ')}`, `${b.at} ${b.conversions.join(' ')}`];
  return x < y ? -1 : x > y ? 1 : 0;
}
