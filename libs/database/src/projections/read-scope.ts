/**
 * Reads of what a recomputation needs. Each looks rows up key by key: `LATERAL (… OFFSET 0)` leaves PostgreSQL
 * no other way. A plain join, planned once while the tables are nearly empty, reads whole indexes for every
 * batch, and its plan is kept until somebody analyzes the table.
 */
import type { Pool } from 'pg';
import type { Instant } from '#libs/events';
import {
  CONVERSION_FACT_COLUMNS,
  CONVERSION_FACT_NAMES,
  conversionFactOf,
  type ConversionFact,
} from '../facts/conversion-facts.js';
import { DEPOSIT_FACT_COLUMNS } from '../facts/deposit-transactions.js';
import {
  IDENTITY_KINDS,
  type Identity,
  type IdentityKind,
  type IdentityLinkFact,
} from '../facts/identity-links.js';
import { instantOf, instantText } from '../instants.js';

/** A touchpoint as far as projections need it. */
export interface JourneyTouch {
  brand: string;
  touch_id: string;
  click_id: string | null;
  client_id: string | null;
  user_id: string | null;
  player_id: string | null;
  occurred_at: Instant;
  utm_source: string | null;
  utm_medium: string | null;
  utm_campaign: string | null;
  sub_ids: Record<string, string>;
  first_received_at: Instant;
}

/** Brands and ids of one kind, as two arrays. */
function unzip(identities: readonly Identity[], kind: IdentityKind): [string[], string[]] {
  const some = identities.filter((i) => i.kind === kind);
  return [some.map((i) => i.brand), some.map((i) => i.id)];
}

/** The identities as arrays of brands and ids, kind by kind. */
function unzipAll(identities: readonly Identity[]): string[][] {
  return IDENTITY_KINDS.flatMap((kind) => unzip(identities, kind));
}

/** `unzipAll`'s arrays as the rows `w (brand, id)` of one kind. */
function wanted(kind: IdentityKind): string {
  const at = 2 * IDENTITY_KINDS.indexOf(kind);
  return `unnest($${at + 1}::text[], $${at + 2}::text[]) AS w (brand, id)`;
}

const DEPOSIT_FACT = CONVERSION_FACT_NAMES.map((name) => `${DEPOSIT_FACT_COLUMNS[name]} AS ${name}`).join(
  ', ',
);

const FACTS = `
  SELECT f.* FROM unnest($1::text[]) AS w (id), LATERAL
    (SELECT ${CONVERSION_FACT_COLUMNS} FROM tributary.conversion_facts f WHERE f.conversion_id = w.id OFFSET 0) AS f
  UNION ALL
  SELECT x.* FROM unnest($1::text[]) AS w (id), LATERAL
    (SELECT ${DEPOSIT_FACT} FROM tributary.transactions x WHERE x.conversion_id = w.id OFFSET 0) AS x`;

/** All facts of the conversions, those among them that are transactions of a product API included. */
export async function readFacts(pool: Pool, conversionIds: readonly string[]): Promise<ConversionFact[]> {
  if (conversionIds.length === 0) return [];
  const found = await pool.query<Record<string, unknown>>({
    name: 'read facts',
    text: FACTS,
    values: [conversionIds],
  });
  return found.rows.map(conversionFactOf);
}

/** Facts by whose they are: a player's all, anybody else's only where they name no player. */
const factsOf = (kind: IdentityKind): string => `
  SELECT f.conversion_id FROM ${wanted(kind)}, LATERAL
    (SELECT f.conversion_id FROM tributary.conversion_facts f
      WHERE f.brand = w.brand AND f.${kind}_id = w.id ${kind === 'player' ? '' : 'AND f.player_id IS NULL'}
        AND ($9::text IS NULL OR f.type = $9) OFFSET 0) AS f`;

/** A player's deposits among the transactions of a product API. */
const DEPOSITS = `
  SELECT x.conversion_id FROM ${wanted('player')}, LATERAL
    (SELECT x.conversion_id FROM tributary.transactions x
      WHERE x.brand = w.brand AND x.player_id = w.id AND x.conversion_id IS NOT NULL
        AND ($9::text IS NULL OR $9 = 'deposit') OFFSET 0) AS x`;

const CONVERSION_IDS = [...IDENTITY_KINDS.map(factsOf), DEPOSITS].join(' UNION ');

/**
 * Ids of the conversions of the players, and of those that name no player but one of the other identities.
 * @param type only conversions of this type
 */
