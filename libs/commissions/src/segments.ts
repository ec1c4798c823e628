import type { Instant } from '#libs/events';
import type { NgrVersion, Plan } from './agreement.js';
import type { Deal, Period, Segment } from './model.js';
import { boundsOf, startOfDay } from './periods.js';

/**
 * A month in the agreement's zone, cut where the plan or the version of NGR changes, in order. What no plan covers is left
 * out; where two neighbours have the same terms nothing changes, and nothing is cut.
 */
export function segmentsOf(deal: Deal, period: Period): Segment[] {
  const month = boundsOf(deal.agreement.time_zone, period);
  const segments: Segment[] = [];
  for (const { terms: plan, version, from, to, ngr } of rangesOf(deal)) {
    for (const piece of ngr ?? [undefined]) {
      const segment: Segment = {
        period,
        index: segments.length,
        from: latest(month.from, from, piece?.from),
        to: earliest(month.to, to, piece?.to),
        plan,
        planVersion: version,
        ...(piece && { ngr: piece.terms, ngrVersion: piece.version }),
      };
      if (segment.from >= segment.to) continue;
      const last = segments.at(-1);
      if (last && continues(last, segment)) last.to = segment.to;
      else segments.push(segment);
    }
  }
  return segments;
}

/** The plan in force at an instant. */
export function planAt(deal: Deal, instant: Instant): { plan: Plan; version: string } | undefined {
  const range = rangesOf(deal).find(({ from, to }) => from <= instant && (to === undefined || instant < to));
  return range && { plan: range.terms, version: range.version };
}

function continues(last: Segment, next: Segment): boolean {
  return (
    last.to === next.from && last.planVersion === next.planVersion && last.ngrVersion === next.ngrVersion
  );
}

/** Terms and when they are in force; without `to`: for ever. */
interface Range<Terms> {
  terms: Terms;
  version: string;
  from: Instant;
  to?: Instant;
}

interface PlanRange extends Range<Plan> {
  /** Of plans that share revenue. */
  ngr?: Range<NgrVersion>[];
}

function rangesOf(deal: Deal): PlanRange[] {
  let ranges = known.get(deal);
  if (!ranges) {
    ranges = deal.plans.map(({ plan, version }) => ({
      ...rangeOf(plan, version, deal.agreement.time_zone),
      ...(plan.type !== 'cpa' && { ngr: ngrRangesOf(deal, plan.ngr) }),
    }));
    known.set(deal, ranges);
  }
  return ranges;
}
// Asked for each trigger of each player
const known = new WeakMap<Deal, PlanRange[]>();

function ngrRangesOf(deal: Deal, name: string): Range<NgrVersion>[] {
  const { versions, time_zone } = deal.ngr.get(name)!;
  return versions.map(({ ngr, version }) => rangeOf(ngr, version, time_zone));
}

function rangeOf<Terms extends { from: string; to?: string }>(
  terms: Terms,
  version: string,
  zone: string,
): Range<Terms> {
  return {
    terms,
    version,
    from: startOfDay(zone, terms.from),
    ...(terms.to !== undefined && { to: startOfDay(zone, terms.to) }),
  };
}

function latest(...instants: (Instant | undefined)[]): Instant {
  return instants.reduce<Instant>((a, b) => (b !== undefined && b > a ? b : a), instants[0]!);
}

function earliest(...instants: (Instant | undefined)[]): Instant {
  return instants.reduce<Instant>((a, b) => (b !== undefined && b < a ? b : a), instants[0]!);
}
