import type { PlayerShareBasis, RecoupBasis } from './basis.js';
import { cpaLine, cpaOf, type CpaDecision } from './cpa.js';
import { ZERO, canonical, decimal, isNegative, isZero, least, sumOf, type Decimal } from './decimal.js';
import { sumFacts } from './facts.js';
import type { Activity, Commission, Deal, PlayerFacts, PlayerMonth, PlayerResult, Segment } from './model.js';
import { stepsOf, type Reckoned } from './month-steps.js';
import { isPerPlayer, partsOf, sharesRevenue, type SharingPlan } from './plan-parts.js';
import { shareOf } from './scale.js';

/**
 * All that a covered player's facts come to, month after month. Within a month each plan sees what it covers as one whole:
 *
 * - who is excluded from the share counts 0, their first deposit reaches no step, and neither debt nor advance changes;
 * - a base of at most minus a high roller's `loss` counts 0 and is added to the player's debt; a later positive base, under
 *   whatever plan, pays the debt first and counts as far as it goes beyond;
 * - else a ring-fenced base below zero counts 0;
 * - what counts is shared at the player's rate or steps, if they are the player's;
 * - under a clawback the CPA that was paid until the end of the part is an advance: a positive share pays it back first
 *   (`recoup`). Under other plans the advance rests. A negative share stays a loss and leaves the advance as it is.
 *
 * @param activities in any order, at most one for each segment; those of segments in which the player did nothing may be
 * left out
 * @param factors of `fxFactors`, all months together: for fixed fees in another currency
 * @param provisional keys of factors that only stand in for those to come
 * @param start what the months before have left, where the activities are not all that there are; an advance has in it what
 * the CPA has paid before them
 */
export function computePlayer(
  deal: Deal,
  player: PlayerFacts,
  activities: readonly { segment: Segment; activity: Activity }[],
  factors: ReadonlyMap<string, string> = new Map(),
  provisional: ReadonlySet<string> = new Set(),
  start?: { debt: string; advance: string },
): PlayerResult {
  const cpa = cpaOf(deal, player);
  const isExcluded = player.exclusions.some((reason) =>
    deal.agreement.excluded.revenue_share.includes(reason),
  );
  const inOrder = activities.toSorted((a, b) => (a.segment.from < b.segment.from ? -1 : 1));
  const chain = new Chain(player, isExcluded, cpa);
  if (start) chain.goOn(start, inOrder[0]?.segment.from);
  for (const month of monthsOf(inOrder)) {
    chain.month(stepsOf(month, deal.agreement.currency, factors, provisional));
  }
  if (cpa.paid) chain.commissions.push(cpaLine(player, cpa));
  return { months: chain.months, commissions: chain.commissions };
}

function* monthsOf<T extends { segment: Segment }>(inOrder: readonly T[]): Generator<T[]> {
  let month: T[] = [];
  for (const item of inOrder) {
    if (month.length > 0 && month[0]!.segment.period !== item.segment.period) {
      yield month;
      month = [];
    }
    month.push(item);
  }
  if (month.length > 0) yield month;
}

/** What goes from month to month: the debt of a high roller (0 or negative) and the advance of a clawback (0 or positive). */
class Chain {
  readonly months: PlayerMonth[] = [];
  readonly commissions: Commission[] = [];
  private debt = ZERO;
  private advance = ZERO;
  private paidAhead: { at: string; amount: string } | undefined;

  private readonly subject: string;
  private readonly firstDepositAt: string | undefined;

  constructor(
    { subject, triggers }: PlayerFacts,
    private readonly isExcluded: boolean,
    cpa: CpaDecision,
  ) {
    this.subject = subject;
    if (!isExcluded) this.firstDepositAt = triggers.find(({ on }) => on === 'ftd')?.at;
    if (cpa.paid && cpa.plan.type === 'clawback') {
      this.paidAhead = { at: cpa.trigger.at, amount: cpa.plan.cpa.amount };
    }
  }

  /** @param from where the advance is known */
  goOn({ debt, advance }: { debt: string; advance: string }, from: string | undefined): void {
    this.debt = decimal(debt);
    this.advance = decimal(advance);
    if (from === undefined || (this.paidAhead && this.paidAhead.at < from)) this.paidAhead = undefined;
  }

  month(month: readonly Reckoned[]): void {
    const shared: PlayerShareBasis['plans'] = [];
    const recouped: RecoupBasis['plans'] = [];
    for (const part of partsOf(month)) this.part(part, shared, recouped);
    const share = canonical(sumOf(shared.map(({ amount }) => amount)));
    if (share !== '0') {
      const facts = sumFacts(month.map(({ activity }) => activity.facts));
      const basis: PlayerShareBasis = { plans: shared, facts };
      this.line(month, 'revenue_share', share, basis);
    }
    const recoup = canonical(sumOf(recouped.map(({ recouped }) => recouped)).neg());
    if (recoup !== '0') this.line(month, 'recoup', recoup, { plans: recouped } satisfies RecoupBasis);
  }

