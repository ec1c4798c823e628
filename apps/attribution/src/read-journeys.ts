import { readLookBacks, readTouches, type Database } from '#libs/database';
import { distinctIdentities, namedBy } from './identity-graph.js';
import { IdentityReader } from './identity-reader.js';
import { Journeys, type Destination } from './journeys.js';

/** The journeys to these conversions: all links and touches that they are made of. */
export async function readJourneys(
  pool: Database['pool'],
  destinations: readonly Destination[],
): Promise<Journeys> {
  const reader = new IdentityReader(pool);
  const identities = await reader.relatedTo(distinctIdentities(destinations.flatMap(namedBy)));
  return new Journeys(reader.links, await readTouches(pool, identities), await readLookBacks(pool));
}
