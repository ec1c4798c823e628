import {
  deleteConversions,
  nextRevision,
  readConversionIds,
  readFacts,
  readLinks,
  readTouches,
  upsertConversions,
  upsertDepositPairings,
  type BrandedId,
  type ConversionFact,
  type Database,
  type IdentityLinkFact,
} from '#libs/database';
import type { Conversion } from '#libs/events';
import { Journeys, brandedKey } from './journeys.js';
import { projectConversions, type Changed, type Projection } from './project-conversions.js';

/** What new facts may have changed. */
export interface Change {
  /** Conversions of which a source told for the first time. */
  inserted: readonly string[];
  /** Conversions of which a source said something else before. */
  updated: readonly string[];
  /** Players and clicks whose journey has changed: every conversion of theirs may look different. */
  players: readonly BrandedId[];
  clicks: readonly BrandedId[];
}

/** What a recomputation wrote. */
export interface Recomputed {
  revision: bigint;
  /** Rows as they stand now; `null`: the conversion has become part of another one. */
  rows: Map<string, Conversion | null>;
}

/**
 * Makes the projections of everything that a change may have touched, from committed facts.
 *
 * Call it after the facts are committed. Its number is taken before its first read, and a row is never
 * overwritten by a lower number: of all recomputations of a row, the one with the highest number has read every
 * fact whose own recomputation had a lower one. So concurrent replicas need no locks, and the row ends as the
 * function of all its facts, in whatever order they came.
 */
export async function recompute(database: Database, change: Change): Promise<Recomputed> {
  const revision = await nextRevision(database.pool);
  const scope = await readScope(database, change);
  const projection = projectConversions(scope.facts, scope.journeys, scope.changed);
  const rows = await writeProjection(database, projection, revision);
  return { revision, rows };
}

interface Scope {
  facts: ConversionFact[];
  journeys: Journeys;
  changed: Changed;
}

/** Reads the facts of all that may have changed, and of every deposit that could be the first of a player or
 * the pair of another. */
async function readScope({ pool }: Database, change: Change): Promise<Scope> {
  const own = await readFacts(pool, [...change.inserted, ...change.updated]);
  const links = await readLinks(
    pool,
    ids([...change.players, ...playersIn(own)]),
    ids([...change.clicks, ...clicksIn(own)]),
  );
  const linked = new Journeys(links, []);

  const moved = ids([...change.players, ...change.clicks.flatMap((c) => linked.playersOf(c))]);
  const movedClicks = ids([...change.clicks, ...moved.flatMap((p) => linked.clicksOf(p))]);
  const movedIds = await readConversionIds(pool, moved, movedClicks);
  const facts = own.concat(await readFacts(pool, without(movedIds, own)));
  const updated = new Set([...change.updated, ...movedIds]);
  for (const id of toldBefore(own)) updated.add(id);
  const inserted = new Set(change.inserted.filter((id) => !updated.has(id)));

  const allLinks = await addDeposits(pool, facts, links);
  const journeys = new Journeys(
    allLinks,
    await readTouches(pool, playersIn(facts), ids([...clicksIn(facts, true), ...linkedClicks(allLinks)])),
  );
  return { facts, journeys, changed: { inserted, updated } };
}

/** Adds to `facts` the deposits of every player that a deposit among them may belong to, until none is missing:
 * a deposit that two sources give to two players leads from one to the other. Returns the links it knows then. */
async function addDeposits(
  pool: Database['pool'],
  facts: ConversionFact[],
  known: readonly IdentityLinkFact[],
): Promise<IdentityLinkFact[]> {
  const links = [...known];
  const seen = new Set<string>();
  for (;;) {
    const linked = new Journeys(links, []);
    const deposits = facts.filter((f) => f.type === 'deposit');
    const clicks = clicksIn(deposits);
    const players = ids([...playersIn(deposits), ...clicks.flatMap((c) => linked.playersOf(c))]).filter(
      isNew('p', seen),
    );
    const loose = ids([...clicks, ...players.flatMap((p) => linked.clicksOf(p))]).filter(isNew('c', seen));
    if (players.length === 0 && loose.length === 0) return links;
    const more = await readConversionIds(pool, players, loose, 'deposit');
    const added = await readFacts(pool, without(more, facts));
    facts.push(...added);
    if (added.length > 0) {
      const found = await readLinks(pool, playersIn(added), clicksIn(added));
      const there = new Set(links.map(linkKey));
      links.push(...found.filter((l) => !there.has(linkKey(l))));
    }
  }
}

async function writeProjection(
  database: Database,
  { visible, pairings }: Projection,
  revision: bigint,
): Promise<Map<string, Conversion | null>> {
  return database.transaction(async (client) => {
    const decided = await upsertDepositPairings(
      client,
      pairings.map((p) => ({ ...p, revision })),
    );
    const weak = new Set(pairings.map((p) => p.conversion_id));
    const paired = pairings
      .filter((p) => p.paired_with !== null && decided.has(p.conversion_id))
      .map((p) => p.conversion_id);
    await deleteConversions(client, paired, revision);
    const ours = visible.filter((c) => !weak.has(c.conversion_id) || decided.has(c.conversion_id));
    const written = await upsertConversions(
      client,
      ours.map((conversion) => ({ conversion, revision })),
    );
    const rows = new Map<string, Conversion | null>(paired.map((id) => [id, null]));
    for (const c of ours) if (written.has(c.conversion_id)) rows.set(c.conversion_id, c);
    return rows;
  });
}

/** Conversions of which more than one source tells: a new fact of theirs is not their first. */
function toldBefore(facts: readonly ConversionFact[]): string[] {
  const seen = new Set<string>();
  return facts.map((f) => f.conversion_id).filter((id) => seen.has(id) || !seen.add(id));
}

function playersIn(facts: readonly ConversionFact[]): BrandedId[] {
  return ids(facts.flatMap((f) => (f.player_id === null ? [] : [{ brand: f.brand, id: f.player_id }])));
}

/** Clicks of facts; only those of facts that name no player, unless `all`. */
function clicksIn(facts: readonly ConversionFact[], all = false): BrandedId[] {
  return ids(
    facts.flatMap((f) =>
      f.click_id === null || (!all && f.player_id !== null) ? [] : [{ brand: f.brand, id: f.click_id }],
    ),
  );
}

function linkedClicks(links: readonly IdentityLinkFact[]): BrandedId[] {
  return links.map((l) => ({ brand: l.brand, id: l.click_id }));
}

const linkKey = (l: IdentityLinkFact): string => `${brandedKey(l.brand, l.click_id)}\0${l.player_id}`;

/** Each once. */
function ids(all: readonly BrandedId[]): BrandedId[] {
  return [...new Map(all.map((i) => [brandedKey(i.brand, i.id), i])).values()];
}

function without(conversionIds: readonly string[], facts: readonly ConversionFact[]): string[] {
  const there = new Set(facts.map((f) => f.conversion_id));
  return conversionIds.filter((id) => !there.has(id));
}

function isNew(kind: 'p' | 'c', seen: Set<string>): (i: BrandedId) => boolean {
  return (i) => {
    const key = `${kind}${brandedKey(i.brand, i.id)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
}
