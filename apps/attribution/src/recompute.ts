import {
  deleteConversions,
  nextRevision,
  readConversionIds,
  readFacts,
  readFormerHolders,
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
import { Journeys, brandedKey, distinctIds } from './journeys.js';
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
  const facts = await readFacts(pool, [...change.inserted, ...change.updated]);
  const updated = new Set([...change.updated, ...toldBefore(facts)]);
  const links = new KnownLinks(pool);

  await links.learn(change.players, change.clicks);
  const players = [...change.players, ...change.clicks.flatMap((c) => links.playersOf(c))];
  const clicks = [...change.clicks, ...players.flatMap((p) => links.clicksOf(p))];
  const movedIds = await readConversionIds(pool, distinctIds(players), distinctIds(clicks));
  for (const id of movedIds) updated.add(id);
  facts.push(...(await readFacts(pool, without(movedIds, facts))));

  const former = await readFormer(pool, facts, updated);
  await links.learn([...playersIn(facts), ...former.players], [...looseClicksIn(facts), ...former.clicks]);
  await addDeposits(pool, facts, links, former);
  const touches = await readTouches(
    pool,
    distinctIds([...playersIn(facts), ...links.players()]),
    distinctIds([...clicksIn(facts), ...links.clicks()]),
  );
  const inserted = new Set(change.inserted.filter((id) => !updated.has(id)));
  return { facts, journeys: new Journeys(links.all, touches), changed: { inserted, updated } };
}

/**
 * Adds the deposits of every player that a deposit among the facts may belong to, until none is missing: a
 * deposit that two sources give to two players leads from one to the other.
 * @param former players and clicks whose some of the deposits were before: they may have lost a pair or a first
 *   deposit
 */
async function addDeposits(
  pool: Database['pool'],
  facts: ConversionFact[],
  links: KnownLinks,
  former: Holders,
): Promise<void> {
  const isNewPlayer = isNew();
  const isNewClick = isNew();
  for (;;) {
    const deposits = facts.filter((f) => f.type === 'deposit');
    const loose = [...looseClicksIn(deposits), ...former.clicks];
    const players = [
      ...playersIn(deposits),
      ...former.players,
      ...loose.flatMap((c) => links.playersOf(c)),
    ].filter(isNewPlayer);
    const clicks = [...loose, ...players.flatMap((p) => links.clicksOf(p))].filter(isNewClick);
    if (players.length === 0 && clicks.length === 0) return;
    const more = await readFacts(
      pool,
      without(await readConversionIds(pool, players, clicks, 'deposit'), facts),
    );
    facts.push(...more);
    await links.learn(playersIn(more), looseClicksIn(more));
  }
}

interface Holders {
  players: BrandedId[];
  clicks: BrandedId[];
}

/** Whose the updated deposits were, by words that no longer stand, and by those of whom they are. */
async function readFormer(
  pool: Database['pool'],
  facts: readonly ConversionFact[],
  updated: ReadonlySet<string>,
): Promise<Holders> {
  const deposits = facts.filter((f) => f.type === 'deposit' && updated.has(f.conversion_id));
  const brandOf = new Map(deposits.map((f) => [f.conversion_id, f.brand]));
  const holders = await readFormerHolders(pool, [...brandOf.keys()]);
  const idsOf = (column: 'player_id' | 'click_id'): BrandedId[] =>
    holders.flatMap((h) =>
      h[column] === '' ? [] : [{ brand: brandOf.get(h.conversion_id)!, id: h[column] }],
    );
  return {
    players: distinctIds(idsOf('player_id')),
    clicks: distinctIds([...clicksIn(deposits), ...idsOf('click_id')]),
  };
}

/** Links of players and clicks, read as they are asked for. */
class KnownLinks {
  readonly all: IdentityLinkFact[] = [];
  private readonly known = new Set<string>();
  private readonly isNewPlayer = isNew();
  private readonly isNewClick = isNew();
  private index = new Journeys([], []);

  constructor(private readonly pool: Database['pool']) {}

  /** From now on every link of these players and clicks is known, and of the players that the clicks lead to. */
  async learn(players: readonly BrandedId[], clicks: readonly BrandedId[]): Promise<void> {
    const found = await readLinks(
      this.pool,
      players.filter(this.isNewPlayer),
      clicks.filter(this.isNewClick),
    );
    const before = this.all.length;
    for (const link of found) {
      const key = linkKey(link);
      if (this.known.has(key)) continue;
      this.known.add(key);
      this.all.push(link);
    }
    if (this.all.length > before) this.index = new Journeys(this.all, []);
  }

  playersOf(click: BrandedId): BrandedId[] {
    return this.index.playersOf(click);
  }

  clicksOf(player: BrandedId): BrandedId[] {
    return this.index.clicksOf(player);
  }

  players(): BrandedId[] {
    return this.all.map((l) => ({ brand: l.brand, id: l.player_id }));
  }

  clicks(): BrandedId[] {
    return this.all.map((l) => ({ brand: l.brand, id: l.click_id }));
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
  return distinctIds(
    facts.flatMap((f) => (f.player_id === null ? [] : [{ brand: f.brand, id: f.player_id }])),
  );
}

function clicksIn(facts: readonly ConversionFact[]): BrandedId[] {
  return distinctIds(facts.flatMap((f) => (f.click_id === null ? [] : [{ brand: f.brand, id: f.click_id }])));
}

/** Clicks of facts that name no player: they alone say whose it is. */
function looseClicksIn(facts: readonly ConversionFact[]): BrandedId[] {
  return clicksIn(facts.filter((f) => f.player_id === null));
}

const linkKey = (l: IdentityLinkFact): string => `${brandedKey(l.brand, l.click_id)}\0${l.player_id}`;

function without(conversionIds: readonly string[], facts: readonly ConversionFact[]): string[] {
  const there = new Set(facts.map((f) => f.conversion_id));
  return conversionIds.filter((id) => !there.has(id));
}

/** A filter that lets every id pass once. */
function isNew(): (i: BrandedId) => boolean {
  const seen = new Set<string>();
  return (i) => {
    const key = brandedKey(i.brand, i.id);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
}
