import { readApprovedConversions, type ConversionFilter, type Database } from '#libs/database';
import type { Conversion } from '#libs/events';
import type { Destination } from '../journeys.js';
import { readJourneys } from '../read-journeys.js';
import type { AttributionModelName } from './attribution-models.js';
import { CreditReport, type CreditKey, type CreditRow } from './credit-report.js';

/** Who earned the approved conversions of a period? */
export interface CreditQuestion extends ConversionFilter {
  model: AttributionModelName;
  by: CreditKey;
  /** How far before a conversion a touch may lie; without it as far as for `conversions`. */
  lookBackDays?: number | undefined;
}

const CONVERSIONS_AT_ONCE = 1_000;

/**
 * Answers from the same links and touches that the rows of `conversions` are made of: by `first_touch` and
 * `last_touch` it says what their columns say.
 */
export async function creditConversions({ pool }: Database, question: CreditQuestion): Promise<CreditRow[]> {
  const report = new CreditReport(question.model, question.by);
  for await (const conversions of readApprovedConversions(pool, question, CONVERSIONS_AT_ONCE)) {
    const destinations = conversions.map(destinationOf);
    const journeys = await readJourneys(pool, destinations);
    conversions.forEach((c, i) => report.add(c, journeys.stepsTo(destinations[i]!, question.lookBackDays)));
  }
  return report.rows();
}

/** A row's click may be its player's; only one that the conversion itself names counts whatever its clock says. */
export function destinationOf({ click_id, provenance, ...conversion }: Conversion): Destination {
  const { brand, player_id, client_id, user_id, occurred_at } = conversion;
  const named = provenance['click_id'] === 'identity_link' ? null : click_id;
  return { brand, player_id, click_id: named, client_id, user_id, occurred_at };
}
