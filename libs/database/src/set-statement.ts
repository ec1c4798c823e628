/**
 * Set-based writes: one prepared statement for a whole batch, its rows given as one array a column
 * (`INSERT … SELECT … FROM unnest(…)`). An order of magnitude cheaper than a statement a row.
 */

/** PostgreSQL type of a column's array, and what the inserted value is cast to where that differs. */
export interface Column {
  type:
    | 'text'
    | 'uuid'
    | 'bigint'
    | 'smallint'
    | 'integer'
    | 'boolean'
    | 'numeric'
    | 'timestamptz'
    | 'date'
    | 'jsonb';
  cast?: string;
}

/** The text of a value as PostgreSQL reads it; `null` is NULL. */
export type Cell = string | number | boolean | bigint | null;

/** A statement ready for `pg`: prepared once a connection under its name. */
export interface Statement {
  name: string;
  text: string;
  values: string[];
}

/**
 * Builds inserts into one table.
 * @param columns the columns in order, and how a row gives each of them
 * @param tail what follows the SELECT: `ON CONFLICT …`, `RETURNING …`; the table's alias is `t`
 * @param answered which of the rows that RETURNING gives are answered, as a condition; without it all of them
 */
export function defineInsert<Row>(
  table: string,
  columns: { [name: string]: Column & { of: (row: Row) => Cell } },
  tail: string,
  answered?: string,
): (rows: readonly Row[]) => Statement {
  const entries = Object.entries(columns);
  const names = entries.map(([name]) => name);
  const selected = entries.map(([name, c]) => (c.cast ? `${name}::${c.cast}` : name));
  const arrays = entries.map(([, c], i) => `$${i + 1}::${c.type}[]`);
  const insert = `INSERT INTO tributary.${table} AS t (${names.join(', ')})
    SELECT ${selected.join(', ')} FROM unnest(${arrays.join(', ')}) AS u (${names.join(', ')})
    ${tail}`;
  const text =
    answered === undefined ? insert : `WITH written AS (${insert}) SELECT * FROM written WHERE ${answered}`;
  return (rows) => ({
    name: `insert ${table}`,
    text,
    values: entries.map(([, c]) => arrayLiteral(rows, c.of)),
  });
}

/**
 * The literal of a one-dimensional array (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO). Runs for every
 * cell that is written: a column is joined at once and looked through at once for what must be escaped, as text that
 * grows cell by cell, and a test of every cell, cost several times as much.
 */
export function arrayLiteral<Row>(rows: readonly Row[], of: (row: Row) => Cell): string {
  const cells: (string | null)[] = [];
  let nulls = 0;
  for (const row of rows) {
    const cell = of(row);
    if (cell === null) nulls++;
    cells.push(cell === null || typeof cell === 'string' ? cell : String(cell));
  }
  if (nulls === cells.length) return `{${cells.fill('NULL').join(',')}}`;
  const everything = cells.join('');
  const quoted = everything.includes('"') || everything.includes('\\') ? quotedAndEscaped : quotedAsItIs;
  if (nulls === 0 && quoted === quotedAsItIs) return `{"${cells.join('","')}"}`;
  return `{${cells.map((cell) => (cell === null ? 'NULL' : quoted(cell))).join(',')}}`;
}

function quotedAsItIs(cell: string): string {
  return `"${cell}"`;
}

function quotedAndEscaped(cell: string): string {
  return `"${cell.replace(/["\\]/g, '\\$&')}"`;
}
