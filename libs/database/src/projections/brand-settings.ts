import type { Pool } from 'pg';
import type { Database } from '../database.js';

/** How far before a conversion a touch may lie, days of 24 hours, by brand; a brand that is not there has the
 * default. */
export async function readLookBacks(pool: Pool): Promise<Map<string, number>> {
  const found = await pool.query<{ brand: string; look_back_days: number }>({
    name: 'read look-backs',
    text: 'SELECT brand, look_back_days FROM tributary.brand_settings',
  });
  return new Map(found.rows.map((r) => [r.brand, r.look_back_days]));
}

/**
 * From now on these look-backs hold, and brands that are not among them have the default. Rows that stand keep what
 * they say until they are made again.
 * @param lookBacks days by brand
 */
export async function replaceLookBacks(
  database: Database,
  lookBacks: ReadonlyMap<string, number>,
): Promise<void> {
  const sorted = [...lookBacks].sort(([a], [b]) => (a < b ? -1 : 1)); // two processes that start at once take turns
  const brands = sorted.map(([brand]) => brand);
  await database.transaction(async (client) => {
    await client.query(
      `INSERT INTO tributary.brand_settings AS s (brand, look_back_days)
        SELECT * FROM unnest($1::text[], $2::integer[])
        ON CONFLICT (brand) DO UPDATE SET look_back_days = excluded.look_back_days
        WHERE s.look_back_days <> excluded.look_back_days`,
      [brands, sorted.map(([, days]) => days)],
    );
    await client.query('DELETE FROM tributary.brand_settings WHERE brand <> ALL ($1::text[])', [brands]);
  });
}
