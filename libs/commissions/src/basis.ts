import type { CpaTrigger } from './agreement.js';
import type { Facts, Subject } from './model.js';
import type { Deduction } from './ngr.js';
import type { Share } from './scale.js';

/** `Commission.basis` by the kind of line: plain JSON, decimals as canonical strings. */
export type BasisOf = {
  cpa: CpaBasis;
  revenue_share: PlayerShareBasis | PartnerShareBasis;
  recoup: RecoupBasis;
  cpa_cap: CpaCapBasis;
  carry_in: CarryBasis;
  carry_out: CarryBasis;
  revenue_share_cap: RevenueShareCapBasis;
};

export type CpaBasis = {
  on: CpaTrigger;
  /** When it happened. */
  at: string;
  conversions: string[];
  plan_version: string;
  /** Under a clawback: that it is an advance on the player's share. */
  advance?: true;
};

/** A player's share: by each plan of the month what counts of their base, at their own rate. */
export type PlayerShareBasis = {
  plans: ({
    plan_version: string;
    /** Where NGR changes in the month, one for each version. */
    segments: {
      from: string;
      to: string;
      ngr_version: string;
      stakes: string;
      wins: string;
      ggr: string;
      deductions: Partial<Record<Deduction, string>>;
      ngr: string;
      admin_fee: string;
      base: string;
    }[];
    base: string;
    /** Less than the base by what a high roller works off; 0 of a loss that is ring-fenced or set apart. */
    counted: string;
    why?: 'works_off' | 'set_apart' | 'ring_fenced';
  } & Share)[];
  facts: Facts;
};

/** The partner's share where the scale is the partner's: by each plan of the month, of all players together. */
export type PartnerShareBasis = {
  plans: ({ plan_version: string; counted: string; first_deposits: number } & Share)[];
};

/** By each plan of the month that takes its CPA back. */
export type RecoupBasis = {
  plans: {
    plan_version: string;
    /** What was advanced and not earned yet, before, with what was advanced in the month. */
    advance: string;
    share: string;
    recouped: string;
    /** What is left of it. */
    advance_out: string;
  }[];
};

export type CpaCapBasis = {
  plans: {
    plan_version: string;
    cap: { count?: number; amount?: string };
    /** How many CPAs there were, and how many of them are paid. */
    reached: number;
    paid: number;
    /** Σ of those that are not paid. */
    unpaid: string;
    /** The last that is paid; absent where none is. */
    last?: { subject: Subject; at: string };
  }[];
};

export type CarryBasis = {
  /** What earlier months have left (0 or negative). */
  carried_in: string;
  /** Σ of the month's shares and recoups, of players and partner. */
  share: string;
  /** Both together. */
  total: string;
  /** What is left for later months (0 or negative). */
  carried_out: string;
  /** Whether the plan at the month's end carries a loss over; if not it is forgiven. */
  carry_over: boolean;
};

/** What the cap is, and what would be paid without it. */
export type RevenueShareCapBasis = { cap: string; before: string };
