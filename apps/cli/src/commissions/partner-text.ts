import type {
  CarryBasis,
  Commission,
  CpaCapBasis,
  PartnerShareBasis,
  Plan,
  RevenueShareCapBasis,
} from '#libs/commissions';
import { item, list } from '../explain/text.js';
import { count } from '../print.js';
import { figure, shortFigure } from './figures.js';
import { kindName, minute } from './lines.js';
import { shareText } from './share-text.js';

/** Why the partner's own lines are what they are: those that are reckoned for all players together. */
export function partnerText(
  lines: readonly Commission[],
  plans: ReadonlyMap<string, Plan>,
  currency: string,
): string | undefined {
  if (lines.length === 0) return undefined;
  const told = lines.map((line) => item(`${kindName(line.kind)}: ${tell(line, plans, currency)}`));
  return ['Of all players together:', ...told].join('\n');
}

function tell({ kind, basis }: Commission, plans: ReadonlyMap<string, Plan>, currency: string): string {
  switch (kind) {
    case 'revenue_share':
      return (basis as PartnerShareBasis).plans
        .map((share) => {
          const plan = plans.get(share.plan_version);
          const scale = plan && 'revenue_share' in plan ? plan.revenue_share.scale : undefined;
          return shareText(share, share.counted, currency, scale).join('; ');
        })
        .join('. ');
    case 'cpa_cap':
      return capText(basis as CpaCapBasis, currency);
    case 'carry_in':
      return 'what the months before have left';
    case 'carry_out':
      return carryText(basis as CarryBasis, currency);
    case 'revenue_share_cap': {
      const { cap, before } = basis as RevenueShareCapBasis;
      return `${shortFigure(before, currency)} is more than ${figure(cap, currency)}, the most of a month`;
    }
    case 'cpa':
    case 'recoup':
      return '';
  }
}

function capText({ plans }: CpaCapBasis, currency: string): string {
  return plans
    .map(({ cap, reached, paid, unpaid, last }) => {
      const caps = [
        ...(cap.count === undefined ? [] : [`${count(cap.count)} a month`]),
        ...(cap.amount === undefined ? [] : [`${figure(cap.amount, currency)} a month`]),
      ];
      const until = last ? `, the last is ${last.subject}, ${minute(last.at)}` : '';
      return `${count(paid)} of ${count(reached)} are paid (at most ${list(caps)}${until}); ${figure(unpaid, currency)} is not`;
    })
    .join('. ');
}

/** Why a month that ends below zero pays nothing. */
function carryText({ carried_in, share, total, carry_over }: CarryBasis, currency: string): string {
  const money = (amount: string): string => shortFigure(amount, currency);
  return (
    `${money(carried_in)} of months before and ${money(share)} of this month are ${money(total)}, which is ` +
    (carry_over ? 'carried to the month after' : 'forgiven')
  );
}