  private part(part: readonly Reckoned[], shared: PlayerShareBasis['plans'], recouped: RecoupBasis['plans']) {
    const { plan, planVersion } = part[0]!.segment;
    this.takeAdvance(part[0]!.segment.from);
    const before = { debt: this.debt, advance: this.advance };
    this.takeAdvance(part.at(-1)!.segment.to);
    if (!sharesRevenue(plan) || this.isExcluded) {
      this.rows(part, before, ZERO);
      return;
    }
    const base = sumOf(part.map(({ steps }) => steps.base));
    const { counted, why } = this.count(plan, base);
    if (isPerPlayer(plan)) {
      const exact = canonical(counted);
      const firstDeposits = part.some(({ segment }) => this.hasFirstDeposit(segment)) ? 1 : 0;
      const share = shareOf(plan.revenue_share, exact, firstDeposits);
      shared.push({
        plan_version: planVersion,
        segments: part.map(shown),
        base: canonical(base),
        counted: exact,
        ...(why && { why }),
        ...share,
      });
      if (plan.type === 'clawback') this.recoup(planVersion, share.amount, recouped);
    }
    this.rows(part, before, counted);
  }

  private hasFirstDeposit({ from, to }: Segment): boolean {
    const at = this.firstDepositAt;
    return at !== undefined && from <= at && at < to;
  }

  /** Adds what the CPA has paid before an instant. */
  private takeAdvance(before: string): void {
    if (!this.paidAhead || this.paidAhead.at >= before) return;
    this.advance = this.advance.plus(this.paidAhead.amount);
    this.paidAhead = undefined;
  }

  private count(
    { revenue_share: { high_roller, ring_fenced } }: SharingPlan,
    base: Decimal,
  ): { counted: Decimal; why?: 'works_off' | 'set_apart' | 'ring_fenced' } {
    if (high_roller && isNegative(base) && base.plus(high_roller.loss).lte('0')) {
      this.debt = this.debt.plus(base);
      return { counted: ZERO, why: 'set_apart' };
    }
    if (isNegative(base)) return ring_fenced ? { counted: ZERO, why: 'ring_fenced' } : { counted: base };
    if (isZero(this.debt) || isZero(base)) return { counted: base };
    const workedOff = least(base, this.debt.neg());
    this.debt = this.debt.plus(workedOff);
    return { counted: base.minus(workedOff), why: 'works_off' };
  }

  private recoup(plan_version: string, share: string, recouped: RecoupBasis['plans']): void {
    const earned = decimal(share);
    if (isNegative(earned) || isZero(earned) || isZero(this.advance)) return;
    const paidBack = least(earned, this.advance);
    const advance = canonical(this.advance);
    this.advance = this.advance.minus(paidBack);
    recouped.push({
      plan_version,
      advance,
      share,
      recouped: canonical(paidBack),
      advance_out: canonical(this.advance),
    });
  }

  /** One row a segment. What the part as a whole counts, and what it does to debt and advance, stands in its last row as far
   * as it is not the segments' own. */
  private rows(
    part: readonly Reckoned[],
    before: { debt: Decimal; advance: Decimal },
    counted: Decimal,
  ): void {
    const [debt, advance] = [canonical(before.debt), canonical(before.advance)];
    let left = counted;
    const countsAtAll = !isZero(counted);
    for (const [i, { segment, activity, steps }] of part.entries()) {
      const isLast = i === part.length - 1;
      const own = isLast ? canonical(left) : countsAtAll ? steps.base : '0';
      left = isLast ? left : left.minus(own);
      this.months.push({
        period: segment.period,
        segment: segment.index,
        subject: this.subject,
        planVersion: segment.planVersion,
        ngrVersion: segment.ngrVersion ?? null,
        activity,
        ggr: steps.ggr,
        ngr: steps.ngr,
        admin_fee: steps.admin_fee,
        base: steps.base,
        counted: own,
        debt_in: debt,
        debt_out: isLast ? canonical(this.debt) : debt,
        advance_in: advance,
        advance_out: isLast ? canonical(this.advance) : advance,
        first_deposit: this.hasFirstDeposit(segment),
      });
    }
  }

  private line(
    month: readonly Reckoned[],
    kind: Commission['kind'],
    amount: string,
    basis: Commission['basis'],
  ): void {
    this.commissions.push({ period: month[0]!.segment.period, subject: this.subject, kind, amount, basis });
  }
}

function shown({
  segment,
  activity,
  steps,
}: Reckoned): PlayerShareBasis['plans'][number]['segments'][number] {
  return {
    from: segment.from,
    to: segment.to,
    ngr_version: segment.ngrVersion!,
    stakes: activity.stakes,
    wins: activity.wins,
    ...steps,
  };
}
