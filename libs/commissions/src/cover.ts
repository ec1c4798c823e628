import type { Instant } from '#libs/events';
import type { Agreement, Coverage } from './agreement.js';
import { startOfDay } from './periods.js';

/** How a player, or the click of an install, was acquired. */
export interface Acquisition {
  /** When; null: it is not known. */
  acquired_at: Instant | null;
  /** Tracking link of the click. */
  link: string | null;
  /** Of the click, by name. */
  sub_ids: Readonly<Record<string, string>>;
  /** `utm_source` of the click, else `traffic_source` of the player's record. */
  source: string | null;
  /** `utm_campaign` of the click. */
  campaign: string | null;
  /** Of the player's record. */
  ref_code: string | null;
}

/** Strongest first. */
const STRENGTHS = ['link', 'sub_id', 'campaign', 'source', 'ref_code'] as const satisfies (keyof Coverage)[];
export type MatchedBy = (typeof STRENGTHS)[number];

/**
 * Which agreement an acquisition belongs to, if any. Where several fit, those that ran when it was made are asked alone: one
 * whose plans had all ended, or had not begun, has it only where no other does, so that players stay with the agreement that
 * brought them when a later one covers the same traffic. Of these the one whose fitting entry has the strongest member (link,
 * sub id, campaign, source, referral code, in this order) gets it, of equals the one with the least name (by UTF-16 code
 * units); `contestedBy` names the others, by their names.
 * @param agreements of the acquisition's brand, in any order
 */
export function coverageOf(
  agreements: readonly Agreement[],
  acquisition: Acquisition,
): { agreement: string; matchedBy: MatchedBy; contestedBy: string[] } | undefined {
  const fitting = agreements
    .map((of) => ({ of, agreement: of.agreement, strength: strengthOf(of.covers, acquisition) }))
    .filter(({ strength }) => strength !== -1)
    .sort((a, b) => a.strength - b.strength || compare(a.agreement, b.agreement));
  const { acquired_at: at } = acquisition;
  const running = fitting.length > 1 && at !== null ? fitting.filter(({ of }) => ranAt(of, at)) : [];
  const [owner, ...others] = running.length > 0 ? running : fitting;
  return (
    owner && {
      agreement: owner.agreement,
      matchedBy: STRENGTHS[owner.strength]!,
      contestedBy: others.map(({ agreement }) => agreement).sort(compare),
    }
  );
}

/** From when to when an agreement runs, whatever gaps its plans have; half open, without `to` for ever. */
export function runOf(agreement: Agreement): { from: Instant; to?: Instant } | undefined {
  const { plans, time_zone } = agreement;
  const [first, last] = [plans[0], plans.at(-1)];
  if (!first || !last) return undefined;
  let run = known.get(agreement);
  if (!run) {
    run = {
      from: startOfDay(time_zone, first.from),
      ...(last.to !== undefined && { to: startOfDay(time_zone, last.to) }),
    };
    known.set(agreement, run);
  }
  return run;
}
// Asked for each player whom several agreements may cover
const known = new WeakMap<Agreement, { from: Instant; to?: Instant }>();

function ranAt(agreement: Agreement, at: Instant): boolean {
  const run = runOf(agreement);
  return run !== undefined && run.from <= at && (run.to === undefined || at < run.to);
}

/** Where the strongest member of the entries that fit stands in `STRENGTHS`; -1 where none fits. */
function strengthOf(covers: readonly Coverage[], acquisition: Acquisition): number {
  const strengths = covers
    .filter((coverage) => fits(coverage, acquisition))
    .map((coverage) => STRENGTHS.findIndex((member) => coverage[member] !== undefined))
    .filter((strength) => strength !== -1);
  return strengths.length === 0 ? -1 : Math.min(...strengths);
}

function fits({ sub_id = {}, ...texts }: Coverage, acquisition: Acquisition): boolean {
  return (
    Object.entries(sub_id).every(([name, wanted]) => fitsText(wanted, acquisition.sub_ids[name])) &&
    (['link', 'source', 'campaign', 'ref_code'] as const).every(
      (member) => texts[member] === undefined || fitsText(texts[member], acquisition[member]),
    )
  );
}

function fitsText(wanted: string, value: string | null | undefined): boolean {
  if (value === null || value === undefined) return false;
  return wanted.endsWith('*') ? value.startsWith(wanted.slice(0, -1)) : value === wanted;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
