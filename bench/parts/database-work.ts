import { until } from '#test/until';
import { withClient } from './installation.js';

/** Rows that were written to a table: every version that an insert or update made, and every row deleted. */
export interface RowsWritten {
  table: string;
  inserted: number;
  updated: number;
  deleted: number;
}

/** What PostgreSQL has done for the apps. A connection tells the last of it when it ends. */
export interface DatabaseWork {
  /** By table of the schema `tributary` that holds facts, projections or notes, by name. */
  rows: RowsWritten[];
  /** Time that connections spent in statements, COMMIT included; those at once add up. */
  statementSeconds: number;
}

const GONE_LIMIT_MS = 10_000;

/** Waits until the connections of an app that has ended are gone. */
export async function untilGone(url: string, app: string): Promise<void> {
  await withClient(url, async (client) => {
    const isGone = async (): Promise<boolean> => {
      const found = await client.query('SELECT FROM pg_stat_activity WHERE application_name = $1 LIMIT 1', [
        `tributary ${app}`,
      ]);
      return found.rows.length === 0;
    };
    await until(`the connections of ${app} are gone`, isGone, GONE_LIMIT_MS);
  });
}

/** All that was done so far (https://www.postgresql.org/docs/current/monitoring-stats.html). */
export async function databaseWork(url: string): Promise<DatabaseWork> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<RowsWritten>(
      `SELECT relname AS table, n_tup_ins::float8 AS inserted, n_tup_upd::float8 AS updated, n_tup_del::float8 AS deleted
       FROM pg_stat_user_tables WHERE schemaname = 'tributary' AND relname <> 'migrations'
       ORDER BY relname`,
    );
    const active = await client.query<{ seconds: number }>(
      `SELECT active_time / 1000 AS seconds FROM pg_stat_database WHERE datname = current_database()`,
    );
    return { rows, statementSeconds: active.rows[0]!.seconds };
  });
}

/** What was done between two moments; tables that nothing was written to are left out. */
export function workBetween(before: DatabaseWork, after: DatabaseWork): DatabaseWork {
  const earlier = new Map(before.rows.map((r) => [r.table, r]));
  const rows = after.rows.map((r) => {
    const was = earlier.get(r.table);
    return {
      table: r.table,
      inserted: r.inserted - (was?.inserted ?? 0),
      updated: r.updated - (was?.updated ?? 0),
      deleted: r.deleted - (was?.deleted ?? 0),
    };
  });
  return {
    rows: rows.filter((r) => rowsIn(r) > 0),
    statementSeconds: after.statementSeconds - before.statementSeconds,
  };
}

/** Rows written to a table in all. */
export function rowsIn({ inserted, updated, deleted }: RowsWritten): number {
  return inserted + updated + deleted;
}
