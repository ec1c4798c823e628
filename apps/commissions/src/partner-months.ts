import { segmentsOf, type Deal, type PartnerMonth, type Period } from '#libs/commissions';

/** What the players of a deal come to in months. */
export interface PlayersSums {
  sums: readonly { period: string; segment: number; counted: string; first_deposits: number }[];
  /** Their shares and recoups, by month. */
  shares: ReadonlyMap<Period, string>;
  cpas: readonly { period: string; subject: string; at: string; amount: string }[];
}

/** What the players come to, by month and segment; shares of players are a month's, and stand with its last segment. */
export function partnerMonths(
  deal: Deal,
  periods: readonly Period[],
  { sums, shares, cpas }: PlayersSums,
): PartnerMonth[] {
  const sumsOf = byPeriod(sums);
  const cpasOf = byPeriod(cpas);
  return periods.map((period) => {
    const segments = segmentsOf(deal, period);
    return {
      period,
      segments: segments.map((segment) => {
        const sum = sumsOf.get(period)?.find((s) => s.segment === segment.index);
        const isIn = ({ at }: { at: string }): boolean => segment.from <= at && at < segment.to;
        return {
          segment,
          counted: sum?.counted ?? '0',
          firstDeposits: sum?.first_deposits ?? 0,
          playerShare: segment.index === segments.length - 1 ? (shares.get(period) ?? '0') : '0',
          cpas: (cpasOf.get(period) ?? [])
            .filter(isIn)
            .map(({ subject, at, amount }) => ({ subject, at, amount })),
        };
      }),
    };
  });
}

function byPeriod<T extends { period: Period }>(items: readonly T[]): Map<Period, T[]> {
  const groups = new Map<Period, T[]>();
  for (const item of items) {
    const there = groups.get(item.period);
    if (there) there.push(item);
    else groups.set(item.period, [item]);
  }
  return groups;
}