export async function readConversionIds(
  pool: Pool,
  identities: readonly Identity[],
  type?: 'deposit',
): Promise<string[]> {
  if (identities.length === 0) return [];
  const found = await pool.query<{ conversion_id: string }>({
    name: 'read conversion ids',
    text: CONVERSION_IDS,
    values: [...unzipAll(identities), type ?? null],
  });
  return found.rows.map((r) => r.conversion_id);
}

const linksAt = (end: 'left' | 'right'): string => `
  SELECT l.* FROM unnest($1::text[], $2::text[], $3::text[]) AS w (brand, kind, id), LATERAL
    (SELECT l.brand, l.left_kind, l.left_id, l.right_kind, l.right_id, ${instantText('l.occurred_at')},
      (l.registered_at AT TIME ZONE 'UTC')::text AS registered_at, ${instantText('l.first_received_at')}
    FROM tributary.identity_links l
    WHERE l.brand = w.brand AND l.${end}_kind = w.kind AND l.${end}_id = w.id OFFSET 0) AS l`;

/** The links that have one of the identities at either end; one that has two of them comes twice. */
export async function readLinks(pool: Pool, identities: readonly Identity[]): Promise<IdentityLinkFact[]> {
  if (identities.length === 0) return [];
  const found = await pool.query<IdentityLinkFact>({
    name: 'read links',
    text: `${linksAt('left')} UNION ALL ${linksAt('right')}`,
    values: [identities.map((i) => i.brand), identities.map((i) => i.kind), identities.map((i) => i.id)],
  });
  return found.rows.map((row) => ({
    ...row,
    occurred_at: instantOf(row.occurred_at),
    registered_at: row.registered_at === null ? null : instantOf(row.registered_at),
    first_received_at: instantOf(row.first_received_at),
  }));
}

const TOUCH_COLUMNS = `t.brand, t.touch_id, t.click_id, t.client_id, t.user_id, t.player_id,
  ${instantText('t.occurred_at')}, t.utm_source, t.utm_medium, t.utm_campaign, t.sub_ids,
  ${instantText('t.first_received_at')}`;

const touchesOf = (kind: IdentityKind): string => `
  SELECT t.* FROM ${wanted(kind)}, LATERAL
    (SELECT ${TOUCH_COLUMNS} FROM tributary.touchpoints t
      WHERE t.brand = w.brand AND t.${kind}_id = w.id OFFSET 0) AS t`;

const TOUCHES = IDENTITY_KINDS.map(touchesOf).join(' UNION ALL ');

/** The touches of the identities; one of two of them comes twice. */
export async function readTouches(pool: Pool, identities: readonly Identity[]): Promise<JourneyTouch[]> {
  if (identities.length === 0) return [];
  const found = await pool.query<JourneyTouch>({
    name: 'read touches',
    text: TOUCHES,
    values: unzipAll(identities),
  });
  return found.rows.map((row) => ({
    ...row,
    occurred_at: instantOf(row.occurred_at),
    first_received_at: instantOf(row.first_received_at),
  }));
}

/** Ids of every conversion that has a fact. */
const ALL_IDS = `(SELECT conversion_id FROM tributary.conversion_facts
  UNION ALL SELECT conversion_id FROM tributary.transactions WHERE conversion_id IS NOT NULL) AS told`;

/** The next conversion ids behind one, in order; the empty string is before all. */
export async function readConversionIdsAfter(pool: Pool, after: string, limit: number): Promise<string[]> {
  const found = await pool.query<{ conversion_id: string }>({
    name: 'read conversion ids after',
    text: `(SELECT DISTINCT conversion_id FROM tributary.conversion_facts WHERE conversion_id > $1
        ORDER BY conversion_id LIMIT $2)
      UNION (SELECT conversion_id FROM tributary.transactions WHERE conversion_id > $1
        ORDER BY conversion_id LIMIT $2)
      ORDER BY conversion_id LIMIT $2`,
    values: [after, limit],
  });
  return found.rows.map((r) => r.conversion_id);
}

/** How many conversions have facts. */
export async function countConversions(pool: Pool): Promise<number> {
  const counted = await pool.query<{ n: string }>(
    `SELECT count(DISTINCT conversion_id) AS n FROM ${ALL_IDS}`,
  );
  return Number(counted.rows[0]!.n);
}

/** Those of the conversion ids that have a fact. */
export async function withFacts(pool: Pool, conversionIds: readonly string[]): Promise<Set<string>> {
  const found = await pool.query<{ conversion_id: string }>(
    `SELECT conversion_id FROM tributary.conversion_facts WHERE conversion_id = ANY($1)
      UNION SELECT conversion_id FROM tributary.transactions WHERE conversion_id = ANY($1)`,
    [conversionIds],
  );
  return new Set(found.rows.map((r) => r.conversion_id));
}
