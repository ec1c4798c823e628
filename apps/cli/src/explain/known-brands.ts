import type { Pool } from 'pg';

/** Where brands are to be found by an index: table and the condition of a partial one. */
const PLACES = [
  { table: 'clicks', condition: 'true' },
  { table: 'identity_links', condition: 'true' },
  { table: 'conversion_facts', condition: 'player_id IS NOT NULL' },
  { table: 'conversion_facts', condition: 'player_id IS NULL AND click_id IS NOT NULL' },
];

/** Every brand that facts tell of. Jumps from one to the next in an index, so that it takes no longer with more
 * rows (a loose index scan, https://wiki.postgresql.org/wiki/Loose_indexscan). */
export async function knownBrands(pool: Pool): Promise<string[]> {
  const found = await Promise.all(
    PLACES.map(({ table, condition }) => {
      const next = (bound: string): string =>
        `SELECT brand FROM tributary.${table} WHERE ${condition} ${bound} ORDER BY brand LIMIT 1`;
      return pool.query<{ brand: string }>(
        `WITH RECURSIVE b AS ((${next('')}) UNION ALL
          SELECT (${next('AND brand > b.brand')}) FROM b WHERE b.brand IS NOT NULL)
        SELECT brand FROM b WHERE brand IS NOT NULL`,
      );
    }),
  );
  return [...new Set(found.flatMap(({ rows }) => rows.map((r) => r.brand)))].sort();
}
