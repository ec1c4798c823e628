import type { Pool } from 'pg';
import { previousColumns } from '#libs/database';
import { forEachKind, type EntityKind, type EntitySpec } from '#libs/events';

interface Dumped {
  key: string;
  without: readonly string[];
}

/** What a slot held before. */
const PREVIOUS = ['player_id', 'click_id', 'client_id', 'user_id', 'occurred_at'].map((c) => `previous_${c}`);

/** Every table that the facts determine, without what depends on the run: numbers of recomputations and where
 * records stood in the log. Keys sort by bytes. */
const TABLES: Record<string, Dumped> = {
  clicks: { key: 'brand, click_id', without: [] },
  touchpoints: {
    key: 'brand, touch_id',
    without: PREVIOUS,
  },
  identity_links: { key: 'brand, left_kind, left_id, right_kind, right_id', without: [] },
  conversion_facts: {
    key: 'conversion_id, source',
    without: PREVIOUS,
  },
  reversals: { key: 'conversion_id, kind, return_id, source', without: [] },
  conversions: { key: 'conversion_id', without: ['revision'] },
  deposit_pairings: { key: 'conversion_id', without: ['revision'] },
  receipts: { key: 'receipt_id', without: ['raw_position'] },
  ...Object.fromEntries(Object.values(forEachKind(entityTable))),
};

function entityTable(kind: EntityKind, { table, key }: EntitySpec): [string, Dumped] {
  return [table, { key: `${key}, brand`, without: previousColumns(kind) }];
}

/** The state of the tables as text, one row a line. */
export async function canonicalDump(pool: Pool): Promise<string> {
  const lines: string[] = [];
  for (const [table, { key, without }] of Object.entries(TABLES)) {
    const drop = without.map((c) => ` - '${c}'`).join('');
    const rows = await pool.query<{ row: string }>(
      `SELECT (to_jsonb(t)${drop})::text AS row FROM tributary.${table} t ORDER BY ${key}`,
    );
    lines.push(...rows.rows.map((r) => `${table} ${r.row}`));
  }
  return lines.join('\n');
}

/** Empties the tables and begins the numbers anew. */
export async function emptyTables(pool: Pool): Promise<void> {
  await pool.query(
    `TRUNCATE ${Object.keys(TABLES)
      .map((t) => `tributary.${t}`)
      .join(
        ', ',
      )}, tributary.unsettled_batches, tributary.former_holders, tributary.former_touches, tributary.dead_letters, tributary.brand_settings`,
  );
}
