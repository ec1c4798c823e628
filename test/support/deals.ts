import { dealOf, segmentsOf } from '#libs/commissions';
import type {
  Activity,
  Agreement,
  Deal,
  NgrDefinition,
  NgrVersion,
  Plan,
  RevenueShare,
  Segment,
} from '#libs/commissions';

/** An NGR that deducts nothing, but for what is given. */
export function ngrVersion(terms: Partial<NgrVersion> = {}): NgrVersion {
  return {
    from: '2020-01-01',
    tax: '0',
    provider: '0',
    platform: '0',
    bonus: ['Prize'],
    jackpot: '0',
    chargebacks: true,
    adjustments: ['Other'],
    deposit_fee: '0',
    withdrawal_fee: '0',
    admin_fee: '0',
    ...terms,
  };
}

export function ngrDefinition(...versions: NgrVersion[]): NgrDefinition {
  return { ngr: 'net', brand: 'royal', time_zone: 'UTC', versions };
}

/** Without carry-over, ring-fencing and cap, but for what is given. */
export function revenueShare(terms: Partial<RevenueShare> = {}): RevenueShare {
  return {
    ...(terms.scale ? {} : { rate: '0.25' }),
    carry_over: false,
    ring_fenced: false,
    ...terms,
  };
}

/** From 2020 on for ever. */
export function sharePlan(terms: Partial<RevenueShare> = {}, range: Partial<Plan> = {}): Plan {
  return {
    type: 'revenue_share',
    from: range.from ?? '2020-01-01',
    ...(range.to !== undefined && { to: range.to }),
    ngr: 'net',
    revenue_share: revenueShare(terms),
  };
}

export function agreement(plans: Plan[], terms: Partial<Agreement> = {}): Agreement {
  return {
    agreement: 'acme',
    partner: 'Acme',
    brand: 'royal',
    currency: 'EUR',
    time_zone: 'UTC',
    fx: { date: 'day' },
    covers: [{ link: 'acme*' }],
    excluded: { cpa: ['self_excluded', 'blocked', 'duplicate'], revenue_share: ['blocked', 'duplicate'] },
    plans,
    ...terms,
  };
}

/** A deal of one agreement, whose plans that share revenue name the NGR `net`. */
export function deal(
  plans: Plan[],
  { ngr = [ngrVersion()], ...terms }: Partial<Agreement> & { ngr?: NgrVersion[] } = {},
): Deal {
  return dealOf(agreement(plans, terms), [ngrDefinition(...ngr)]);
}

/** Nothing but what is given. */
export function activity(terms: Partial<Activity> = {}): Activity {
  return {
    stakes: '0',
    wins: '0',
    bonus: '0',
    adjustments: '0',
    chargebacks: '0',
    deposits: '0',
    withdrawals: '0',
    facts: {
      deposits: 0,
      transactions: 0,
      game_sessions: 0,
      bets: 0,
      hash: '0'.repeat(16),
      received_at: null,
    },
    missing_rates: [],
    provisional_rates: [],
    ...terms,
  };
}

/** What the house won of a player, or lost (negative). */
export function won(ggr: string, terms: Partial<Activity> = {}): Activity {
  return activity(ggr.startsWith('-') ? { wins: ggr.slice(1), ...terms } : { stakes: ggr, ...terms });
}

/** A month's only segment, or that of the index. */
export function segment(of: Deal, period: string, index = 0): Segment {
  return segmentsOf(of, period)[index]!;
}
