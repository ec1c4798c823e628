import {
  deleteConversions,
  deleteUntold,
  nextRevision,
  readConversionIds,
  readFacts,
  readFormerHolders,
  readReturns,
  readTouches,
  upsertConversions,
  upsertDepositPairings,
  type ConversionFact,
  type Database,
  type Identity,
} from '#libs/database';
import type { Conversion } from '#libs/events';
import { distinctIdentities, identityKey, namedBy } from './identity-graph.js';
import { IdentityReader } from './identity-reader.js';
import { Journeys } from './journeys.js';
import { projectConversions, type Changed, type KnownFacts, type Projection } from './project-conversions.js';

/** What new facts may have changed. */
export interface Change {
  /** Conversions of which a source told for the first time. */
  inserted: readonly string[];
  /** Conversions of which a source said something else before, or that were refunded or reversed. */
  updated: readonly string[];
  /** Whose journey has changed: every conversion of theirs may look different. */
  moved: readonly Identity[];
}

/** What a recomputation wrote. */
export interface Recomputed {
  revision: bigint;
  /** Rows as they stand now; `null`: the conversion has become part of another one, or is none any more. */
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
  const { known, changed } = await readScope(database, change);
  const projection = projectConversions(known, changed);
  const rows = await writeProjection(database, projection, revision);
  return { revision, rows };
}

interface Scope {
  known: KnownFacts;
  changed: Changed;
}

/** Reads the facts of all that may have changed, and of every deposit that could be the first of a player or
 * the pair of another. */
async function readScope({ pool }: Database, change: Change): Promise<Scope> {
  const facts = await readFacts(pool, [...change.inserted, ...change.updated]);
  const updated = new Set([...change.updated, ...toldBefore(facts)]);
  const identities = new IdentityReader(pool);

  const movedIds = await readConversionIds(pool, await identities.relatedTo(change.moved));
  for (const id of movedIds) updated.add(id);
  facts.push(...(await readFacts(pool, without(movedIds, facts))));

  const former = await readFormer(pool, facts, updated);
  await identities.relatedTo([...facts.flatMap(namedBy), ...former]);
  await addDeposits(pool, facts, identities, former);
  const touches = await readTouches(
    pool,
    distinctIdentities([...facts.flatMap(namedBy), ...identities.known()]),
  );
  const returns = await readReturns(pool, [...new Set(facts.map((f) => f.conversion_id))]);
  const inserted = new Set(change.inserted.filter((id) => !updated.has(id)));
  return {
    known: { facts, returns, journeys: new Journeys(identities.links, touches) },
    changed: { inserted, updated },
  };
}

/**
 * Adds the deposits of everyone whom a deposit among the facts may belong to, until none is missing: a deposit that
 * two sources give to two players leads from one to the other.
 * @param former whose some of the deposits were before: they may have lost a pair or a first deposit
 */
async function addDeposits(
  pool: Database['pool'],
  facts: ConversionFact[],
  identities: IdentityReader,
  former: readonly Identity[],
): Promise<void> {
  const isNewOwner = isNew();
  let owners = [...ownersOf(facts.filter((f) => f.type === 'deposit')), ...former];
  for (;;) {
    const related = (await identities.relatedTo(owners)).filter(isNewOwner);
    if (related.length === 0) return;
    const more = await readFacts(pool, without(await readConversionIds(pool, related, 'deposit'), facts));
    facts.push(...more);
    owners = ownersOf(more);
  }
}

/** Whose the updated deposits were, by words that no longer stand, and by whom they are named now. */
async function readFormer(
  pool: Database['pool'],
  facts: readonly ConversionFact[],
  updated: ReadonlySet<string>,
): Promise<Identity[]> {
  const others = new Set(facts.flatMap((f) => (f.type === 'deposit' ? [] : [f.conversion_id])));
  const deposits = [...updated].filter((id) => !others.has(id));
  const told = facts.filter((f) => f.type === 'deposit' && updated.has(f.conversion_id));
  return distinctIdentities([
    ...(await readFormerHolders(pool, deposits)).flatMap(namedBy),
    ...told.flatMap(namedBy).filter((i) => i.kind !== 'player'),
  ]);
}

async function writeProjection(
  database: Database,
  { visible, pairings, gone }: Projection,
  revision: bigint,
): Promise<Map<string, Conversion | null>> {
  const rows = await database.transaction(async (client) => {
    const decided = await upsertDepositPairings(
      client,
      pairings.map((p) => ({ ...p, revision })),
    );
    const weak = new Set(pairings.map((p) => p.conversion_id));
    const paired = pairings
      .filter((p) => p.paired_with !== null && decided.has(p.conversion_id))
      .map((p) => p.conversion_id);
    await deleteConversions(client, [...paired, ...gone], revision);
    const ours = visible.filter((c) => !weak.has(c.conversion_id) || decided.has(c.conversion_id));
    const written = await upsertConversions(
      client,
      ours.map((conversion) => ({ conversion, revision })),
    );
    const rows = new Map<string, Conversion | null>([...paired, ...gone].map((id) => [id, null]));
    for (const c of ours) if (written.has(c.conversion_id)) rows.set(c.conversion_id, c);
    return rows;
  });
  const perhapsUntold = [...rows].filter(([, row]) => row !== null && mayCease(row)).map(([id]) => id);
  for (const id of await deleteUntold(database.pool, perhapsUntold, revision)) rows.set(id, null);
  return rows;
}

/** A transaction may cease to be a deposit; what a pixel has told stays. */
function mayCease({ type, sources }: Conversion): boolean {
  return type === 'deposit' && !sources.some((source) => source.startsWith('pixel-'));
}

/** Conversions of which more than one source tells: a new fact of theirs is not their first. */
function toldBefore(facts: readonly ConversionFact[]): string[] {
  const seen = new Set<string>();
  return facts.map((f) => f.conversion_id).filter((id) => seen.has(id) || !seen.add(id));
}

/** Who says whose the facts are: their players; where one names none, all that it names. */
function ownersOf(facts: readonly ConversionFact[]): Identity[] {
  return facts.flatMap((f) =>
    f.player_id === null ? namedBy(f) : [{ brand: f.brand, kind: 'player' as const, id: f.player_id }],
  );
}

function without(conversionIds: readonly string[], facts: readonly ConversionFact[]): string[] {
  const there = new Set(facts.map((f) => f.conversion_id));
  return conversionIds.filter((id) => !there.has(id));
}

/** A filter that lets every identity pass once. */
function isNew(): (identity: Identity) => boolean {
  const seen = new Set<string>();
  return (identity) => {
    const key = identityKey(identity);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
}
