import { amountOfUnits, unitsOf } from '#libs/events';
import type { Cpa, CpaTrigger, Plan, RevenueShare } from '#libs/commissions';

const OF: Readonly<Record<CpaTrigger, string>> = {
  install: 'install',
  registration: 'registration',
  ftd: 'first deposit',
  qualification: 'qualified player',
};

/** What a plan pays, in one short phrase. @param currency the agreement's */
export function planText(plan: Plan, currency: string): string {
  switch (plan.type) {
    case 'cpa':
      return cpaText(plan.cpa, currency);
    case 'revenue_share':
      return shareText(plan.revenue_share, currency);
    case 'hybrid':
      return `${cpaText(plan.cpa, currency)}, and ${shareText(plan.revenue_share, currency)}`;
    case 'clawback':
      return `${shareText(plan.revenue_share, currency)}, ${cpaText(plan.cpa, currency)} in advance`;
  }
}

function cpaText({ on, amount, cap }: Cpa, currency: string): string {
  const caps = [
    ...(cap?.count === undefined ? [] : [String(cap.count)]),
    ...(cap?.amount === undefined ? [] : [`${cap.amount} ${currency}`]),
  ];
  const most = caps.length === 0 ? '' : ` (at most ${caps.join(' and ')} a month)`;
  return `${amount} ${currency} per ${OF[on]}${most}`;
}

function shareText({ rate, scale, cap }: RevenueShare, currency: string): string {
  const most = cap === undefined ? '' : ` (at most ${cap} ${currency} a month)`;
  if (!scale) return `${percentText(rate!)} of the base${most}`;
  const { kind, by, per, steps } = scale;
  const rates = [steps[0]!, ...(steps.length > 1 ? [steps.at(-1)!] : [])].map((s) => percentText(s.rate));
  const whose = per === 'player' ? ' of each player' : '';
  const reached = by === 'first_deposits' ? ' by first deposits' : '';
  return `${rates.join(' to ')} of the base${whose}, ${kind}${reached}${most}`;
}

/** `0.225` → `22.5%`. */
export function percentText(rate: string): string {
  return `${amountOfUnits(unitsOf(rate, 18), 16)}%`;
}
