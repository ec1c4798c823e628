import type { PoolClient } from 'pg';
import { canonicalJson } from '#libs/events';
import { defineInsert, type Cell, type Column } from '../set-statement.js';

/** Decimals of a player's month, canonical. */
export const MONTH_DECIMALS = [
  'stakes',
  'wins',
  'bonus',
  'adjustments',
  'chargebacks',
  'deposits',
  'withdrawals',
  'ggr',
  'ngr',
  'admin_fee',
  'base',
  'counted',
  'debt_in',
  'debt_out',
  'advance_in',
  'advance_out',
] as const;

/** Row of `commission_months`. */
export type MonthRow = Record<(typeof MONTH_DECIMALS)[number], string> & {
  agreement: string;
  period: string;
  segment: number;
  subject: string;
  plan_version: string;
  ngr_version: string | null;
  first_deposit: boolean;
  facts: unknown;
  currencies: string[];
  missing_rates: string[];
  provisional_rates: string[];
};

/** Row of `commissions`. */
export interface CommissionRow {
  agreement: string;
  period: string;
  subject: string;
  kind: string;
  amount: string;
  currency: string;
  basis: unknown;
}

/** Row of `commission_players`. */
export interface CoveredRow {
  brand: string;
  subject: string;
  agreement: string;
  matched_by: string;
  click_id: string | null;
  contested_by: string[];
  exclusions: string[];
  triggers: unknown;
  currencies: string[];
  missing_rates: string[];
  provisional_rates: string[];
}

/** Everything that was reckoned for some subjects. */
export interface Results {
  players: CoveredRow[];
  months: MonthRow[];
  commissions: CommissionRow[];
}

type Field<Row> = Column & { of: (row: Row) => Cell };
const text = <Row>(of: (row: Row) => Cell): Field<Row> => ({ type: 'text', of });
const numeric = <Row>(of: (row: Row) => Cell): Field<Row> => ({ type: 'numeric', of });
const json = <Row>(of: (row: Row) => unknown): Field<Row> => ({
  type: 'jsonb',
  of: (row) => JSON.stringify(of(row)),
});
const list = <Row>(of: (row: Row) => readonly string[]): Field<Row> => ({
  type: 'text',
  cast: 'text[]',
  of: (row) =>
    `{${of(row)
      .map((item) => JSON.stringify(item))
      .join(',')}}`,
});

/** A table of results: its columns, and which of them are its key. */
interface Table<Row> {
  name: string;
  key: readonly (keyof Row & string)[];
  columns: Record<string, Field<Row>>;
}

const PLAYERS: Table<CoveredRow> = {
  name: 'commission_players',
  key: ['subject', 'brand'],
  columns: {
    brand: text((r) => r.brand),
    subject: text((r) => r.subject),
    agreement: text((r) => r.agreement),
    matched_by: text((r) => r.matched_by),
    click_id: text((r) => r.click_id),
    contested_by: list((r) => r.contested_by),
    exclusions: list((r) => r.exclusions),
    triggers: json((r) => r.triggers),
    currencies: list((r) => r.currencies),
    missing_rates: list((r) => r.missing_rates),
    provisional_rates: list((r) => r.provisional_rates),
  },
};
const MONTHS: Table<MonthRow> = {
  name: 'commission_months',
  key: ['agreement', 'period', 'subject', 'segment'],
  columns: {
    agreement: text((r) => r.agreement),
    period: text((r) => r.period),
    segment: { type: 'smallint', of: (r) => r.segment },
    subject: text((r) => r.subject),
    plan_version: text((r) => r.plan_version),
    ngr_version: text((r) => r.ngr_version),
    ...Object.fromEntries(MONTH_DECIMALS.map((name) => [name, numeric((r: MonthRow) => r[name])])),
    first_deposit: { type: 'boolean', of: (r) => r.first_deposit },
    facts: json((r) => r.facts),
    currencies: list((r) => r.currencies),
    missing_rates: list((r) => r.missing_rates),
    provisional_rates: list((r) => r.provisional_rates),
  },
};
const COMMISSIONS: Table<CommissionRow> = {
  name: 'commissions',
  key: ['agreement', 'period', 'subject', 'kind'],
  columns: {
    agreement: text((r) => r.agreement),
    period: text((r) => r.period),
    subject: text((r) => r.subject),
    kind: text((r) => r.kind),
    amount: numeric((r) => r.amount),
    currency: text((r) => r.currency),
    basis: json((r) => r.basis),
  },
};

const upsert = <Row>({ name, key, columns }: Table<Row>): ReturnType<typeof defineInsert<Row>> =>
  defineInsert<Row>(
    name,
    columns,
    `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${Object.keys(columns)
      .filter((c) => !key.some((k) => k === c))
      .map((c) => `${c} = excluded.${c}`)
      .join(', ')}`,
  );
const UPSERT_PLAYERS = upsert(PLAYERS);
const UPSERT_MONTHS = upsert(MONTHS);
const UPSERT_COMMISSIONS = upsert(COMMISSIONS);

