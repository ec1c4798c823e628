import type { CommissionRow, CoveredRow, KeptMonthRow, KeptRow, MonthRow, Results } from '#libs/database';
import {
  LINE_ORDER,
  type Commission,
  type Deal,
  type ExclusionReason,
  type LineKind,
  type Period,
  type PlayerBreakdown,
  type PlayerMonth,
  type Subject,
} from '#libs/commissions';
import { activityOfMonth } from './activity-of.js';

/** Of whom, and what, a breakdown is. */
export type Asked = Pick<PlayerBreakdown, 'agreement' | 'period' | 'subject' | 'currency'>;

/** What a player's month comes to today. */
export function standingBreakdown(asked: Asked, { agreement }: Deal, standing: Results): PlayerBreakdown {
  const { period, subject } = asked;
  const player: CoveredRow | undefined = standing.players.find((p) => p.agreement === agreement.agreement);
  const isAsked = (row: MonthRow | CommissionRow): boolean => row.period === period;
  const months = standing.months.filter(isAsked).sort((a, b) => a.segment - b.segment);
  return {
    ...asked,
    matched_by: player?.matched_by ?? null,
    exclusions: (player?.exclusions ?? []) as ExclusionReason[],
    months: months.map((row) => playerMonth(row, period, subject)),
    commissions: inOrder(
      standing.commissions.filter(isAsked).map((row) => commissionOf(row, period, subject)),
    ),
  };
}

/** What a player's month came to when it was closed. */
export function keptBreakdown(asked: Asked, kept: KeptRow): PlayerBreakdown {
  const { period, subject } = asked;
  return {
    ...asked,
    matched_by: kept.matched_by,
    exclusions: kept.exclusions as ExclusionReason[],
    months: kept.months.map((row) => playerMonth(row, period, subject)),
    commissions: inOrder(kept.commissions.map((row) => commissionOf(row, period, subject))),
  };
}

/** In the order of statements. */
export function inOrder(commissions: Commission[]): Commission[] {
  return commissions.sort((a, b) => LINE_ORDER.indexOf(a.kind) - LINE_ORDER.indexOf(b.kind));
}

/** A commission, or an entry of the ledger, as the pure functions know it. */
export function commissionOf(
  { kind, amount, basis }: { kind: string; amount: string; basis: unknown },
  period: Period,
  subject: Subject,
): Commission {
  return { ...{ period, subject, amount }, kind: kind as LineKind, basis: basis as Commission['basis'] };
}

function playerMonth(row: KeptMonthRow, period: Period, subject: Subject): PlayerMonth {
  const { segment, plan_version, ngr_version, first_deposit } = row;
  const { ggr, ngr, admin_fee, base, counted, debt_in, debt_out, advance_in, advance_out } = row;
  return {
    ...{ period, segment, subject, planVersion: plan_version, ngrVersion: ngr_version },
    activity: activityOfMonth(row),
    ...{ ggr, ngr, admin_fee, base, counted, debt_in, debt_out, advance_in, advance_out, first_deposit },
  };
}
