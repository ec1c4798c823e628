import type { Agreement, Cpa, NgrDefinition, NgrVersion, Plan, RevenueShare, Scale } from '../agreement.js';
import type {
  WrittenAgreement,
  WrittenAmount,
  WrittenCpa,
  WrittenNgr,
  WrittenNgrVersion,
  WrittenPlan,
  WrittenScale,
  WrittenShare,
} from './deal-as-written.js';
import { amountOf, rateOf } from './deal-formats.js';

const ALL_REASONS = ['self_excluded', 'blocked', 'duplicate'] as const;

/** An agreement without problems as it is reckoned with: decimals for percentages, and what was left out. */
export function makeAgreement(written: WrittenAgreement): Agreement {
  const { agreement, partner, brand, currency, time_zone, covers } = written;
  return {
    ...{ agreement, partner, brand, currency, time_zone },
    fx: written.fx ?? { date: 'day' },
    covers,
    excluded: {
      cpa: written.excluded?.cpa ?? [...ALL_REASONS],
      revenue_share: written.excluded?.revenue_share ?? [...ALL_REASONS],
    },
    plans: written.plans.map(makePlan),
  };
}

function makePlan(plan: WrittenPlan): Plan {
  const { from, to } = plan;
  const range = { from, ...(to !== undefined && { to }) };
  switch (plan.type) {
    case 'cpa':
      return { type: plan.type, ...range, cpa: makeCpa(plan.cpa) };
    case 'revenue_share':
      return { type: plan.type, ...range, ngr: plan.ngr, revenue_share: makeShare(plan.revenue_share) };
    case 'hybrid':
    case 'clawback':
      return {
        type: plan.type,
        ...range,
        ngr: plan.ngr,
        cpa: makeCpa(plan.cpa),
        revenue_share: makeShare(plan.revenue_share),
      };
  }
}

function makeCpa({ on, amount, qualification, cap }: WrittenCpa): Cpa {
  return {
    on,
    amount: money(amount),
    ...(qualification && {
      qualification: {
        ...qualification,
        ...amountsOf(qualification, ['deposit_amount', 'wager_amount']),
      } as Cpa['qualification'],
    }),
    ...(cap && { cap: { ...cap, ...amountsOf(cap, ['amount']) } as Cpa['cap'] }),
  };
}

function makeShare({ rate, scale, carry_over, ring_fenced, high_roller, cap }: WrittenShare): RevenueShare {
  return {
    ...(rate !== undefined && { rate: fraction(rate) }),
    ...(scale && { scale: makeScale(scale) }),
    carry_over,
    ring_fenced: ring_fenced ?? false,
    ...(high_roller && { high_roller: { loss: money(high_roller.loss) } }),
    ...(cap !== undefined && { cap: money(cap) }),
  };
}

function makeScale({ kind, by, per, steps }: WrittenScale): Scale {
  return {
    kind,
    by: by ?? 'base',
    per: per ?? 'partner',
    steps: steps.map(({ from, rate }) => ({ from: money(from), rate: fraction(rate) })),
  };
}

/** A definition of NGR without problems as it is reckoned with. */
export function makeNgr({ ngr, brand, time_zone, versions }: WrittenNgr): NgrDefinition {
  return { ngr, brand, time_zone, versions: versions.map(makeVersion) };
}

function makeVersion(version: WrittenNgrVersion): NgrVersion {
  const { from, to, fixed } = version;
  const share = (rate: string | undefined): string => (rate === undefined ? '0' : fraction(rate));
  return {
    from,
    ...(to !== undefined && { to }),
    tax: share(version.tax),
    provider: share(version.provider),
    platform: share(version.platform),
    bonus: version.bonus ?? [],
    jackpot: share(version.jackpot),
    chargebacks: version.chargebacks ?? false,
    adjustments: version.adjustments ?? [],
    deposit_fee: share(version.deposit_fee),
    withdrawal_fee: share(version.withdrawal_fee),
    ...(fixed && { fixed: { amount: money(fixed.amount), currency: fixed.currency } }),
    admin_fee: share(version.admin_fee),
  };
}

function amountsOf<Name extends string>(
  written: { [N in Name]?: WrittenAmount },
  names: readonly Name[],
): { [N in Name]?: string } {
  const given = names.filter((name) => written[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, money(written[name]!)])) as { [N in Name]?: string };
}

function money(written: WrittenAmount): string {
  return amountOf(written)!; // the file was checked
}

function fraction(percentage: string): string {
  return rateOf(percentage)!; // alike
}
