import { DateTime } from 'luxon';
import type { LineKind, Period, Statement, StatementLine } from '#libs/commissions';
import type { Instant } from '#libs/events';
import { list } from '../explain/text.js';
import { count } from '../print.js';

/** What a line is called where people read it. */
const NAMES = {
  cpa: 'CPA',
  revenue_share: 'Revenue share',
  recoup: 'Advance (CPA) worked off',
  cpa_cap: 'CPA beyond the cap',
  carry_in: 'Loss brought forward',
  carry_out: 'Loss carried forward or forgiven',
  revenue_share_cap: 'Revenue share beyond the cap',
} as const satisfies Record<LineKind, string>;

/** The name of a kind of line. */
export function kindName(kind: LineKind): string {
  return NAMES[kind];
}

/** The name of a line: one of an earlier month than its statement's says so. */
export function lineName({ kind, of_period }: StatementLine, period: Period): string {
  return of_period === period ? NAMES[kind] : `${NAMES[kind]}, adjustment of ${of_period}`;
}

/** A sum that stands below the lines. */
export interface Sum {
  sum: 'amount' | 'opening_balance' | 'payable' | 'closing_balance';
  name: string;
  amount: string;
}

/** What stands below the lines; balances of 0 are left out. */
export function sumsOf(s: Statement): Sum[] {
  const sums: Sum[] = [
    { sum: 'amount', name: 'Total', amount: s.amount },
    { sum: 'opening_balance', name: 'Left unpaid by the statement before', amount: s.opening_balance },
    { sum: 'payable', name: 'To be paid', amount: s.payable },
    { sum: 'closing_balance', name: 'Left for the next statement', amount: s.closing_balance },
  ];
  return sums.filter(({ sum, amount }) => amount !== '0' || !sum.endsWith('_balance'));
}

/** `statement 3, closed 2026-11-02 09:00 UTC by finance@desk`, `open: as it would be if it were closed now`. */
export function statusText(s: Statement): string {
  if (s.status === 'open') return 'open: as it would be if it were closed now';
  return `statement ${s.number}, closed ${minute(s.closed_at!)} by ${s.closed_by}`;
}

/** `2026-11-02 09:00 UTC`. */
export function minute(instant: Instant): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

/** What stands in the way of closing a month, each with the command that mends it. */
export function unfinishedTexts({ unfinished }: Statement): string[] {
  return unfinished.map((why) => {
    const command = MENDED_BY.find(([what]) => what.test(why))?.[1];
    return command === undefined ? why : `${why}: npx tributary ${command}`;
  });
}

const MENDED_BY: readonly (readonly [RegExp, command: string])[] = [
  [/^no rate/, 'fx import, then commissions run'],
  [/reckoned/, 'commissions run'],
];

/** `October 2026` of `2026-10`. */
export function monthName(period: Period): string {
  return DateTime.fromISO(`${period}-01`, { zone: 'utc', locale: 'en' }).toFormat('MMMM yyyy');
}

/** Which versions a statement was reckoned by: `agreement 0123456789ab, plan …, NGR …, FX rates of each day`. */
export function versionsText({
  agreement_version,
  plan_versions,
  ngr_versions,
  fx,
}: Statement['manifest']): string {
  const short = (hashes: readonly string[]): string => list(hashes.map(shortHash));
  return [
    `agreement ${short([agreement_version])}`,
    ...(plan_versions.length === 0 ? [] : [`plan ${short(plan_versions)}`]),
    ...(ngr_versions.length === 0 ? [] : [`NGR ${short(ngr_versions)}`]),
    `FX rates of ${fx.date === 'day' ? 'each day' : "the month's last day"}`,
  ].join(', ');
}

/** As much of a hash as people compare. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

/** `2 deposits, 1 transaction, 12 game sessions and 3 bets`. */
export function factsText({
  deposits,
  transactions,
  game_sessions,
  bets,
}: Statement['manifest']['facts']): string {
  const counted = (n: number, what: string): string => `${count(n)} ${what}${n === 1 ? '' : 's'}`;
  return (
    `${counted(deposits, 'deposit')}, ${counted(transactions, 'transaction')}, ` +
    `${counted(game_sessions, 'game session')} and ${counted(bets, 'bet')}`
  );
}
