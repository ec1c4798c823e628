import type { Instant } from '#libs/events';
import type { Agreement, ExclusionReason, NgrVersion, Plan } from './agreement.js';
import type { Fact, FactChanges } from './fact.js';

/** A month in the agreement's zone: `2026-10`. */
export type Period = string;

/** Whom a commission is for: a player's id, or `click:<id>` of an install whose player is not known. `''` is the partner:
 * what is reckoned for all players together. */
export type Subject = string;

/** An agreement as it is reckoned with: the version of everything it rests on is known. */
export interface Deal {
  agreement: Agreement;
  /** Hash of the agreement's content without its plans. */
  version: string;
  plans: { plan: Plan; version: string }[];
  /** By their names: those that plans name. */
  ngr: ReadonlyMap<string, { versions: { ngr: NgrVersion; version: string }[]; time_zone: string }>;
}

/** A piece of a month under one plan and one version of NGR. Months are cut where either changes. */
export interface Segment {
  period: Period;
  /** From 0, within the month. */
  index: number;
  /** Half open. */
  from: Instant;
  to: Instant;
  plan: Plan;
  planVersion: string;
  /** Of plans that share revenue. */
  ngr?: NgrVersion;
  ngrVersion?: string;
}

/** What a player did in a segment; sums in the agreement's currency, canonical decimals of at most 18 places. */
export interface Activity {
  /** Real-money stakes of games and bets, and what they won. */
  stakes: string;
  wins: string;
  /** What came in by the transactions that NGR has as bonuses. */
  bonus: string;
  /** In less out, of those that NGR has as adjustments. */
  adjustments: string;
  /** Of deposits: what was refunded or reversed. */
  chargebacks: string;
  /** Approved deposits, as they were paid. */
  deposits: string;
  withdrawals: string;
  facts: Facts;
  /** `USD 2026-10-03`: what could not be turned into the agreement's currency, for want of a rate. */
  missing_rates: string[];
  /** `USD 2026-10`: turned with what stands in for the rate of the month's end (`provisionalFactors`). */
  provisional_rates: string[];
}

/** Names the facts that sums rest on: how many of each table, and a hash that any change of any of them changes, whatever
 * order they are read in. */
export interface Facts {
  deposits: number;
  transactions: number;
  game_sessions: number;
  bets: number;
  /** 16 hexadecimal digits: XOR of 64-bit hashes of ids and versions. */
  hash: string;
  /** When the last of them was received; null where there is none. */
  received_at: Instant | null;
}

/** What is known of a covered player, whatever the month. */
export interface PlayerFacts {
  subject: Subject;
  /** In the order of the closed list. */
  exclusions: ExclusionReason[];
  /** When what CPAs are paid on happened, and the conversion or, of a qualification, the facts that say so. A trigger that
   * did not happen is absent. For `qualification` one for each distinct one of the agreement's plans. */
  triggers: Trigger[];
}

/** Something happened that a CPA may be paid on. */
export interface Trigger {
  on: 'install' | 'registration' | 'ftd' | 'qualification';
  at: Instant;
  /** Ids of the conversions that it rests on. */
  conversions: string[];
  /** Of a qualification: version of the plan whose thresholds these are. */
  planVersion?: string;
}

/** Why an amount is what it is. */
export type LineKind =
  /** For a player. */
  | 'cpa'
  /** For a player at a rate of their own, or for the partner where the scale is the partner's. */
  | 'revenue_share'
  /** Of a player: what their CPA has paid in advance; negative. */
  | 'recoup'
  /** Of the partner: CPAs beyond the cap; negative. */
  | 'cpa_cap'
  /** Of the partner: the negative balance of the months before; negative. */
  | 'carry_in'
  /** Of the partner: what is left for later months, or forgiven, where the month ends below zero; positive. */
  | 'carry_out'
  /** Of the partner: what the share would pay beyond its cap; negative. */
  | 'revenue_share_cap';

/** What is owed for a subject and a month, exact. The sum over all kinds and subjects is the month's commission. */
export interface Commission {
  period: Period;
  subject: Subject;
  kind: LineKind;
  /** In the agreement's currency; canonical decimal, up to 18 places. Lines of 0 are left out. */
  amount: string;
  /** What a person follows: terms, rate, step, versions, conversions. Plain JSON, decimals as strings. */
  basis: Record<string, unknown>;
}

/** A player's month (of one segment) on the way from facts to the share. */
export interface PlayerMonth {
  period: Period;
  segment: number;
  subject: Subject;
  planVersion: string;
  ngrVersion: string | null;
  activity: Activity;
  ggr: string;
  ngr: string;
  admin_fee: string;
  base: string;
  /** What counts of the base for the share: the base, but 0 of who is excluded, ring-fenced or set apart, and less what a
   * high roller works off. */
  counted: string;
  /** Of a high roller: what is to be worked off, before and after (0 or negative). */
  debt_in: string;
  debt_out: string;
  /** Of a clawback: what the CPA has paid in advance and is not yet earned, before and after. */
  advance_in: string;
  advance_out: string;
  /** Whether the player's first deposit lies in it, and counts: not of who is excluded from the share. */
  first_deposit: boolean;
}

