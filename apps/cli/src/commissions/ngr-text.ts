import {
  canonical,
  decimal,
  ngrOf,
  type Deduction,
  type NgrVersion,
  type PlayerMonth,
} from '#libs/commissions';
import { percent, shortFigure } from './figures.js';
import type { Step } from './steps-table.js';

/** Stakes less wins, each deduction, NGR, the admin fee, the base: every figure follows from those above it. */
export function ngrSteps(month: PlayerMonth, terms: NgrVersion | undefined, currency: string): Step[] {
  const { activity, ggr, ngr, admin_fee: adminFee, base } = month;
  const toGgr: Step[] = [
    ['  stakes', activity.stakes],
    ['− wins', negative(activity.wins)],
    ['= GGR', ggr],
  ];
  if (!terms) return toGgr;
  // The fixed fee is all that the rest does not explain: the month does not say in which currency it was turned
  const without = ngrOf(terms, activity, decimal('0'));
  const fixed = canonical(decimal(without.ngr).minus(ngr));
  const deductions = Object.entries({ ...without.deductions, ...(fixed !== '0' && { fixed }) });
  return [
    ...toGgr,
    ...deductions.map(([name, amount]): Step => [
      `− ${deductionName(name as Deduction, terms, month, currency)}`,
      negative(amount),
    ]),
    ['= NGR', ngr],
    ...(adminFee === '0'
      ? []
      : [[`− admin fee, ${percent(terms.admin_fee)} of NGR`, negative(adminFee)] as Step]),
    ['= base', base],
  ];
}

function deductionName(
  name: Deduction,
  terms: NgrVersion,
  { activity }: PlayerMonth,
  currency: string,
): string {
  switch (name) {
    case 'tax':
      return `tax, ${percent(terms.tax)} of GGR`;
    case 'provider':
      return `providers, ${percent(terms.provider)} of GGR`;
    case 'platform':
      return `platform, ${percent(terms.platform)} of GGR`;
    case 'bonus':
      return `bonus (${terms.bonus.join(', ')})`;
    case 'jackpot':
      return `jackpots, ${percent(terms.jackpot)} of stakes`;
    case 'chargebacks':
      return 'chargebacks';
    case 'adjustments':
      return `adjustments (${terms.adjustments.join(', ')})`;
    case 'deposit_fee':
      return `fees, ${percent(terms.deposit_fee)} of ${shortFigure(activity.deposits, currency)} deposited`;
    case 'withdrawal_fee':
      return `fees, ${percent(terms.withdrawal_fee)} of ${shortFigure(activity.withdrawals, currency)} withdrawn`;
    case 'fixed':
      return `fixed fee of the month, ${terms.fixed?.amount} ${terms.fixed?.currency}`;
  }
}

function negative(amount: string): string {
  return canonical(decimal(amount).neg());
}
