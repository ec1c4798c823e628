import { Client } from 'pg';
import { arrayLiteral } from '#libs/database';
import { withClient } from './installation.js';

const ROWS_AT_ONCE = 1_000;
const CONNECTIONS = 2;

/** How fast PostgreSQL takes rows of this width at its best. */
export interface UpsertLimit {
  rows: number;
  seconds: number;
}

/**
 * The limit of every sink: the rows of tables once more, table by table, by bare upserts of a thousand rows
 * (`INSERT … SELECT FROM unnest … ON CONFLICT DO UPDATE`) through two connections, each statement its own
 * transaction, into empty tables of the same columns with a primary key and nothing else. Reading the rows before is
 * not measured.
 * @param tables names in the schema `tributary`
 * @param maxRows of each table
 */
export async function measureUpsertLimit(
  url: string,
  tables: readonly string[],
  maxRows: number,
): Promise<UpsertLimit> {
  const limit: UpsertLimit = { rows: 0, seconds: 0 };
  for (const table of tables) {
    const { rows, seconds } = await upsertAgain(url, table, maxRows);
    limit.rows += rows;
    limit.seconds += seconds;
  }
  return limit;
}

async function upsertAgain(url: string, table: string, maxRows: number): Promise<UpsertLimit> {
  const { columns, rows } = await withClient(url, (client) => readRows(client, table, maxRows));
  const key = columns.filter((c) => c.in_key).map((c) => c.name);
  await withClient(url, async (client) => {
    await client.query(`DROP TABLE IF EXISTS bench_upserts`);
    await client.query(`CREATE TABLE bench_upserts (LIKE tributary.${table})`);
    await client.query(`ALTER TABLE bench_upserts ADD PRIMARY KEY (${key.join(', ')})`);
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
  /** Whether it is part of the primary key. */
  in_key: boolean;
}

async function readRows(
  client: Client,
  table: string,
  maxRows: number,
): Promise<{ columns: ColumnOf[]; rows: (string | null)[][] }> {
  const columns = (
    await client.query<ColumnOf>(
      `SELECT attname AS name, format_type(atttypid, NULL) AS type, COALESCE(attnum = ANY (indkey), false) AS in_key
       FROM pg_attribute LEFT JOIN pg_index ON indrelid = attrelid AND indisprimary
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
      [`tributary.${table}`],
    )
  ).rows;
  const selected = columns.map((c) => `"${c.name}"::text`).join(', ');
  // The rows that were written last are those of the backlog; then as they lie there.
  const found = await client.query<(string | null)[]>({
    text: `SELECT ${selected} FROM tributary.${table} ORDER BY ctid DESC LIMIT $1`,
    values: [maxRows],
    rowMode: 'array',
  });
  return { columns, rows: found.rows };
}

/** An array of arrays cannot be unnested row by row, so `text[]` comes as text. */
function upsertOf(columns: readonly ColumnOf[]): string {
  const names = columns.map((c) => c.name);
  const key = columns.filter((c) => c.in_key).map((c) => c.name);
  const isArray = (c: ColumnOf): boolean => c.type.endsWith('[]');
  const arrays = columns.map((c, i) => `$${i + 1}::${isArray(c) ? 'text' : c.type}[]`);
  const selected = columns.map((c) => (isArray(c) ? `${c.name}::${c.type}` : c.name));
  const sets = names.filter((n) => !key.includes(n)).map((n) => `${n} = excluded.${n}`);
  return `INSERT INTO bench_upserts (${names.join(', ')})
    SELECT ${selected.join(', ')} FROM unnest(${arrays.join(', ')}) AS u (${names.join(', ')})
    ON CONFLICT (${key.join(', ')}) ${sets.length === 0 ? 'DO NOTHING' : `DO UPDATE SET ${sets.join(', ')}`}`;
}
