import type { Pool } from 'pg';

/** Counts of a table's rows, by name. */
export interface Counts {
  counts: Record<string, number>;
  /** Whether the counts are scaled up from a sample, as the table is large. */
  estimated: boolean;
}

/** Up to this size a table is counted whole: some hundred milliseconds at most. */
const WHOLE_BYTES = 256 * 1024 * 1024;
const SAMPLE_BYTES = 64 * 1024 * 1024;

/**
 * Counts rows of a table, exactly where it is small, from a sample of its pages otherwise.
 * @param table a table of schema `tributary`; text of the program, never of a user
 * @param expressions name → SQL aggregate, as `count(*) FILTER (WHERE conflict)`
 */
export async function countRows(
  pool: Pool,
  table: string,
  expressions: Record<string, string>,
): Promise<Counts> {
  const sized = await pool.query<{ bytes: string }>('SELECT pg_relation_size($1::regclass) AS bytes', [
    `tributary.${table}`,
  ]);
  const bytes = Number(sized.rows[0]!.bytes);
  const estimated = bytes > WHOLE_BYTES;
  const share = estimated ? SAMPLE_BYTES / bytes : 1;
  const sample = estimated ? `TABLESAMPLE SYSTEM (${(share * 100).toFixed(6)})` : '';
  const selected = Object.entries(expressions).map(([name, sql]) => `${sql} AS "${name}"`);
  const found = await pool.query<Record<string, string>>(
    `SELECT ${selected.join(', ')} FROM tributary.${table} ${sample}`,
  );
  const scaled = Object.entries(found.rows[0]!).map(([name, n]) => [name, Math.round(Number(n) / share)]);
  return { counts: Object.fromEntries(scaled) as Record<string, number>, estimated };
}
