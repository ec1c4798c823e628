import {
  canonical,
  sumFacts,
  sumOf,
  type CpaBasis,
  type MatchedBy,
  type PlayerBreakdown,
  type PlayerStatement,
  type Qualification,
} from '#libs/commissions';
import { facts, lines, list, paragraph, section } from '../explain/text.js';
import { strong } from '../print.js';
import { factsTable } from './fact-text.js';
import { figure, shortFigure } from './figures.js';
import { factsText, kindName, minute, shortHash } from './lines.js';
import { partText } from './part-text.js';
import { adjustmentsText, sinceText } from './since-text.js';
import { stepsTable, type Step } from './steps-table.js';
import type { Terms } from './terms.js';

/**
 * Why a player's month came to what it is, step by step: each figure follows from those above it. Of a closed month as it was
 * paid, and below that what has come to light since.
 */
export function playerText(player: PlayerStatement, terms: Terms): string {
  const plans = [...new Set(player.months.map((month) => month.planVersion))];
  return lines([
    headOf(player, terms),
    cpaOf(player, terms),
    ...plans.map((version) =>
      partText(
        player,
        player.months.filter((month) => month.planVersion === version),
        terms,
      ),
    ),
    totalOf(player),
    adjustmentsText(player),
    factsOf(player),
    sinceText(player),
  ]);
}

function headOf(
  { subject, period, agreement, currency, matched_by, exclusions, closed }: PlayerStatement,
  terms: Terms,
): string {
  const { partner, brand, excluded } = terms.agreement;
  const kinds = [
    ...(exclusions.some((reason) => excluded.cpa.includes(reason)) ? ['CPA'] : []),
    ...(exclusions.some((reason) => excluded.revenue_share.includes(reason)) ? ['revenue share'] : []),
  ];
  const who = subject.startsWith('click:') ? `Click ${subject.slice(6)}` : `Player ${subject}`;
  return [
    `${strong(`${who}, ${period}`)} · ${partner} · ${brand} · agreement ${agreement} · ${currency}`,
    ...(closed === null
      ? []
      : [
          `as it was paid: statement ${closed.number}, closed ${minute(closed.closed_at)} by ${closed.closed_by}`,
        ]),
    ...(matched_by === null ? [] : [`covered for ${MATCHES[matched_by as MatchedBy]}`]),
    ...(exclusions.length === 0
      ? []
      : [
          `${list(exclusions)}: ${kinds.length === 0 ? 'counts all the same' : `counts for ${kinds.length === 2 ? `neither ${kinds.join(' nor ')}` : `no ${kinds[0]}`}`}`,
        ]),
  ].join('\n');
}

const MATCHES = {
  link: 'the link of the click',
  sub_id: 'the sub ids of the click',
  campaign: 'the campaign of the click',
  source: 'the source of the click or of the player',
  ref_code: "the player's referral code",
} as const satisfies Record<MatchedBy, string>;

function cpaOf({ commissions, currency }: PlayerBreakdown, { plans }: Terms): string | undefined {
  const cpa = commissions.find(({ kind }) => kind === 'cpa');
  if (!cpa) return undefined;
  const { on, at, conversions, plan_version, advance } = cpa.basis as CpaBasis;
  const terms = plans.get(plan_version);
  const of = terms && 'cpa' in terms ? qualificationText(terms.cpa.qualification, currency) : '';
  return section(`CPA: ${shortFigure(cpa.amount, currency)}`, [
    paragraph(`for ${CPA_TRIGGERS[on]}${of}, at ${minute(at)}, under plan ${shortHash(plan_version)}`),
    advance ? 'It is an advance: the share pays it back first.' : undefined,
    ...conversions.map((id) => `npx tributary explain ${id}`),
  ]);
}

const CPA_TRIGGERS = {
  install: 'the install',
  registration: 'the registration',
  ftd: 'the first deposit',
  qualification: 'the qualification',
} as const satisfies Record<CpaBasis['on'], string>;

/** ` (50.00 EUR deposited, 3 deposits within 30 days of the click)`. */
function qualificationText(qualification: Qualification | undefined, currency: string): string {
  if (!qualification) return '';
  const { within_days, of, deposit_amount, deposit_count, wager_amount, wager_count } = qualification;
  const reached = [
    ...(deposit_amount === undefined ? [] : [`${figure(deposit_amount, currency)} ${currency} deposited`]),
    ...(deposit_count === undefined ? [] : [`${deposit_count} deposits`]),
    ...(wager_amount === undefined ? [] : [`${figure(wager_amount, currency)} ${currency} wagered`]),
    ...(wager_count === undefined ? [] : [`${wager_count} wagers`]),
  ];
  const from = of === 'ftd' ? 'first deposit' : of;
  return ` (${list(reached)}, within ${within_days} days of the ${from})`;
}

function totalOf({ commissions, currency, subject, period }: PlayerBreakdown): string {
  if (commissions.length === 0) return paragraph(`${subject} brings the partner nothing in ${period}.`);
  const steps: Step[] = [
    ...commissions.map(({ kind, amount }): Step => [kindName(kind), amount]),
    ['together, exact', canonical(sumOf(commissions.map(({ amount }) => amount)))],
  ];
  return section(`What ${subject} brings the partner`, [stepsTable(steps, currency)]);
}

function factsOf(player: PlayerStatement): string | undefined {
  const { months, subject, period, agreement, currency, closed, facts: all } = player;
  if (months.length === 0 && (all === null || all.length === 0)) return undefined;
  const sum = sumFacts(months.map(({ activity }) => activity.facts));
  const missing = distinct(months.flatMap(({ activity }) => activity.missing_rates));
  const provisional = distinct(months.flatMap(({ activity }) => activity.provisional_rates));
  const each = `npx tributary commissions show --agreement ${agreement} --period ${period} --player ${subject} --facts`;
  return section(closed ? 'Facts it was paid on, kept when it was closed' : 'Facts it rests on', [
    all === null ? undefined : `${factsTable(all, currency)}\n`,
    facts([
      ['count', months.length === 0 ? undefined : factsText(sum)],
      ['newest', sum.received_at === null ? undefined : `received ${minute(sum.received_at)}`],
      ['hash', months.length === 0 ? undefined : sum.hash],
      ['not counted', missing.length === 0 ? undefined : `for want of a rate: ${missing.join(', ')}`],
      [
        'provisional',
        provisional.length === 0
          ? undefined
          : `the latest rate stands in for that of the month's end: ${provisional.join(', ')}`,
      ],
      ['checked', checkedText(player)],
      ['deposits', closed ? undefined : `npx tributary explain ${subject.replace('click:', '')}`],
    ]),
    all === null ? `each of them:\n  ${each}` : undefined,
  ]);
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

/** Whether what was kept is what was paid on. */
function checkedText({ reckoned_again }: PlayerStatement): string | undefined {
  if (reckoned_again === null) return undefined;
  return reckoned_again
    ? 'reckoned again from these facts alone, it comes to what was paid'
    : 'RECKONED AGAIN FROM THESE FACTS IT DOES NOT COME TO WHAT WAS PAID';
}
