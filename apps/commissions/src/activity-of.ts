import type { ActivityRow, KeptMonthRow } from '#libs/database';
import {
  canonical,
  decimal,
  sumOf,
  type Activity,
  type Facts,
  type OperationType,
  type Segment,
} from '#libs/commissions';

/** Where the sums of a type of movement stand in a row. */
const MOVED = {
  Prize: ['prize_in', 'prize_out'],
  Compensation: ['compensation_in', 'compensation_out'],
  'Cash back': ['cash_back_in', 'cash_back_out'],
  Other: ['other_in', 'other_out'],
} as const satisfies Record<OperationType, readonly [keyof ActivityRow, keyof ActivityRow]>;

/** What a subject did in a segment. Where the plan shares no revenue, no amount is paid on, and none lacks a rate. */
export function activityOf(row: ActivityRow, { ngr }: Segment): Activity {
  const came = (types: readonly OperationType[]): string[] => types.map((type) => row[MOVED[type][0]]);
  const went = (types: readonly OperationType[]): string[] => types.map((type) => row[MOVED[type][1]]);
  const adjusted = ngr?.adjustments ?? [];
  return {
    stakes: kept(row.stakes),
    wins: kept(row.wins),
    bonus: canonical(sumOf(came(ngr?.bonus ?? []))),
    adjustments: canonical(sumOf(came(adjusted)).minus(sumOf(went(adjusted)))),
    chargebacks: kept(row.chargebacks),
    deposits: kept(row.deposits),
    withdrawals: kept(row.withdrawals),
    facts: {
      deposits: row.deposit_count,
      transactions: row.transaction_count,
      game_sessions: row.session_count,
      bets: row.bet_count,
      hash: row.hash,
      received_at: row.received_at,
    },
    missing_rates: ngr ? row.missing_rates : [],
    provisional_rates: ngr ? row.provisional_rates : [],
  };
}

/** The same of a month that stands. */
export function activityOfMonth(row: KeptMonthRow): Activity {
  const { stakes, wins, bonus, adjustments, chargebacks, deposits, withdrawals } = row;
  return {
    ...{ stakes, wins, bonus, adjustments, chargebacks, deposits, withdrawals },
    facts: row.facts as Facts,
    missing_rates: row.missing_rates,
    provisional_rates: row.provisional_rates,
  };
}

/** With at most 18 places. */
function kept(text: string): string {
  const point = text.indexOf('.');
  return point === -1 || text.length - point <= 19 ? text : canonical(decimal(text));
}
