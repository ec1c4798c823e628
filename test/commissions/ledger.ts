import type { Database } from '#libs/database';
import { parseCanonicalEvent, type CanonicalEvent } from '#libs/events';
import { runCommissions, type RunReport } from '#apps/commissions';
import { Engine, batchesOf, recordsOfEvents } from '../attribution/engine.js';

/** When the worker runs, in tests. */
export const NOW = new Date('2027-02-10T12:00:00Z');

/** Events through the attribution, in batches of these sizes, which repeat. */
export async function tell(
  database: Database,
  events: readonly CanonicalEvent[],
  sizes: readonly number[] = [1_000],
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<void> {
  const engine = new Engine(database);
  const records = recordsOfEvents(events, 0);
  for (const { value } of records) {
    const parsed = parseCanonicalEvent(value);
    if (parsed.kind === 'dead_letter') throw new Error(`${parsed.path} ${parsed.reason} ${parsed.detail}`);
  }
  for (const batch of batchesOf(records, sizes)) {
    await engine.attribute(batch);
    await meanwhile();
  }
}

/** Runs until nothing waits. */
export async function settle(database: Database, now = NOW): Promise<RunReport> {
  return runCommissions(database, { now });
}

const PROJECTIONS = {
  commission_players: 'brand, subject',
  commission_months: 'agreement, period, subject, segment',
  commissions: 'agreement, period, subject, kind',
  commission_carries: 'agreement, period',
};

/** What is reckoned, one row a line. */
export async function commissionDump(database: Database): Promise<string[]> {
  const lines: string[] = [];
  for (const [table, key] of Object.entries(PROJECTIONS)) {
    const rows = await database.pool.query<{ row: string }>(
      `SELECT to_jsonb(t)::text AS row FROM tributary.${table} t ORDER BY ${key}`,
    );
    lines.push(...rows.rows.map((r) => `${table} ${r.row}`));
  }
  return lines;
}

/** Keys whose entries do not add up to the commission: there are none. */
export async function unbalanced(database: Database): Promise<unknown[]> {
  const found = await database.pool.query<object>(
    `SELECT agreement, period, subject, kind, c.amount, e.amount AS booked FROM tributary.commissions c
      FULL JOIN (SELECT agreement, of_period AS period, subject, kind, sum(amount) AS amount
        FROM tributary.commission_entries GROUP BY 1, 2, 3, 4) AS e USING (agreement, period, subject, kind)
      WHERE COALESCE(c.amount, 0) <> COALESCE(e.amount, 0)`,
  );
  return found.rows;
}

/** The sum of an agreement's commissions of a month, by kind. */
export async function amounts(
  database: Database,
  agreement: string,
  period: string,
): Promise<Record<string, string>> {
  const found = await database.pool.query<{ kind: string; amount: string }>(
    `SELECT kind, trim_scale(sum(amount))::text AS amount FROM tributary.commissions
      WHERE agreement = $1 AND period = $2 GROUP BY kind`,
    [agreement, period],
  );
  return Object.fromEntries(found.rows.map(({ kind, amount }) => [kind, amount]));
}

/** Takes everything of commissions away, agreements and rates too, as no statement of it can ever be. */
export async function emptyCommissions(database: Database): Promise<void> {
  await database.transaction(async (client) => {
    await client.query("SET LOCAL session_replication_role = 'replica'");
    for (const table of [
      ...[
        'commission_marks',
        'commission_subjects_marked',
        'commission_periods_marked',
        'commissions_set_aside',
        'commission_carries',
      ],
      ...['commission_entries', 'statement_players', 'statement_lines', 'statements', 'commissions'],
      'commission_months',
      ...['commission_players', 'fx_rates', 'ngr_versions', 'ngr_definitions', 'plans', 'agreement_versions'],
      'agreements',
    ]) {
      await client.query(`DELETE FROM tributary.${table}`);
    }
  });
}

/** Imports what one euro was. */
export async function importRates(
  database: Database,
  rows: readonly (readonly [currency: string, day: string, rate: string])[],
): Promise<void> {
  await database.pool.query(
    `INSERT INTO tributary.fx_rates (base, quote, day, rate, source, imported_at)
      SELECT 'EUR', r.quote, r.day, r.rate, 'test', now()
      FROM unnest($1::text[], $2::date[], $3::numeric[]) AS r (quote, day, rate)
      ON CONFLICT (quote, base, day) DO UPDATE SET rate = excluded.rate`,
    [rows.map(([c]) => c), rows.map(([, day]) => day), rows.map(([, , rate]) => rate)],
  );
}
