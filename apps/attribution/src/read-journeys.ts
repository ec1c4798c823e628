import {
  readLookBacks,
  readTouches,
  readTouchesWithin,
  type Database,
  type Identity,
  type IdentityWindow,
  type JourneyTouch,
} from '#libs/database';
import { instantDaysBefore } from '#libs/events';
import { distinctIdentities, identityKey, namedBy } from './identity-graph.js';
import { IdentityReader } from './identity-reader.js';
import { mergeWindows } from './identity-windows.js';
import { DEFAULT_LOOK_BACK_DAYS, Journeys, type Destination } from './journeys.js';

/** The journeys to some conversions, whatever the look-back that will be asked for: all of their links and touches. */
export async function readJourneys(
  pool: Database['pool'],
  destinations: readonly Destination[],
): Promise<Journeys> {
  const reader = new IdentityReader(pool);
  const identities = await reader.relatedTo(distinctIdentities(destinations.flatMap(namedBy)));
  return new Journeys(reader.graph, await readTouches(pool, identities), await readLookBacks(pool));
}

/**
 * The journeys to some conversions inside their brands' look-back: every link and touch that they are made of, and no
 * touch of another time.
 * @param reader knows the links of those whom the conversions name
 * @param lookBackDays by brand, where it is not the default
 */
export async function readJourneysTo(
  pool: Database['pool'],
  reader: IdentityReader,
  destinations: readonly Destination[],
  lookBackDays: ReadonlyMap<string, number>,
): Promise<Journeys> {
  const windows = new Map<string, IdentityWindow[]>();
  const always: Identity[] = [];
  for (const [, group] of groupByWhom(destinations)) {
    const [{ brand, player_id }] = group as [Destination];
    const related = await reader.relatedTo(namedBy(whoOf(group[0]!)));
    const days = lookBackDays.get(brand) ?? DEFAULT_LOOK_BACK_DAYS;
    const times = mergeWindows(
      group.map((c) => ({
        identity: related[0]!,
        from: instantDaysBefore(c.occurred_at, days),
        to: c.occurred_at,
      })),
    );
    for (const identity of related) {
      const there = windows.get(identity.key) ?? [];
      windows.set(identity.key, [...there, ...times.map(({ from, to }) => ({ identity, from, to }))]);
    }
    const owner = player_id === null ? null : reader.graph.ownerClickOf(brand, player_id);
    if (owner !== null) always.push({ brand, kind: 'click', id: owner });
    if (player_id === null) always.push(...related.filter((i) => i.kind === 'click'));
  }
  for (const { brand, click_id } of destinations) {
    if (click_id !== null) always.push({ brand, kind: 'click', id: click_id });
  }
  for (const identity of distinctIdentities(always)) {
    windows.set(identityKey(identity), [{ identity, from: '-infinity', to: 'infinity' }]);
  }
  const touches: JourneyTouch[] = await readTouchesWithin(pool, [...windows.values()].flatMap(mergeWindows));
  return new Journeys(reader.graph, touches, lookBackDays);
}

/** What says who it is: of a known player's conversion not its click. */
function whoOf(c: Destination): Destination {
  return c.player_id === null ? c : { ...c, click_id: null };
}

/** Conversions of the same persons together: their journeys are made of the same. */
function groupByWhom(destinations: readonly Destination[]): Map<string, Destination[]> {
  const groups = new Map<string, Destination[]>();
  for (const c of destinations) {
    const key = namedBy(whoOf(c)).map(identityKey).join('\u0001');
    if (key === '') continue;
    const there = groups.get(key);
    if (there) there.push(c);
    else groups.set(key, [c]);
  }
  return groups;
}
