import { DateTime } from 'luxon';
import { suggestion, type FileProblem, type YamlFile } from '#libs/yaml-file';
import type { Agreement, DealFile, NgrDefinition } from '../agreement.js';
import { gapOf } from '../ngr-gap.js';

/** A deal and the file that it stands in. */
export interface ReadDeal {
  deal: DealFile;
  yaml: YamlFile;
}

/**
 * What files that are in order by themselves have against each other: names that are given twice, definitions of NGR that are not
 * there, or say nothing of a day that a plan needs them for.
 */
export function checkDeals(deals: readonly ReadDeal[]): FileProblem[] {
  const twinsOf = ({ deal, yaml }: ReadDeal): ReadDeal[] =>
    deals.filter((other) => other.yaml !== yaml && nameOf(other.deal) === nameOf(deal));
  const once = deals.filter((one) => twinsOf(one).length === 0).map(({ deal }) => deal);
  const ngrs = once.filter((deal) => 'ngr' in deal);
  return deals.flatMap((one) => {
    const { deal, yaml } = one;
    const twins = twinsOf(one);
    const isAgreement = 'agreement' in deal;
    const problems = isAgreement ? checkNgrs(deal, yaml, ngrs) : [];
    if (twins.length === 0) return problems;
    const files = twins.map((twin) => twin.yaml.path).join(', ');
    return [
      yaml.problem([isAgreement ? 'agreement' : 'ngr'], `${nameOf(deal)} is there twice: also in ${files}`),
      ...problems,
    ];
  });
}

function nameOf(deal: DealFile): string {
  return 'agreement' in deal ? `the agreement ${deal.agreement}` : `the NGR ${deal.ngr} of ${deal.brand}`;
}

function checkNgrs(agreement: Agreement, yaml: YamlFile, ngrs: readonly NgrDefinition[]): FileProblem[] {
  const known = ngrs.filter(({ brand }) => brand === agreement.brand);
  return agreement.plans.flatMap((plan, i) => {
    if (plan.type === 'cpa') return [];
    const wrong = (message: string): FileProblem[] => [yaml.problem(['plans', i, 'ngr'], message)];
    const ngr = known.find((definition) => definition.ngr === plan.ngr);
    if (!ngr) {
      const names = known.map((definition) => definition.ngr);
      const has = names.length === 0 ? 'none' : names.join(', ');
      return wrong(
        `${agreement.brand} has no definition ${plan.ngr} that can be used${suggestion(plan.ngr, names)}; it has ${has}`,
      );
    }
    const gap = gapOf(ngr, plan, agreement.time_zone);
    if (gap === undefined) return [];
    const day = DateTime.fromISO(gap, { zone: agreement.time_zone }).toISODate();
    const zones = ngr.time_zone === agreement.time_zone ? '' : `, whose days are those of ${ngr.time_zone}`;
    return wrong(`${ngr.ngr} has no version for ${day}${zones}`);
  });
}
