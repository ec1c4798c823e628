/**
 * What stands in a file of `AGREEMENTS_DIR`: an agreement with a partner, or a brand's definition of NGR. The types
 * are the YAML's own vocabulary; `parseDealFile` makes them.
 *
 * Decimals are canonical decimal strings (`parseAmount`), also of rates: `25%` in the file is `0.25` here. Days are
 * local days (`2026-01-01`) of the agreement's zone: a range begins at the start of `from` and ends at that of `to`.
 */
export type DealFile = Agreement | NgrDefinition;

/** A deal with a partner: whose traffic it covers, and what it pays for it. */
export interface Agreement {
  /** Its name, unique among agreements. */
  agreement: string;
  /** Who is paid. One partner may have several agreements. */
  partner: string;
  brand: string;
  /** Of its amounts and statements. */
  currency: string;
  /** IANA zone whose midnights begin months and days. */
  time_zone: string;
  fx: FxPolicy;
  /** A player is covered whose acquisition fits one of these. */
  covers: Coverage[];
  excluded: Excluded;
  /** Sorted by `from`; they do not overlap. */
  plans: Plan[];
}

/**
 * Which day's rate amounts of other currencies are turned with: of the day that the fact happened on, or of the last day of
 * its month. Either way the last rate published on or before that day, at most seven days earlier.
 * Until there is one of the month's end, the latest since seven days before the month stands in for it, and the month is not closed.
 */
export interface FxPolicy {
  date: 'day' | 'month_end';
}

/** What must hold of a player's acquisition, all of it. Values are compared exactly, but that a `*` at the end stands for
 * any ending. */
export interface Coverage {
  /** Tracking link of the click. */
  link?: string;
  /** Sub ids of the click, by name. */
  sub_id?: Record<string, string>;
  /** `utm_source` of the click, else the `traffic_source` of the player's record. */
  source?: string;
  /** `utm_campaign` of the click. */
  campaign?: string;
  /** The referral code of the player's record. */
  ref_code?: string;
}

/** Which players count for nothing, per kind of commission. */
export interface Excluded {
  cpa: ExclusionReason[];
  revenue_share: ExclusionReason[];
}

/** `duplicate`: another player of the brand with the same e-mail address or phone registered earlier. */
export type ExclusionReason = 'self_excluded' | 'blocked' | 'duplicate';

/** What is paid within a range of days. */
export type Plan = CpaPlan | RevenueSharePlan | HybridPlan | ClawbackPlan;
export type PlanType = Plan['type'];

interface PlanBase {
  from: string;
  /** Exclusive; absent: open. */
  to?: string;
}

/** A fixed amount for each player who was acquired. */
export interface CpaPlan extends PlanBase {
  type: 'cpa';
  cpa: Cpa;
}

/** A share of what players bring. */
export interface RevenueSharePlan extends PlanBase {
  type: 'revenue_share';
  /** Name of a definition of the brand. */
  ngr: string;
  revenue_share: RevenueShare;
}

/** Both, beside each other. */
export interface HybridPlan extends PlanBase {
  type: 'hybrid';
  ngr: string;
  cpa: Cpa;
  revenue_share: RevenueShare;
}

/** The CPA is an advance: a player's share is paid as far as it goes beyond what their CPA has paid. Steps of the share
 * are per player. */
export interface ClawbackPlan extends PlanBase {
  type: 'clawback';
  ngr: string;
  cpa: Cpa;
  revenue_share: RevenueShare;
}

/** Once per agreement and player, when `on` happens. */
export interface Cpa {
  on: CpaTrigger;
  /** In the agreement's currency. */
  amount: string;
  /** There exactly where `on` is `qualification`. */
  qualification?: Qualification;
  /** A month: the earliest by (instant, player) are paid, as far as both hold. */
  cap?: { count?: number; amount?: string };
}

export type CpaTrigger = 'install' | 'registration' | 'ftd' | 'qualification';

/** Thresholds that must all be reached within so many days (of 24 hours) of an instant of the player's. Amounts are in the
 * agreement's currency. */
export interface Qualification {
  within_days: number;
  of: 'click' | 'registration' | 'ftd';
  deposit_amount?: string;
  deposit_count?: number;
  /** Real-money stakes of games and bets. */
  wager_amount?: string;
  wager_count?: number;
}

/** A share of the base (NGR less admin fee): one rate, or a scale of them. */
export interface RevenueShare {
  /** `0.25`: a quarter. There or `scale`. */
  rate?: string;
  scale?: Scale;
  /** Whether a month that ends below zero is taken from later ones. */
  carry_over: boolean;
  /** Whether a player's negative month counts as 0. */
  ring_fenced: boolean;
  /** A player whose month's base is at most minus `loss` is set apart: it counts as 0 for the partner, and is worked off
   * against this player's later months alone. */
  high_roller?: { loss: string };
  /** The most that the share pays a month. */
  cap?: string;
}

/** Rates by what was reached in the month: `tiered` has the reached rate on the whole, `ladder` each rate on the part that
 * lies in its step. */
export interface Scale {
  kind: 'tiered' | 'ladder';
  /** What is compared with `from`: the base, or how many players made their first deposit in the month (`tiered` only). */
  by: 'base' | 'first_deposits';
  /** Whose: each player's alone, or that of all the partner's players together. */
  per: 'partner' | 'player';
  /** Sorted; the first is from 0, and also of what lies below. */
  steps: { from: string; rate: string }[];
}

/** How a brand reckons NGR, by ranges of days. */
export interface NgrDefinition {
  /** Its name, unique in the brand. */
  ngr: string;
  brand: string;
  /** Whose midnights begin its days. */
  time_zone: string;
  /** Sorted by `from`; they do not overlap. */
  versions: NgrVersion[];
}

/**
 * `NGR = α·GGR − bonus − jackpot − chargebacks − adjustments − f_in·deposits − f_out·withdrawals − fixed`,
 * `α = 1 − tax − provider − platform`; `admin fee = r·max(0, NGR)`; `base = NGR − admin fee`.
 * GGR: real-money stakes less wins, of games and bets. Rates are fractions (`0.15`), 0 where absent in the file.
 */
export interface NgrVersion {
  from: string;
  /** Exclusive; absent: open. */
  to?: string;
  tax: string;
  provider: string;
  platform: string;
  /** Types of transactions that are bonuses: what came in is deducted. */
  bonus: OperationType[];
  /** Share of the stakes that feeds jackpots. */
  jackpot: string;
  /** Whether money of deposits that were refunded or reversed is deducted. */
  chargebacks: boolean;
  /** Types of transactions that are adjustments: what came in less what went out is deducted. */
  adjustments: OperationType[];
  deposit_fee: string;
  withdrawal_fee: string;
  /** For each player and month with any activity. */
  fixed?: { amount: string; currency: string };
  admin_fee: string;
}

/** `Normal` is real money and never a bonus or adjustment. */
export type OperationType = 'Prize' | 'Compensation' | 'Cash back' | 'Other';
