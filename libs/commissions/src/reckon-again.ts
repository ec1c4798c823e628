import { activityOfFacts, turned } from './activity-of-facts.js';
import type { Qualification } from './agreement.js';
import { computePlayer } from './compute-player.js';
import { ZERO, decimal, type Decimal } from './decimal.js';
import type { Fact } from './fact.js';
import type { Commission, Deal, Period, PlayerFacts, PlayerResult, Trigger } from './model.js';
import { segmentsOf } from './segments.js';

/** What is known of a player's month beside its facts. */
export interface KnownMonth {
  period: Period;
  player: PlayerFacts;
  /** What the months before have left: of a high roller, and of a clawback. */
  debt: string;
  advance: string;
  /** What fixed fees are turned with, by `USD 2026-10-01`. */
  feeRates: ReadonlyMap<string, string>;
}

/**
 * A player's month from the facts that were kept of it, and nothing else: what it must come to wherever they are all that it
 * was paid on. A CPA is paid as far as its own facts hold it.
 */
export function reckonAgain(deal: Deal, known: KnownMonth, facts: readonly Fact[]): PlayerResult {
  const { period, player, debt, advance, feeRates } = known;
  const { currency } = deal.agreement;
  const activities = segmentsOf(deal, period).flatMap((segment) => {
    const own = facts.filter((fact) => fact.segment === segment.index);
    return own.length === 0 ? [] : [{ segment, activity: activityOfFacts(own, segment, currency) }];
  });
  const result = computePlayer(deal, player, activities, feeRates, new Set(), { debt, advance });
  const isHeld = ({ period: of, kind, basis }: Commission): boolean =>
    of === period && (kind !== 'cpa' || isTriggered(deal, basis as unknown as Trigger & Terms, facts));
  return { months: result.months, commissions: result.commissions.filter(isHeld) };
}

interface Terms {
  plan_version: string;
}

/** Whether the facts of a CPA are what it is paid on. */
function isTriggered(deal: Deal, { on, conversions, plan_version }: Trigger & Terms, facts: readonly Fact[]) {
  const own = facts.filter(({ for_cpa }) => for_cpa);
  if (!conversions.every((id) => own.some((fact) => fact.id === id))) return false;
  if (on !== 'qualification') return own.length > 0;
  const plan = deal.plans.find(({ version }) => version === plan_version)?.plan;
  if (!plan || plan.type === 'revenue_share' || !plan.cpa.qualification) return false;
  return reaches(plan.cpa.qualification, own, deal.agreement.currency);
}

function reaches(wanted: Qualification, facts: readonly Fact[], currency: string): boolean {
  const deposits = facts.filter(({ kind }) => kind === 'deposit');
  const wagers = facts.filter(({ kind }) => kind !== 'deposit');
  const sum = (of: readonly Fact[]): Decimal =>
    of.reduce((total, fact) => total.plus(turned(fact.amount!, fact, currency)), ZERO);
  const count = wagers.reduce((total, { bet_count }) => total.plus(bet_count ?? '0'), ZERO);
  return (
    sum(deposits).gte(wanted.deposit_amount ?? '0') &&
    deposits.length >= (wanted.deposit_count ?? 0) &&
    sum(wagers).gte(wanted.wager_amount ?? '0') &&
    count.gte(decimal(String(wanted.wager_count ?? 0)))
  );
}
