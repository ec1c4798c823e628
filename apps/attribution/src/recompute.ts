import {
  deleteConversions,
  deleteDepositPairings,
  nextRevision,
  readFacts,
  readFormerHolders,
  readLookBacks,
  readReturns,
  readUntold,
  upsertConversions,
  upsertDepositPairings,
  type ConversionFact,
  type Database,
  type FormerHolder,
} from '#libs/database';
import type { Conversion, Instant } from '#libs/events';
import { DepositScope } from './deposit-scope.js';
import { distinctIdentities, namedBy, type LinkEnds } from './identity-graph.js';
import { IdentityReader } from './identity-reader.js';
import { Journeys } from './journeys.js';
import { movedConversions, type MovedTouch } from './moved-conversions.js';
import {
  planProjection,
  resolvePlan,
  type Changed,
  type Plan,
  type Projection,
} from './project-conversions.js';
import { readJourneysTo } from './read-journeys.js';

/** What new facts may have changed. */
export interface Change {
  /** Conversions of which a source told for the first time. */
  inserted: readonly string[];
  /** Conversions of which a source said something else before, or that were refunded or reversed. */
  updated: readonly string[];
  /** Links and touches that are new or have changed: they move the conversions of those whom they are about. */
  links: readonly LinkEnds[];
  touches: readonly MovedTouch[];
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
  const { pool } = database;
  const revision = await nextRevision(pool);
  const reader = new IdentityReader(pool);
  const lookBackDays = await readLookBacks(pool);
  const scope = await readScope(pool, reader, change, lookBackDays);
  const plan = await planCertainly(pool, reader, scope);
  const destinations = plan.rows.map(({ facts, merged }) => ({ brand: facts[0]!.brand, ...merged }));
  const journeys = await readJourneysTo(pool, reader, destinations, lookBackDays);
  const rows = await writeProjection(database, resolvePlan(plan, journeys), revision);
  return { revision, rows };
}

/** What a change is about, as far as its facts were read. */
interface Scope {
  facts: ConversionFact[];
  changed: Changed;
  deposits: DepositScope;
}

/** Reads the facts of all that may have changed, and of the deposits that may change with them. */
async function readScope(
  pool: Database['pool'],
  reader: IdentityReader,
  change: Change,
  lookBackDays: ReadonlyMap<string, number>,
): Promise<Scope> {
  const facts = await readFacts(pool, [...change.inserted, ...change.updated]);
  const updated = new Set([...change.updated, ...toldBefore(facts)]);
  const movedIds = await movedConversions(pool, reader, change.links, change.touches, lookBackDays);
  for (const id of movedIds) updated.add(id);
  for (const fact of await readFacts(pool, without(movedIds, facts))) facts.push(fact);
  const formers = await readFormerWords(pool, facts, updated);
  await reader.relatedTo(distinctIdentities(facts.flatMap(namedBy)));
  const deposits = new DepositScope(pool, reader, facts, formers);
  await deposits.read();
  return {
    facts,
    deposits,
    changed: {
      inserted: new Set(change.inserted.filter((id) => !updated.has(id))),
      updated,
      formerTimes: timesOf(formers),
      holders: await deposits.holders(),
    },
  };
}

/** The plan, once enough of the players' earliest deposits are known. */
async function planCertainly(
  pool: Database['pool'],
  reader: IdentityReader,
  { facts, changed, deposits }: Scope,
): Promise<Plan> {
  for (;;) {
    const returns = await readReturns(pool, [...new Set([...changed.updated, ...idsOf(facts)])]);
    const known = { facts, returns, owners: deposits.owners, knownBefore: await deposits.knownBefore() };
    const plan = planProjection(known, new Journeys(reader.graph, []), changed);
    if (plan.uncertain.length === 0) return plan;
    await deposits.readFurther();
  }
}

/** Words of the updated deposits that no longer stand. Of what has no fact it is not known what it was. */
async function readFormerWords(
  pool: Database['pool'],
  facts: readonly ConversionFact[],
  updated: ReadonlySet<string>,
): Promise<FormerHolder[]> {
  const others = new Set(facts.flatMap((f) => (f.type === 'deposit' ? [] : [f.conversion_id])));
  return readFormerHolders(
    pool,
    [...updated].filter((id) => !others.has(id)),
  );
}

function timesOf(formers: readonly FormerHolder[]): Map<string, Instant[]> {
  const times = new Map<string, Instant[]>();
  for (const { conversion_id, occurred_at } of formers) {
    const there = times.get(conversion_id);
    if (there) there.push(occurred_at);
    else times.set(conversion_id, [occurred_at]);
  }
  return times;
}

async function writeProjection(
  database: Database,
  { visible, pairings, gone }: Projection,
  revision: bigint,
): Promise<Map<string, Conversion | null>> {
  const weak = new Set(pairings.map((p) => p.conversion_id));
  const rows = await database.transaction(async (client) => {
    const decided = await upsertDepositPairings(
      client,
      pairings.map((p) => ({ ...p, revision })),
    );
    const paired = pairings
      .filter((p) => p.paired_with !== null && decided.has(p.conversion_id))
      .map((p) => p.conversion_id);
    await deleteDepositPairings(client, gone, revision);
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
  const written = [...weak, ...[...rows].flatMap(([id, row]) => (row === null ? [] : [id]))];
  for (const id of await removeUntold(database, written, revision)) rows.set(id, null);
  return rows;
}

/** Removes what this recomputation wrote of conversions of which no source tells any more. @returns those conversions */
async function removeUntold(
  database: Database,
  written: readonly string[],
  revision: bigint,
): Promise<string[]> {
  const untold = await readUntold(database.pool, written);
  if (untold.length === 0) return [];
  await database.transaction(async (client) => {
    await deleteDepositPairings(client, untold, revision + 1n);
    await deleteConversions(client, untold, revision + 1n);
  });
  return untold;
}

/** Conversions of which more than one source tells: a new fact of theirs is not their first. */
function toldBefore(facts: readonly ConversionFact[]): string[] {
  const seen = new Set<string>();
  return facts.map((f) => f.conversion_id).filter((id) => seen.has(id) || !seen.add(id));
}

const idsOf = (facts: readonly ConversionFact[]): string[] => facts.map((f) => f.conversion_id);

function without(conversionIds: readonly string[], facts: readonly ConversionFact[]): string[] {
  const there = new Set(facts.map((f) => f.conversion_id));
  return conversionIds.filter((id) => !there.has(id));
}
