import { createHash } from 'node:crypto';
import { canonicalJson } from '#libs/events';
import type { Agreement, NgrDefinition } from './agreement.js';
import type { Deal } from './model.js';
import { gapOf } from './ngr-gap.js';

/** An agreement cannot be reckoned with; the message names it, the plan and the rule. */
export class DealError extends Error {
  override name = 'DealError';
}

/**
 * An agreement with the versions of all it rests on: SHA-256 (hexadecimal) of the canonical JSON of the content. The version
 * of a plan or of an NGR is of its terms without `from` and `to`, so that to end it, or to cut it in two, leaves the months
 * that were reckoned with it as they are.
 * @param ngrs definitions, also of other brands and of names that no plan has
 * @throws DealError where a plan names an NGR that its brand does not have, or that is not defined for all of its range
 */
export function dealOf(agreement: Agreement, ngrs: readonly NgrDefinition[]): Deal {
  const { plans, ...content } = agreement;
  const ngr = new Map<string, { versions: VersionedNgr[]; time_zone: string }>();
  for (const plan of plans) {
    if (plan.type === 'cpa') continue;
    const definition = ngrs.find(({ ngr: name, brand }) => name === plan.ngr && brand === agreement.brand);
    const fail = (rule: string) =>
      new DealError(`agreement ${agreement.agreement}, plan from ${plan.from}: ${rule}`);
    if (!definition) throw fail(`brand ${agreement.brand} has no NGR ${plan.ngr}`);
    const gap = gapOf(definition, plan, agreement.time_zone);
    if (gap !== undefined) {
      throw fail(`NGR ${plan.ngr}, whose days are of ${definition.time_zone}, has no version at ${gap}`);
    }
    ngr.set(plan.ngr, {
      versions: definition.versions.map((version) => ({ ngr: version, version: versionOf(version) })),
      time_zone: definition.time_zone,
    });
  }
  return {
    agreement,
    version: hashOf(content),
    plans: plans.map((plan) => ({ plan, version: versionOf(plan) })),
    ngr,
  };
}

type VersionedNgr = { ngr: NgrDefinition['versions'][number]; version: string };

function versionOf({ from: _from, to: _to, ...terms }: { from: string; to?: string }): string {
  return hashOf(terms);
}

/** SHA-256 of the canonical JSON, hexadecimal. */
export function hashOf(content: unknown): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}
