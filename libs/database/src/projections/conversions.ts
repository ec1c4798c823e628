import type { Pool, PoolClient } from 'pg';
import { parseAmount, type Conversion, type Touch } from '#libs/events';
import { instantOf, instantText } from '../instants.js';
import { defineInsert, type Cell, type Column } from '../set-statement.js';

/** A conversion as one recomputation sees it. */
export interface ConversionRow {
  conversion: Conversion;
  /** Number of the recomputation: rows of a later one are never overwritten by an earlier one. */
  revision: bigint;
}

type Field = Column & { of: (row: ConversionRow) => Cell };

const text = (of: (c: Conversion) => Cell): Field => ({ type: 'text', of: (r) => of(r.conversion) });
const numeric = (of: (c: Conversion) => Cell): Field => ({ type: 'numeric', of: (r) => of(r.conversion) });
const instant = (of: (c: Conversion) => Cell): Field => ({
  type: 'timestamptz',
  of: (r) => of(r.conversion),
});
const flag = (of: (c: Conversion) => Cell): Field => ({ type: 'boolean', of: (r) => of(r.conversion) });
const json = (of: (c: Conversion) => unknown): Field => ({
  type: 'jsonb',
  of: (r) => JSON.stringify(of(r.conversion)),
});

function touch(prefix: string, of: (c: Conversion) => Touch | null): Record<string, Field> {
  return {
    [`${prefix}_at`]: instant((c) => of(c)?.at ?? null),
    [`${prefix}_source`]: text((c) => of(c)?.source ?? null),
    [`${prefix}_medium`]: text((c) => of(c)?.medium ?? null),
    [`${prefix}_campaign`]: text((c) => of(c)?.campaign ?? null),
    [`${prefix}_click_id`]: text((c) => of(c)?.click_id ?? null),
  };
}

const COLUMNS: Record<string, Field> = {
  conversion_id: text((c) => c.conversion_id),
  brand: text((c) => c.brand),
  type: text((c) => c.type),
  conversion_key: text((c) => c.conversion_key),
  player_id: text((c) => c.player_id),
  click_id: text((c) => c.click_id),
  client_id: text((c) => c.client_id),
  user_id: text((c) => c.user_id),
  transaction_id: text((c) => c.transaction_id),
  occurred_at: instant((c) => c.occurred_at),
  amount: numeric((c) => c.amount),
  currency: text((c) => c.currency),
  net_amount: numeric((c) => c.net_amount),
  status: text((c) => c.status),
  is_first_deposit: flag((c) => c.is_first_deposit),
  sources: {
    type: 'text',
    cast: 'text[]',
    of: (r) => `{${r.conversion.sources.map((s) => JSON.stringify(s)).join(',')}}`,
  },
  conflict: flag((c) => c.conflict),
  provenance: json((c) => c.provenance),
  sub_ids: json((c) => c.sub_ids),
  custom: json((c) => c.custom),
  ...touch('first_touch', (c) => c.first_touch),
  ...touch('last_touch', (c) => c.last_touch),
  attributed: flag((c) => c.attributed),
  first_received_at: instant((c) => c.first_received_at),
  updated_at: instant((c) => c.updated_at),
  revision: { type: 'bigint', of: (r) => r.revision },
};

const sets = Object.keys(COLUMNS)
  .filter((c) => c !== 'conversion_id')
  .map((c) => `${c} = excluded.${c}`)
  .join(', ');

const upsert = defineInsert<ConversionRow>(
  'conversions',
  COLUMNS,
  `ON CONFLICT (conversion_id) DO UPDATE SET ${sets} WHERE t.revision < excluded.revision RETURNING conversion_id`,
);

/**
 * Writes rows that no later recomputation has written. Distinct, sorted by conversion id.
 * @returns the ids that were written
 */
