import {
  canonical,
  isPerPlayer,
  sharesRevenue,
  sumOf,
  type PlayerBreakdown,
  type PlayerMonth,
  type PlayerShareBasis,
  type RecoupBasis,
  type SharingPlan,
} from '#libs/commissions';
import { paragraph, section } from '../explain/text.js';
import { shortFigure } from './figures.js';
import { shortHash } from './lines.js';
import { ngrSteps } from './ngr-text.js';
import { shareText } from './share-text.js';
import { stepsTable } from './steps-table.js';
import type { Terms } from './terms.js';

/**
 * What a player's month comes to under one plan: from stakes to the base, what of it counts and why, the share of it.
 * @param months the rows of the plan, one for each version of NGR
 */
export function partText(player: PlayerBreakdown, months: readonly PlayerMonth[], terms: Terms): string {
  const { planVersion } = months[0]!;
  const plan = terms.plans.get(planVersion);
  const heading = `Under plan ${shortHash(planVersion)}${plan ? ` (${plan.type.replace('_', ' ')})` : ''}`;
  const tables = months.map((month) =>
    stepsTable(ngrSteps(month, terms.ngrs.get(month.ngrVersion ?? ''), player.currency), player.currency),
  );
  if (!plan || !sharesRevenue(plan)) return section(heading, tables);
  const text = [
    ...countedText(player, months, plan, terms),
    ...sharedText(player, months, plan),
    ...recoupText(player, months),
  ];
  return section(heading, [...tables, ...text.map(paragraph)]);
}

/** What counts of the base, and why not all of it. */
function countedText(
  { exclusions, currency }: PlayerBreakdown,
  months: readonly PlayerMonth[],
  { revenue_share: { ring_fenced, high_roller } }: SharingPlan,
  { agreement: { excluded } }: Terms,
): string[] {
  const money = (amount: string): string => shortFigure(amount, currency);
  const base = canonical(sumOf(months.map((month) => month.base)));
  const counted = canonical(sumOf(months.map((month) => month.counted)));
  const [before, after] = [months[0]!.debt_in, months.at(-1)!.debt_out];
  const because = exclusions.filter((reason) => excluded.revenue_share.includes(reason));
  if (because.length > 0) return [`Counts: 0, for the player is excluded (${because.join(', ')}).`];
  if (before !== after && counted === '0' && base.startsWith('-')) {
    return [
      `Counts: 0. A loss of ${money(high_roller?.loss ?? '0')} or more is set apart (high roller), to be worked off by ` +
        `this player's later months alone: ${money(before)} before, ${money(after)} after.`,
    ];
  }
  if (before !== after) {
    return [
      `Counts: ${money(counted)}; the rest works off what was set apart (high roller): ${money(before)} before, ` +
        `${money(after)} after.`,
    ];
  }
  if (ring_fenced && base.startsWith('-') && counted === '0') {
    return ["Counts: 0, for a player's loss is the house's own (ring-fenced)."];
  }
  return [`Counts: ${money(counted)}${counted === base ? ', all of it' : ''}.`];
}

function sharedText(
  { commissions, currency }: PlayerBreakdown,
  months: readonly PlayerMonth[],
  plan: SharingPlan,
): string[] {
  if (!isPerPlayer(plan)) {
    return ['The share is of all players together: "commissions show" without --player tells it.'];
  }
  const basis = commissions.find(({ kind }) => kind === 'revenue_share')?.basis as
    PlayerShareBasis | undefined;
  const share = basis?.plans.find(({ plan_version }) => plan_version === months[0]!.planVersion);
  if (!share) return ['Share: 0.'];
  return shareText(share, share.counted, currency, plan.revenue_share.scale).map((text) => `Share: ${text}.`);
}

/** What the share pays back of the CPA. */
function recoupText({ commissions, currency }: PlayerBreakdown, months: readonly PlayerMonth[]): string[] {
  const basis = commissions.find(({ kind }) => kind === 'recoup')?.basis as RecoupBasis | undefined;
  const recoup = basis?.plans.find(({ plan_version }) => plan_version === months[0]!.planVersion);
  const money = (amount: string): string => shortFigure(amount, currency);
  if (recoup) {
    return [
      `Advance: ${money(recoup.advance)} was paid as CPA; the share pays ${money(recoup.recouped)} of it back, ` +
        `${money(recoup.advance_out)} is left.`,
    ];
  }
  const left = months.at(-1)!.advance_out;
  return left === '0' ? [] : [`Advance: ${money(left)} was paid as CPA and is not earned yet.`];
}
