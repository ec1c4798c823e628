import { Client } from 'pg';
import { arrayLiteral } from '#libs/database';
import { withClient } from '../parts/installation.js';

const ROWS_AT_ONCE = 1_000;
const CONNECTIONS = 2;

/** How fast PostgreSQL takes rows of this width at its best. */
export interface UpsertLimit {
  rows: number;
  seconds: number;
}

/**
 * The limit of every sink: the rows of table `conversions` once more, by bare upserts of a thousand rows
 * (`INSERT … SELECT FROM unnest … ON CONFLICT DO UPDATE`) through two connections, each statement its own
 * transaction, into an empty table of the same columns with a primary key and nothing else. Reading the rows
 * before is not measured.
 */
export async function measureUpsertLimit(url: string, maxRows: number): Promise<UpsertLimit> {
  const { columns, rows } = await withClient(url, (client) => readRows(client, maxRows));
  await withClient(url, async (client) => {
    await client.query(`DROP TABLE IF EXISTS bench_upserts`);
    await client.query(`CREATE TABLE bench_upserts (LIKE tributary.conversions)`);
    await client.query(`ALTER TABLE bench_upserts ADD PRIMARY KEY (conversion_id)`);
    await client.query('CHECKPOINT');
  });
  const text = upsertOf(columns);
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, () =>
      withClient(url, async (client) => {
        while (next < rows.length) {
          const batch = rows.slice(next, (next += ROWS_AT_ONCE));
          const values = columns.map((_, i) => arrayLiteral(batch, (row) => row[i]!));
          await client.query({ name: 'bench upsert', text, values });
        }
      }),
    ),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  await withClient(url, (client) => client.query('DROP TABLE bench_upserts'));
  return { rows: rows.length, seconds };
}

interface ColumnOf {
  name: string;
  type: string;
}

async function readRows(
  client: Client,
  maxRows: number,
): Promise<{ columns: ColumnOf[]; rows: (string | null)[][] }> {
  const columns = (
    await client.query<ColumnOf>(
      `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
       WHERE attrelid = 'tributary.conversions'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    )
  ).rows;
  const selected = columns.map((c) => `"${c.name}"::text`).join(', ');
  const found = await client.query<(string | null)[]>({
    text: `SELECT ${selected} FROM tributary.conversions ORDER BY revision, conversion_id LIMIT $1`,
    values: [maxRows],
    rowMode: 'array',
  });
  return { columns, rows: found.rows };
}

/** An array of arrays cannot be unnested row by row, so `text[]` comes as text. */
function upsertOf(columns: readonly ColumnOf[]): string {
  const names = columns.map((c) => c.name);
  const isArray = (c: ColumnOf): boolean => c.type.endsWith('[]');
  const arrays = columns.map((c, i) => `$${i + 1}::${isArray(c) ? 'text' : c.type}[]`);
  const selected = columns.map((c) => (isArray(c) ? `${c.name}::${c.type}` : c.name));
  const sets = names.filter((n) => n !== 'conversion_id').map((n) => `${n} = excluded.${n}`);
  return `INSERT INTO bench_upserts (${names.join(', ')})
    SELECT ${selected.join(', ')} FROM unnest(${arrays.join(', ')}) AS u (${names.join(', ')})
    ON CONFLICT (conversion_id) DO UPDATE SET ${sets.join(', ')}`;
}
