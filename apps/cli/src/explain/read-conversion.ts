import { IdentityReader, namedBy } from '#apps/attribution';
import type { Pool } from 'pg';
import {
  CONVERSION_COLUMNS,
  conversionOf,
  readConversionIds,
  readFacts,
  readTouches,
  type ConversionFact,
  type Identity,
  type IdentityLinkFact,
  type JourneyTouch,
} from '#libs/database';
import { flattenConversion, type ConversionRow } from '#libs/events';

/** All that is known of a conversion. */
export interface ConversionStory {
  conversion_id: string;
  brand: string;
  type: string;
  conversion_key: string;
  /** What each source says, versions as decimal strings. */
  facts: (Omit<ConversionFact, 'version'> & { version: string })[];
  /** The strong deposit that it is the same as, where it is a weak one. */
  paired_with: string | null;
  /** Weak deposits that are the same as it. */
  pairs: string[];
  links: IdentityLinkFact[];
  touches: JourneyTouch[];
  /** The visible row: its own, or that of the strong deposit. */
  row: ConversionRow | null;
}

/** @returns undefined where no source has told of it */
export async function readConversion(pool: Pool, id: string): Promise<ConversionStory | undefined> {
  const facts = await readFacts(pool, [id]);
  const [fact] = facts;
  if (!fact) return undefined;
  const pairedWith = (await readPairings(pool, [id])).get(id) ?? null;
  const row = await readRow(pool, pairedWith ?? id);
  const reader = new IdentityReader(pool);
  const related = await reader.relatedTo([...facts, ...(row ? [row] : [])].flatMap(namedBy));
  return {
    conversion_id: id,
    brand: fact.brand,
    type: fact.type,
    conversion_key: fact.conversion_key,
    facts: facts.map((f) => ({ ...f, version: String(f.version) })),
    paired_with: pairedWith,
    pairs: fact.type === 'deposit' ? await weakPairsOf(pool, id, related) : [],
    links: reader.links,
    touches: await touchesOf(pool, related),
    row,
  };
}

async function readRow(pool: Pool, id: string): Promise<ConversionRow | null> {
  const found = await pool.query<Record<string, unknown>>(
    `SELECT ${CONVERSION_COLUMNS} FROM tributary.conversions c WHERE c.conversion_id = $1`,
    [id],
  );
  return found.rows[0] ? flattenConversion(conversionOf(found.rows[0])) : null;
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

/** Each touch once, the earliest first. */
async function touchesOf(pool: Pool, related: readonly Identity[]): Promise<JourneyTouch[]> {
  const found = await readTouches(pool, related);
  const each = new Map(found.map((t) => [t.touch_id, t]));
  return [...each.values()].sort((a, b) => (a.occurred_at < b.occurred_at ? -1 : 1));
}
