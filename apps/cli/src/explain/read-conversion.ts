import { IdentityGraph, IdentityReader, Journeys, distinctIdentities, namedBy } from '#apps/attribution';
import type { Pool } from 'pg';
import {
  CONVERSION_COLUMNS,
  conversionOf,
  instantOf,
  instantText,
  readConversionIds,
  readFacts,
  readLookBacks,
  readRetractions,
  readReturns,
  readTouches,
  type ConversionFact,
  type Identity,
  type JourneyTouch,
  type Retraction,
  type ReturnFact,
} from '#libs/database';
import type { Conversion } from '#libs/events';
import type { FirstDeposit } from './first-deposit.js';
import type { Naming } from './person-story.js';
import { readTransactionsOf } from './read-transactions.js';
import type { TransactionStory } from './transaction-story.js';

/** All that is known of a conversion, as it is stored. */
export interface KnownConversion {
  conversion_id: string;
  brand: string;
  type: string;
  conversion_key: string;
  /** Its own facts and those of the weak deposits that are the same; empty where it was only taken back so far. */
  facts: ConversionFact[];
  /** Sources that no longer tell of it. */
  retractions: Retraction[];
  returns: ReturnFact[];
  /** The strong deposit that it is the same as, where it is a weak one. */
  paired_with: string | null;
  /** Weak deposits that are the same as it. */
  pairs: string[];
  /** Its visible row, or that of the strong deposit; null: it has none yet. */
  row: Conversion | null;
  transactions: TransactionStory[];
  first_deposit: FirstDeposit | null;
  graph: IdentityGraph;
  journeys: Journeys;
  /** Who told of a touch, by its id. */
  touch_sources: Map<string, string>;
  namings: Naming[];
}

/** Of so many of a person's conversions it is looked at who said that ids belong together. */
const MAX_NAMING_CONVERSIONS = 500;

/** @returns undefined where no source has told of it */
export async function readConversion(pool: Pool, id: string): Promise<KnownConversion | undefined> {
  const [ownFacts, ownReturns] = [await readFacts(pool, [id]), await readReturns(pool, [id])];
  const retractions = await readRetractions(pool, [id]);
  const [fact] = ownFacts;
  const known = fact ?? retractions[0] ?? ownReturns.map((r) => ({ ...r, type: r.conversion_type }))[0];
  if (!known) return undefined;
  const pairedWith = (await readPairings(pool, [id])).get(id) ?? null;
  const row = await readRow(pool, pairedWith ?? id);
  const reader = new IdentityReader(pool);
  const named = distinctIdentities([...ownFacts, ...(row ? [row] : [])].flatMap(namedBy));
  let related = await reader.relatedTo(named);
  const pairs = fact?.type === 'deposit' ? await weakPairsOf(pool, id, related) : [];
  const parts = [id, ...pairs];
  const facts = pairs.length === 0 ? ownFacts : await readFacts(pool, parts);
  if (pairs.length > 0) related = await reader.relatedTo([...named, ...facts.flatMap(namedBy)]);
  const touches = await readTouches(pool, related);
  const touchSources = await readTouchSources(pool, touches);
  return {
    conversion_id: id,
    brand: known.brand,
    type: known.type,
    conversion_key: known.conversion_key,
    facts,
    retractions,
    returns: pairs.length === 0 ? ownReturns : await readReturns(pool, parts),
    paired_with: pairedWith,
    pairs,
    row,
    transactions: await readTransactionsOf(pool, parts),
    first_deposit: row?.type === 'deposit' ? await readFirstDeposit(pool, row) : null,
    graph: reader.graph,
    journeys: new Journeys(reader.graph, touches, await readLookBacks(pool)),
    touch_sources: touchSources,
    namings: await readNamings(pool, related, touches, touchSources),
  };
}

async function readRow(pool: Pool, id: string): Promise<Conversion | null> {
  const found = await pool.query<Record<string, unknown>>(
    `SELECT ${CONVERSION_COLUMNS} FROM tributary.conversions c WHERE c.conversion_id = $1`,
    [id],
  );
  return found.rows[0] ? conversionOf(found.rows[0]) : null;
}

/** Weak deposit → strong one; those that stand alone are not in it. */
async function readPairings(pool: Pool, ids: readonly string[]): Promise<Map<string, string>> {
  const found = await pool.query<{ conversion_id: string; paired_with: string }>(
    `SELECT conversion_id, paired_with FROM tributary.deposit_pairings
      WHERE conversion_id = ANY($1) AND paired_with IS NOT NULL ORDER BY conversion_id`,
    [ids],
  );
  return new Map(found.rows.map((r) => [r.conversion_id, r.paired_with]));
}

async function weakPairsOf(pool: Pool, strong: string, related: readonly Identity[]): Promise<string[]> {
  const deposits = await readConversionIds(pool, related, 'deposit');
  return [...(await readPairings(pool, deposits))].filter(([, s]) => s === strong).map(([weak]) => weak);
}

/** The earliest approved deposit of a row's player. */
async function readFirstDeposit(pool: Pool, { brand, player_id }: Conversion): Promise<FirstDeposit | null> {
  if (player_id === null) return null;
  const related = await new IdentityReader(pool).relatedTo([{ brand, kind: 'player', id: player_id }]);
  const found = await pool.query<FirstDeposit & { occurred_at: string; of: string }>(
    `SELECT c.conversion_id, c.conversion_key, ${instantText('c.occurred_at')}, count(*) OVER () AS of
      FROM tributary.conversions c
      WHERE c.conversion_id = ANY($1) AND c.type = 'deposit' AND c.status = 'approved'
        AND c.brand = $2 AND c.player_id = $3
      ORDER BY c.occurred_at, c.conversion_id LIMIT 1`,
    [await readConversionIds(pool, related, 'deposit'), brand, player_id],
  );
  const [first] = found.rows;
  return first ? { ...first, occurred_at: instantOf(first.occurred_at), of: Number(first.of) } : null;
}

/** Who told of the touches, by their ids. */
export async function readTouchSources(
  pool: Pool,
  touches: readonly JourneyTouch[],
): Promise<Map<string, string>> {
  const found = await pool.query<{ touch_id: string; source: string }>(
    `SELECT t.touch_id, t.source FROM unnest($1::text[], $2::text[]) AS w (brand, id)
      JOIN tributary.touchpoints t ON t.touch_id = w.id AND t.brand = w.brand`,
    [touches.map((t) => t.brand), touches.map((t) => t.touch_id)],
  );
  return new Map(found.rows.map((r) => [r.touch_id, r.source]));
}

/** The words of a person that name several ids at once: its touches, and the facts of its conversions. */
export async function readNamings(
  pool: Pool,
  related: readonly Identity[],
  touches: readonly JourneyTouch[],
  touchSources: ReadonlyMap<string, string>,
): Promise<Naming[]> {
  const ids = (await readConversionIds(pool, related)).slice(0, MAX_NAMING_CONVERSIONS);
  const facts = await readFacts(pool, ids);
  return [...facts, ...touches.map((t) => ({ ...t, source: touchSources.get(t.touch_id) ?? '' }))].filter(
    (n) => n.source !== '',
  );
}