/** What one player's facts come to, over all months. */
export interface PlayerResult {
  months: PlayerMonth[];
  commissions: Commission[];
}

/** What the partner's lines of a month are made of: sums over its players. */
export interface PartnerMonth {
  period: Period;
  /** One for each segment, in order. */
  segments: PartnerSegment[];
}

export interface PartnerSegment {
  segment: Segment;
  /** Σ counted of the players. */
  counted: string;
  /** Players whose first deposit lies in it, and who are not excluded from the share. */
  firstDeposits: number;
  /** Σ of the players' `revenue_share` and `recoup`. */
  playerShare: string;
  /** Paid on in this segment, where its plan has a cap; else empty. Of all segments of a month with one plan together. */
  cpas: { subject: Subject; at: Instant; amount: string }[];
}

/** A statement: closed, or as it would be if its month were closed now. */
export interface Statement {
  agreement: string;
  partner: string;
  brand: string;
  period: Period;
  currency: string;
  time_zone: string;
  status: 'open' | 'closed';
  /** Closed ones of the agreement are numbered from 1 in the order of their closing. */
  number: number | null;
  closed_at: Instant | null;
  closed_by: string | null;
  lines: StatementLine[];
  /** Σ of the lines. */
  amount: string;
  /** What the statement closed before this one has left unpaid (0 or negative). */
  opening_balance: string;
  /** max(0, opening balance + amount) */
  payable: string;
  /** What is left for the next statement (0 or negative). */
  closing_balance: string;
  /** What stands in the way of closing it: months that are not over, missing rates, marks that wait. Empty of closed ones. */
  unfinished: string[];
  manifest: Manifest;
}

/** One line: all of one kind and month. Rounded once, half-even, to the currency's smallest unit. */
export interface StatementLine {
  kind: LineKind;
  /** The month that the money was earned in; another than the statement's: an adjustment of a month closed before. */
  of_period: Period;
  /** How many players (subjects) stand behind it. */
  players: number;
  /** Before rounding. */
  exact: string;
  amount: string;
}

/** What a statement rests on, so that it can be shown years later. */
export interface Manifest {
  agreement_version: string;
  plan_versions: string[];
  ngr_versions: string[];
  fx: { date: 'day' | 'month_end'; rates_hash: string };
  /** The facts of all the agreement's players in the month. */
  facts: Facts;
  /** The last ledger entry that the statement has. */
  last_entry_id: string | null;
  /** SHA-256 of the canonical JSON of lines, balances and the fields above. */
  hash: string;
}

/** What a player's month came to, step by step: for people who ask why. */
export interface PlayerBreakdown {
  agreement: string;
  period: Period;
  subject: Subject;
  currency: string;
  matched_by: string | null;
  exclusions: ExclusionReason[];
  months: PlayerMonth[];
  commissions: Commission[];
}

/** A player's month as a statement has it: of a closed month as it was paid, else as it stands. */
export interface PlayerStatement extends PlayerBreakdown {
  /** Null: the month is open. */
  closed: { number: number; closed_at: Instant; closed_by: string; agreement_version: string } | null;
  /** What the statement pays, or takes back, of earlier months that were closed before. */
  adjustments: AdjustedMonth[];
  /** What has come to light since the month was closed; null: it is open. */
  since: SinceClosing | null;
  /** Facts of the month itself, where they are asked for: of a closed one those that it was paid on. */
  facts: Fact[] | null;
  /** Whether the kept facts, reckoned again, come to what was paid; null: they were not asked for, or not kept. */
  reckoned_again: boolean | null;
}

/** What is booked of an earlier month, and why. */
export interface AdjustedMonth {
  of_period: Period;
  lines: { kind: LineKind; before: string; after: string; difference: string }[];
  /** How facts have changed since they were kept last; null: they never were. */
  changes: FactChanges | null;
}

/** What today's facts say of a closed month. */
export interface SinceClosing {
  /** Null: the facts of the month were not kept. */
  changes: FactChanges | null;
  /** Whether the agreement still covers the player, and for what they count for nothing. */
  covered: boolean;
  exclusions: ExclusionReason[];
  /** Kinds that come to something else today. */
  lines: { kind: LineKind; paid: string; today: string; difference: string }[];
  /** Where differences are booked; `number` of a statement that is closed. */
  booked: { booked_in: Period; number: number | null; kind: LineKind; amount: string }[];
  /** Whether facts have changed that are not reckoned yet. */
  waits: boolean;
}