export async function upsertConversions(
  client: PoolClient,
  rows: readonly ConversionRow[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const written = await client.query<{ conversion_id: string }>(upsert(rows));
  return new Set(written.rows.map((r) => r.conversion_id));
}

/** Removes rows that have become part of another conversion, or of which nobody tells any more, unless a later
 * recomputation has written them. */
export async function deleteConversions(
  client: PoolClient,
  ids: readonly string[],
  revision: bigint,
): Promise<void> {
  if (ids.length === 0) return;
  await client.query({
    name: 'delete conversions',
    text: 'DELETE FROM tributary.conversions WHERE conversion_id = ANY($1) AND revision < $2',
    values: [ids, String(revision)],
  });
}

/**
 * The number of a recomputation. Take it before the first read: of two recomputations the one with the
 * greater number then sees every fact that was committed before the other one took its number.
 */
export async function nextRevision(pool: Pool): Promise<bigint> {
  const next = await pool.query<{ revision: string }>({
    name: 'next revision',
    text: `SELECT nextval('tributary.revisions') AS revision`,
  });
  return BigInt(next.rows[0]!.revision);
}

/** A row as it stands, and the number of the recomputation that wrote it; both null: there is none. */
export interface StandingRow {
  row: Conversion | null;
  revision: bigint | null;
}

/** Rows that do not stand as expected: another recomputation has written them or taken them away.
 * @param expected conversion id → revision; null: no row */
export async function changedSince(
  pool: Pool,
  expected: ReadonlyMap<string, bigint | null>,
): Promise<Map<string, StandingRow>> {
  const found = await pool.query<Record<string, unknown> & { id: string; revision: string | null }>({
    name: 'changed since',
    text: `SELECT w.id, c.* FROM unnest($1::text[], $2::bigint[]) AS w (id, revision) LEFT JOIN LATERAL
        (SELECT revision, ${CONVERSION_COLUMNS} FROM tributary.conversions c WHERE c.conversion_id = w.id OFFSET 0) AS c
        ON true
      WHERE c.revision IS DISTINCT FROM w.revision`,
    values: [[...expected.keys()], [...expected.values()].map((r) => (r === null ? null : String(r)))],
  });
  return new Map(
    found.rows.map((row) => [
      row.id,
      row.revision === null
        ? { row: null, revision: null }
        : { row: conversionOf(row), revision: BigInt(row.revision) },
    ]),
  );
}

const INSTANTS = new Set([
  'occurred_at',
  'first_touch_at',
  'last_touch_at',
  'first_received_at',
  'updated_at',
]);

/** The columns of a conversion for a SELECT from `conversions c`, to be read by `conversionOf`. */
export const CONVERSION_COLUMNS = Object.keys(COLUMNS)
  .filter((name) => name !== 'revision')
  .map((name) => (INSTANTS.has(name) ? instantText(`c.${name}`) : `c.${name}`))
  .join(', ');

/** A row of `CONVERSION_COLUMNS` as a conversion. */
export function conversionOf(row: Record<string, unknown>): Conversion {
  const amount = (name: string): string | null =>
    typeof row[name] === 'string' ? (parseAmount(row[name]) ?? null) : null;
  const at = (name: string): string => instantOf(row[name] as string);
  const { conversion_id, brand, type, conversion_key, player_id, click_id, client_id, user_id } =
    row as unknown as Conversion;
  const { transaction_id } = row as unknown as Conversion;
  const { currency, status, is_first_deposit, sources, conflict, provenance, sub_ids, custom, attributed } =
    row as unknown as Conversion;
  return {
    ...{ conversion_id, brand, type, conversion_key, player_id, click_id, client_id, user_id },
    transaction_id,
    occurred_at: at('occurred_at'),
    amount: amount('amount'),
    currency,
    net_amount: amount('net_amount'),
    ...{ status, is_first_deposit, sources, conflict, provenance, sub_ids, custom },
    first_touch: touchOf(row, 'first_touch'),
    last_touch: touchOf(row, 'last_touch'),
    attributed,
    first_received_at: at('first_received_at'),
    updated_at: at('updated_at'),
  };
}

function touchOf(row: Record<string, unknown>, prefix: string): Touch | null {
  const at = row[`${prefix}_at`];
  if (typeof at !== 'string') return null;
  const column = (name: string): string | null => row[`${prefix}_${name}`] as string | null;
  return {
    at: instantOf(at),
    source: column('source'),
    medium: column('medium'),
    campaign: column('campaign'),
    click_id: column('click_id'),
  };
}

/** Names of the exported columns, in order. */
export const CONVERSION_EXPORT: readonly string[] = Object.keys(COLUMNS).filter((c) => c !== 'revision');
