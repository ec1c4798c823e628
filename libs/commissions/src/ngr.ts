import type { NgrVersion } from './agreement.js';
import { ZERO, canonical, decimal, isNegative, isZero, type Decimal } from './decimal.js';
import type { Activity } from './model.js';

/** What is taken from GGR, in the order of people's reports. Where the house lost, taxes and fees on GGR are negative: they
 * were never due (`α·GGR`). */
export type Deduction =
  | 'tax'
  | 'provider'
  | 'platform'
  | 'bonus'
  | 'jackpot'
  | 'chargebacks'
  | 'adjustments'
  | 'deposit_fee'
  | 'withdrawal_fee'
  | 'fixed';

/**
 * From GGR to the base of the share. Canonical decimals; each deduction and the admin fee is rounded once, half-even to 18
 * places, and the rest is exact: `ngr` is `ggr` less the deductions, `base` is `ngr` less `admin_fee`.
 */
export interface NgrSteps {
  ggr: string;
  /** Those that are not 0. */
  deductions: Partial<Record<Deduction, string>>;
  ngr: string;
  admin_fee: string;
  base: string;
}

/**
 * Reckons a player's NGR in a segment by the linear form of `NgrVersion`.
 * @param fixed the fixed fee in the agreement's currency, in the one segment of a month that bears it; else 0
 */
export function ngrOf(version: NgrVersion, activity: Activity, fixed: Decimal): NgrSteps {
  const ggr = ggrOf(activity);
  const terms: [Deduction, Decimal][] = [
    ['tax', times(version.tax, ggr)],
    ['provider', times(version.provider, ggr)],
    ['platform', times(version.platform, ggr)],
    ['bonus', decimal(activity.bonus)],
    ['jackpot', times(version.jackpot, decimal(activity.stakes))],
    ['chargebacks', version.chargebacks ? decimal(activity.chargebacks) : ZERO],
    ['adjustments', decimal(activity.adjustments)],
    ['deposit_fee', times(version.deposit_fee, decimal(activity.deposits))],
    ['withdrawal_fee', times(version.withdrawal_fee, decimal(activity.withdrawals))],
    ['fixed', fixed],
  ];
  const deductions: NgrSteps['deductions'] = {};
  let ngr = ggr;
  for (const [name, exact] of terms) {
    const amount = canonical(exact);
    if (amount === '0') continue;
    deductions[name] = amount;
    ngr = ngr.minus(amount);
  }
  const adminFee = canonical(isNegative(ngr) ? ZERO : times(version.admin_fee, ngr));
  return {
    ggr: canonical(ggr),
    deductions,
    ngr: canonical(ngr),
    admin_fee: adminFee,
    base: canonical(ngr.minus(adminFee)),
  };
}

/** Real-money stakes less wins. */
export function ggrOf({ stakes, wins }: Activity): Decimal {
  return wins === '0' ? decimal(stakes) : decimal(stakes).minus(wins);
}

/** Whether the player did anything that is counted: then the month bears the fixed fee. */
export function isActive(activity: Activity): boolean {
  return [
    activity.stakes,
    activity.wins,
    activity.bonus,
    activity.adjustments,
    activity.chargebacks,
    activity.deposits,
    activity.withdrawals,
  ].some((amount) => amount !== '0');
}

function times(rate: string, value: Decimal): Decimal {
  if (rate === '0' || isZero(value)) return ZERO;
  return value.times(rate);
}
