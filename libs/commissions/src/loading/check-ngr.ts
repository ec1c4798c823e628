import { compareAmounts, MAX_SCALE, amountOfUnits, unitsOf } from '#libs/events';
import type { Cursor } from '#libs/yaml-file';
import { checkAboveZero } from './check-agreement.js';
import { checkRanges } from './check-ranges.js';
import { rateOf } from './deal-formats.js';

/** Terms that are a share of GGR: what is left of it is not below zero. */
const OF_GGR = ['tax', 'provider', 'platform'];

/** What no schema can say of a definition of NGR. */
export function checkNgr(definition: Cursor): void {
  const versions = definition.at('versions');
  checkRanges(versions, 'versions');
  for (const version of versions.items()) {
    checkAboveZero(version.at('fixed').at('amount'));
    const units = OF_GGR.map((term) => unitsOf(rateOf(version.at(term).text ?? '') ?? '0', MAX_SCALE));
    const sum = amountOfUnits(
      units.reduce((a, b) => a + b, 0n),
      MAX_SCALE,
    );
    if (compareAmounts(sum, '1') > 0) {
      version.wrong(`${OF_GGR.join(', ')} must be 100% or less together`);
    }
    const bonuses = new Set(
      version
        .at('bonus')
        .items()
        .map((type) => type.text),
    );
    for (const type of version.at('adjustments').items()) {
      if (type.text !== undefined && bonuses.has(type.text)) {
        type.wrong(`must not be a bonus as well: ${type.text} would be deducted twice`);
      }
    }
  }
}
