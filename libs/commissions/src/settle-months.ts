import type { CarryBasis, CpaCapBasis, PartnerShareBasis, RevenueShareCapBasis } from './basis.js';
import { ZERO, canonical, decimal, least, sumOf, type Decimal } from './decimal.js';
import type { Commission, LineKind, PartnerMonth, PartnerSegment, Period } from './model.js';
import { isPerPlayer, partsOf, sharesRevenue, type SharingPlan } from './plan-parts.js';
import { shareOf } from './scale.js';

/** The partner's own lines of a month (subject `''`), and what is left for the next one (0 or negative). */
export interface SettledMonth {
  period: Period;
  commissions: Commission[];
  carriedOut: string;
}

/**
 * What is reckoned for all players of a partner together, month after month:
 *
 * - `revenue_share`, where the scale is the partner's: of what counts of all players under that plan in the month;
 * - with x = that and the players' shares and recoups, and c = what earlier months have left: max(0, c + x) is paid.
 *   `carry_in` = c and `carry_out` = max(0, −(c + x)) make it so; c + x is left for the next month if it is negative and the
 *   plan carries losses over, else it is forgiven. A month in which no plan shares revenue leaves c as it is;
 * - `revenue_share_cap`: what goes beyond the cap; it is lost;
 * - `cpa_cap`: CPAs beyond their plan's cap of the month. The earliest by instant, then by subject (UTF-16 code units), are
 *   paid; none is paid in part, and none behind one that is not paid.
 *
 * Carry-over and cap are those of the last plan in the month that shares revenue. CPAs are neither carried nor set against
 * losses.
 * @param months in order; each that lies between two others is there
 * @param carriedIn what is left of the months before (0 or negative)
 */
export function settleMonths(months: readonly PartnerMonth[], carriedIn: string): SettledMonth[] {
  let carried = carriedIn;
  return months.map(({ period, segments }) => {
    const lines: Line[] = [];
    const shared = partnerShare(segments);
    const share = sumOf(shared.plans.map(({ amount }) => amount));
    lines.push(['revenue_share', share, shared]);
    const x = sumOf(segments.map(({ playerShare }) => playerShare)).plus(share);
    const plan = segments.map(({ segment }) => segment.plan).findLast(sharesRevenue);
    const total = decimal(carried).plus(x);
    const left = canonical(least(total, ZERO));
    const basis: CarryBasis = {
      carried_in: carried,
      share: canonical(x),
      total: canonical(total),
      carried_out: plan && !plan.revenue_share.carry_over ? '0' : left,
      carry_over: plan ? plan.revenue_share.carry_over : true,
    };
    lines.push(['carry_in', decimal(carried), basis], ['carry_out', decimal(left).neg(), basis]);
    if (plan) lines.push(...overCap(plan, total));
    const overCpaCap = cpasOverCap(segments);
    lines.push(['cpa_cap', sumOf(overCpaCap.plans.map(({ unpaid }) => unpaid)).neg(), overCpaCap]);
    carried = basis.carried_out;
    const commissions = lines
      .map(([kind, exact, basis]) => ({ period, subject: '', kind, amount: canonical(exact), basis }))
      .filter(({ amount }) => amount !== '0');
    return { period, commissions, carriedOut: carried };
  });
}

type Line = [LineKind, exact: Decimal, Commission['basis']];

function partnerShare(segments: readonly PartnerSegment[]): PartnerShareBasis {
  const plans: PartnerShareBasis['plans'] = [];
  for (const part of partsOf(segments)) {
    const { plan, planVersion } = part[0]!.segment;
    if (!sharesRevenue(plan) || isPerPlayer(plan)) continue;
    const counted = canonical(sumOf(part.map((segment) => segment.counted)));
    const firstDeposits = part.reduce((sum, segment) => sum + segment.firstDeposits, 0);
    const share = shareOf(plan.revenue_share, counted, firstDeposits);
    plans.push({ plan_version: planVersion, counted, first_deposits: firstDeposits, ...share });
  }
  return { plans };
}

function overCap({ revenue_share: { cap } }: SharingPlan, total: Decimal): Line[] {
  if (cap === undefined || total.lte(cap)) return [];
  const basis: RevenueShareCapBasis = { cap, before: canonical(total) };
  return [['revenue_share_cap', decimal(cap).minus(total), basis]];
}

function cpasOverCap(segments: readonly PartnerSegment[]): CpaCapBasis {
  const plans: CpaCapBasis['plans'] = [];
  for (const part of partsOf(segments)) {
    const { plan, planVersion } = part[0]!.segment;
    const cap = plan.type === 'revenue_share' ? undefined : plan.cpa.cap;
    if (!cap) continue;
    const cpas = part.flatMap((segment) => segment.cpas).sort(byInstant);
    const paid = paidWithin(cap, cpas);
    if (paid === cpas.length) continue;
    const last = cpas[paid - 1];
    plans.push({
      plan_version: planVersion,
      cap,
      reached: cpas.length,
      paid,
      unpaid: canonical(sumOf(cpas.slice(paid).map(({ amount }) => amount))),
      ...(last && { last: { subject: last.subject, at: last.at } }),
    });
  }
  return { plans };
}

/** How many of the CPAs, from the first on, are paid. */
function paidWithin(cap: { count?: number; amount?: string }, cpas: PartnerSegment['cpas']): number {
  let sum = ZERO;
  let paid = 0;
  for (const { amount } of cpas) {
    sum = sum.plus(amount);
    if (paid === cap.count || (cap.amount !== undefined && sum.gt(cap.amount))) break;
    paid++;
  }
  return paid;
}

type PaidOn = PartnerSegment['cpas'][number];

function byInstant(a: PaidOn, b: PaidOn): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.subject < b.subject ? -1 : 1;
}