const selected = <Row>({ columns }: Table<Row>): string =>
  Object.entries(columns)
    .map(([name, { type }]) => (type === 'numeric' ? `trim_scale(${name})::text AS ${name}` : name))
    .join(', ');

/** What stands of these subjects, under any of these agreements of their brand. */
export async function readResults(
  client: PoolClient,
  brand: string,
  agreements: readonly string[],
  subjects: readonly string[],
): Promise<Results> {
  const players = await client.query<CoveredRow>({
    name: 'read commission players',
    text: `SELECT ${selected(PLAYERS)} FROM tributary.commission_players WHERE subject = ANY ($1) AND brand = $2`,
    values: [subjects, brand],
  });
  const months = await client.query<MonthRow>({
    name: 'read commission months',
    text: `SELECT ${selected(MONTHS)} FROM tributary.commission_months WHERE subject = ANY ($1) AND agreement = ANY ($2)`,
    values: [subjects, agreements],
  });
  const commissions = await readCommissions(client, agreements, subjects);
  return { players: players.rows, months: months.rows, commissions };
}

async function readCommissions(
  client: PoolClient,
  agreements: readonly string[],
  subjects: readonly string[],
): Promise<CommissionRow[]> {
  const found = await client.query<CommissionRow>({
    name: 'read commissions of subjects',
    text: `SELECT ${selected(COMMISSIONS)} FROM tributary.commissions
      WHERE subject = ANY ($1) AND agreement = ANY ($2) AND subject > ''`,
    values: [subjects, agreements],
  });
  return found.rows;
}

/** The partner's own lines of an agreement. */
export async function readPartnerCommissions(
  client: PoolClient,
  agreement: string,
): Promise<CommissionRow[]> {
  const found = await client.query<CommissionRow>({
    name: 'read commissions of a partner',
    text: `SELECT ${selected(COMMISSIONS)} FROM tributary.commissions WHERE agreement = $1 AND subject = ''`,
    values: [agreement],
  });
  return found.rows;
}

/** What is to be written, so that there is what is wanted. */
export interface Difference<Row> {
  changed: Row[];
  gone: Row[];
}

/** The rows that differ, and those that are wanted no more. */
export function differenceOf(
  stored: Results,
  wanted: Results,
): { [K in keyof Results]: Difference<Results[K][number]> } {
  return {
    players: difference(PLAYERS, stored.players, wanted.players),
    months: difference(MONTHS, stored.months, wanted.months),
    commissions: commissionDifference(stored.commissions, wanted.commissions),
  };
}

/** The same of commissions alone. */
export function commissionDifference(
  stored: readonly CommissionRow[],
  wanted: readonly CommissionRow[],
): Difference<CommissionRow> {
  return difference(COMMISSIONS, stored, wanted);
}

function difference<Row>(table: Table<Row>, stored: readonly Row[], wanted: readonly Row[]): Difference<Row> {
  const keyOf = (row: Row): string => JSON.stringify(table.key.map((k) => row[k]));
  const left = new Map(stored.map((row) => [keyOf(row), row]));
  const changed = wanted.filter((row) => {
    const key = keyOf(row);
    const there = left.get(key);
    left.delete(key);
    return there === undefined || canonicalJson(there) !== canonicalJson(row);
  });
  return { changed, gone: [...left.values()] };
}

/** Writes what differs. */
export async function writeDifference(
  client: PoolClient,
  difference: ReturnType<typeof differenceOf>,
): Promise<void> {
  const { players, months } = difference;
  await remove(client, PLAYERS, players.gone);
  if (players.changed.length > 0) await client.query(UPSERT_PLAYERS(sorted(PLAYERS, players.changed)));
  await remove(client, MONTHS, months.gone);
  if (months.changed.length > 0) await client.query(UPSERT_MONTHS(sorted(MONTHS, months.changed)));
  await writeCommissions(client, difference.commissions);
}

/** Writes what differs of commissions; the ledger is another matter (`appendEntries`). */
export async function writeCommissions(
  client: PoolClient,
  { changed, gone }: Difference<CommissionRow>,
): Promise<void> {
  await remove(client, COMMISSIONS, gone);
  if (changed.length > 0) await client.query(UPSERT_COMMISSIONS(sorted(COMMISSIONS, changed)));
}

function sorted<Row>({ key }: Table<Row>, rows: readonly Row[]): Row[] {
  const keyOf = (row: Row): string => JSON.stringify(key.map((k) => row[k]));
  return rows
    .map((row) => [keyOf(row), row] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row);
}

async function remove<Row>(client: PoolClient, table: Table<Row>, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const arrays = table.key.map((k, i) => `$${i + 1}::${table.columns[k]!.type}[]`);
  await client.query({
    name: `remove ${table.name}`,
    text: `DELETE FROM tributary.${table.name} t USING unnest(${arrays.join(', ')}) AS u (${table.key.join(', ')})
      WHERE ${table.key.map((k) => `t.${k} = u.${k}`).join(' AND ')}`,
    values: table.key.map((k) => rows.map((row) => row[k])),
  });
}
