import { SELECTED_COLUMNS } from '#libs/ga4';
import { hashParts } from '#libs/events';

/** A table in full. */
export interface TableName {
  project: string;
  dataset: string;
  table: string;
}

/** Columns that are read and that a table has: older ones have not all. */
export function columnsIn(columns: readonly string[]): string[] {
  return SELECTED_COLUMNS.filter((name) => columns.includes(name));
}

/**
 * The SQL of one shard: exactly this table, exactly these columns. No wildcard, which would bill every shard it fits, and
 * no WHERE, which makes no query cheaper: what a row is worth is decided where it is understood.
 */
export function shardSql({ project, dataset, table }: TableName, columns: readonly string[]): string {
  return `SELECT ${columns.map(quoted).join(', ')} FROM ${quoted(`${project}.${dataset}.${table}`)}`;
}

/**
 * The id of the job that reads a version of a shard: who begins it once more finds the job that is there.
 * @param round greater where an earlier job of this version is of no use any more
 */
export function jobIdOf(parts: readonly string[], round: number): string {
  return `tributary_${hashParts(parts).slice(0, 40)}_${round}`;
}

function quoted(name: string): string {
  return `\`${name}\``;
}
