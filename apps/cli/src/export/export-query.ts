import type { DataSource } from 'typeorm';
import type { Instant } from '#libs/events';
import type { ExportedTable } from './tables.js';

/** Half open: from `from` on, before `to`. */
export interface Period {
  from?: Instant;
  to?: Instant;
}

/** The statement that reads an export, and the columns of its rows in order. */
export interface ExportQuery {
  text: string;
  values: unknown[];
  columns: string[];
}

/** A column by name and PostgreSQL type. */
interface ExportedColumn {
  name: string;
  type: string;
  isPrimary: boolean;
}

/**
 * The rows of a table sorted by the bytes of their primary key, every value in its canonical text: instants in
 * UTC with six digits, amounts without trailing zeros, whole numbers beyond 2^53 as text, bytes as UTF-8.
 * @param only columns of text, and which of their values are wanted
 */
export function exportQuery(
  source: DataSource,
  name: string,
  table: ExportedTable,
  period: Period,
  only: Readonly<Record<string, readonly string[]>> = {},
): ExportQuery {
  const { columns, tablePath } = source.getMetadata(name);
  const exported: ExportedColumn[] = columns
    .filter((c) => !table.without.includes(c.databaseName))
    .map((c) => ({ name: c.databaseName, type: String(c.type), isPrimary: c.isPrimary }));
  const key = exported
    .filter((c) => c.isPrimary)
    .map((c) => (c.type === 'text' ? `${c.name} COLLATE "C"` : c.name));
  const { where, values } = conditionOf(table, period, only);
  return {
    text: `SELECT ${exported.map(selected).join(', ')} FROM ${tablePath} ${where} ORDER BY ${key.join(', ')}`,
    values,
    columns: exported.map((c) => c.name),
  };
}

function selected({ name, type }: ExportedColumn): string {
  switch (type) {
    case 'timestamptz':
      return `to_char(${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
    case 'numeric':
      return `trim_scale(${name})::text`;
    case 'date':
      return `to_char(${name}, 'YYYY-MM-DD')`;
    default:
      return name;
  }
}

function conditionOf(
  { instant }: ExportedTable,
  { from, to }: Period,
  only: Readonly<Record<string, readonly string[]>>,
): { where: string; values: unknown[] } {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const add = (operator: string, bound: Instant | undefined): void => {
    if (bound === undefined || instant === undefined) return;
    values.push(bound);
    conditions.push(`${instant} ${operator} $${values.length}::timestamptz`);
  };
  add('>=', from);
  add('<', to);
  for (const [column, wanted] of Object.entries(only)) {
    values.push(wanted);
    conditions.push(`${column} = ANY ($${values.length}::text[])`);
  }
  return { where: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, values };
}
