/**
 * Reads of what a recomputation needs. Each looks rows up key by key: `LATERAL (… OFFSET 0)` leaves PostgreSQL
 * no other way. A plain join, planned once while the tables are nearly empty, reads whole indexes for every
 * batch, and its plan is kept until somebody analyzes the table.
 */
import type { Pool } from 'pg';
import type { Instant } from '#libs/events';
import { CONVERSION_FACT_COLUMNS, conversionFactOf, type ConversionFact } from '../facts/conversion-facts.js';
import type { IdentityLinkFact } from '../facts/identity-links.js';
import { instantOf, instantText } from '../instants.js';

/** A player or a click of a brand. */
export interface BrandedId {
  brand: string;
  id: string;
}

/** A touchpoint as far as projections need it. */
export interface JourneyTouch {
  brand: string;
  touch_id: string;
  click_id: string | null;
  player_id: string | null;
  occurred_at: Instant;
  utm_source: string | null;
  utm_medium: string | null;
  utm_campaign: string | null;
  sub_ids: Record<string, string>;
  first_received_at: Instant;
}

const unzip = (ids: readonly BrandedId[]): [string[], string[]] => [
  ids.map((i) => i.brand),
  ids.map((i) => i.id),
];

/** All facts of the conversions. */
export async function readFacts(pool: Pool, conversionIds: readonly string[]): Promise<ConversionFact[]> {
  if (conversionIds.length === 0) return [];
  const found = await pool.query<Record<string, unknown>>({
    name: 'read facts',
    text: `SELECT f.* FROM unnest($1::text[]) AS w (id), LATERAL
      (SELECT ${CONVERSION_FACT_COLUMNS} FROM tributary.conversion_facts f WHERE f.conversion_id = w.id OFFSET 0) AS f`,
    values: [conversionIds],
  });
  return found.rows.map(conversionFactOf);
}

/**
 * Ids of the conversions of the players, and of those that name only one of the clicks.
 * @param type only conversions of this type
 */
export async function readConversionIds(
  pool: Pool,
  players: readonly BrandedId[],
  clicks: readonly BrandedId[],
  type?: 'deposit',
): Promise<string[]> {
  if (players.length === 0 && clicks.length === 0) return [];
  const found = await pool.query<{ conversion_id: string }>({
    name: 'read conversion ids',
    text: `SELECT f.conversion_id FROM unnest($1::text[], $2::text[]) AS p (brand, id), LATERAL
        (SELECT f.conversion_id FROM tributary.conversion_facts f WHERE f.brand = p.brand AND f.player_id = p.id
          AND ($5::text IS NULL OR f.type = $5) OFFSET 0) AS f
      UNION
      SELECT f.conversion_id FROM unnest($3::text[], $4::text[]) AS c (brand, id), LATERAL
        (SELECT f.conversion_id FROM tributary.conversion_facts f WHERE f.brand = c.brand AND f.click_id = c.id
          AND f.player_id IS NULL AND ($5::text IS NULL OR f.type = $5) OFFSET 0) AS f`,
    values: [...unzip(players), ...unzip(clicks), type ?? null],
  });
  return found.rows.map((r) => r.conversion_id);
}

/** The links of the players and of the clicks, and all links of the players that those clicks lead to. */
export async function readLinks(
  pool: Pool,
  players: readonly BrandedId[],
  clicks: readonly BrandedId[],
): Promise<IdentityLinkFact[]> {
  if (players.length === 0 && clicks.length === 0) return [];
  const found = await pool.query<IdentityLinkFact>({
    name: 'read links',
    text: `WITH players AS (
        SELECT p.brand, p.id FROM unnest($1::text[], $2::text[]) AS p (brand, id)
        UNION
        SELECT l.brand, l.player_id FROM unnest($3::text[], $4::text[]) AS c (brand, id), LATERAL
          (SELECT l.brand, l.player_id FROM tributary.identity_links l
            WHERE l.brand = c.brand AND l.click_id = c.id OFFSET 0) AS l)
      SELECT l.* FROM players p, LATERAL
        (SELECT l.brand, l.click_id, l.player_id, ${instantText('l.occurred_at')},
          (l.registered_at AT TIME ZONE 'UTC')::text AS registered_at, ${instantText('l.first_received_at')}
        FROM tributary.identity_links l WHERE l.brand = p.brand AND l.player_id = p.id OFFSET 0) AS l`,
    values: [...unzip(players), ...unzip(clicks)],
  });
  return found.rows.map((row) => ({
    ...row,
    occurred_at: instantOf(row.occurred_at),
    registered_at: row.registered_at === null ? null : instantOf(row.registered_at),
    first_received_at: instantOf(row.first_received_at),
  }));
}

/** The touches of the clicks and of the players. */
export async function readTouches(
  pool: Pool,
  players: readonly BrandedId[],
  clicks: readonly BrandedId[],
): Promise<JourneyTouch[]> {
  if (players.length === 0 && clicks.length === 0) return [];
  const columns = `t.brand, t.touch_id, t.click_id, t.player_id, ${instantText('t.occurred_at')}, t.utm_source,
    t.utm_medium, t.utm_campaign, t.sub_ids, ${instantText('t.first_received_at')}`;
  const found = await pool.query<JourneyTouch>({
    name: 'read touches',
    text: `SELECT t.* FROM unnest($1::text[], $2::text[]) AS c (brand, id), LATERAL
        (SELECT ${columns} FROM tributary.touchpoints t WHERE t.brand = c.brand AND t.click_id = c.id OFFSET 0) AS t
      UNION ALL
      SELECT t.* FROM unnest($3::text[], $4::text[]) AS p (brand, id), LATERAL
        (SELECT ${columns} FROM tributary.touchpoints t WHERE t.brand = p.brand AND t.player_id = p.id OFFSET 0) AS t`,
    values: [...unzip(clicks), ...unzip(players)],
  });
  return found.rows.map((row) => ({
    ...row,
    occurred_at: instantOf(row.occurred_at),
    first_received_at: instantOf(row.first_received_at),
  }));
}

/** The next conversion ids behind one, in order; the empty string is before all. */
export async function readConversionIdsAfter(pool: Pool, after: string, limit: number): Promise<string[]> {
  const found = await pool.query<{ conversion_id: string }>({
    name: 'read conversion ids after',
    text: `SELECT DISTINCT conversion_id FROM tributary.conversion_facts WHERE conversion_id > $1
      ORDER BY conversion_id LIMIT $2`,
    values: [after, limit],
  });
  return found.rows.map((r) => r.conversion_id);
}
