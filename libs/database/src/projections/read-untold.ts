import type { Pool } from 'pg';
import { IS_TOLD } from '../facts/conversion-facts.js';

/**
 * Those of the conversion ids of which no source tells. A source may take its word back, and a transaction may cease to
 * be a deposit, after a recomputation has read them and before it writes the row; whoever made it so may have looked for
 * the row before it was there. Ask when the rows are committed: then one of the two finds it.
 */
export async function readUntold(pool: Pool, conversionIds: readonly string[]): Promise<string[]> {
  if (conversionIds.length === 0) return [];
  const found = await pool.query<{ id: string }>({
    name: 'read untold',
    text: `SELECT w.id FROM unnest($1::text[]) AS w (id)
      WHERE NOT EXISTS (SELECT FROM tributary.conversion_facts f WHERE f.conversion_id = w.id AND ${IS_TOLD} OFFSET 0)
        AND NOT EXISTS (SELECT FROM tributary.transactions x
          WHERE x.conversion_id = w.id AND x.conversion_id > '' OFFSET 0)`,
    values: [conversionIds],
  });
  return found.rows.map((r) => r.id);
}
