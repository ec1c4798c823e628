import type { Pool, PoolClient } from 'pg';
import { instantOf, instantText } from '../instants.js';
import type { MarkedSubject } from './marks.js';

/** A player, or a partner's own lines, that cannot be reckoned. */
export interface SetAside {
  brand: string;
  /** Empty: the partner's own lines of the agreement. */
  subject: string;
  /** Empty of players. */
  agreement: string;
  /** As they are marked; of players. */
  days: string[];
  everything: boolean;
  /** The first month that is to be settled; null of players. */
  period: string | null;
  /** Without any value. */
  reason: string;
  /** Instant. */
  since: string;
}

/** What is set aside, and why. */
export interface Refused {
  reason: string;
  now: Date;
  /** Number of the agreements and rates that it was tried with (`lockCommissions`). */
  inputs: string;
}

const KEEP = `INSERT INTO tributary.commissions_set_aside AS s
    (brand, subject, agreement, days, everything, period, reason, since, inputs)`;
const AGAIN = `ON CONFLICT (brand, subject, agreement) DO UPDATE SET days = excluded.days,
    everything = excluded.everything, period = excluded.period, reason = excluded.reason, inputs = excluded.inputs`;

/** Sets a player aside, with all that they are marked for; who was set aside before is so since then. */
export async function setSubjectAside(
  client: PoolClient,
  brand: string,
  { subject, days, everything }: MarkedSubject,
  { reason, now, inputs }: Refused,
): Promise<void> {
  await client.query(
    `${KEEP} VALUES ($1, $2, '', ARRAY(SELECT DISTINCT d FROM unnest($3::date[]) AS d ORDER BY d), $4, NULL, $5, $6, $7)
      ${AGAIN}`,
    [brand, subject, days, everything, reason, now, inputs],
  );
}

/** Sets a partner's own lines aside. @param period the first month that is to be settled */
export async function setAgreementAside(
  client: PoolClient,
  { brand, agreement, period }: { brand: string; agreement: string; period: string },
  { reason, now, inputs }: Refused,
): Promise<void> {
  await client.query(`${KEEP} VALUES ($1, '', $2, '{}', false, $3, $4, $5, $6) ${AGAIN}`, [
    ...[brand, agreement, period],
    ...[reason, now, inputs],
  ]);
}

/** These have been reckoned. */
export async function takeBackSubjects(
  client: PoolClient,
  brand: string,
  subjects: readonly string[],
): Promise<void> {
  await client.query({
    name: 'take back subjects',
    text: `DELETE FROM tributary.commissions_set_aside WHERE brand = $1 AND subject = ANY ($2) AND subject > ''`,
    values: [brand, subjects],
  });
}

/** Its own lines have been reckoned. */
export async function takeBackAgreement(client: PoolClient, agreement: string): Promise<void> {
  await client.query(`DELETE FROM tributary.commissions_set_aside WHERE agreement = $1 AND subject = ''`, [
    agreement,
  ]);
}

const IS_DUE = 'inputs <> (SELECT revision FROM tributary.commission_inputs)';

/** Marks what is set aside, so that it is tried again. Under the worker's lock. @param every else that alone whose agreements or
 * rates have changed since */
export async function markSetAside(client: PoolClient, every: boolean): Promise<void> {
  const which = every ? 'true' : IS_DUE;
  await client.query(
    `INSERT INTO tributary.commission_subjects_marked (brand, subject, days, everything)
      SELECT brand, subject, '{}', false FROM tributary.commissions_set_aside WHERE subject > '' AND ${which}
      ON CONFLICT DO NOTHING`,
  );
  await client.query(
    `INSERT INTO tributary.commission_periods_marked (agreement, period)
      SELECT agreement, period FROM tributary.commissions_set_aside WHERE subject = '' AND ${which}
      ON CONFLICT DO NOTHING`,
  );
}

/** How many are set aside, and how many of them are due: agreements or rates have changed since they were tried. */
export async function countSetAside(pool: Pool): Promise<{ all: number; due: number }> {
  const found = await pool.query<{ all: number; due: number }>(
    `SELECT count(*)::float8 AS all, (count(*) FILTER (WHERE ${IS_DUE}))::float8 AS due
      FROM tributary.commissions_set_aside`,
  );
  return found.rows[0]!;
}

/** All that is set aside, of one brand or of all. */
export async function readSetAside(client: Pool | PoolClient, brand?: string): Promise<SetAside[]> {
  const found = await client.query<SetAside>(
    `SELECT brand, subject, agreement, days::text[] AS days, everything, period, reason, ${instantText('since')}
      FROM tributary.commissions_set_aside WHERE $1::text IS NULL OR brand = $1 ORDER BY brand, subject, agreement`,
    [brand ?? null],
  );
  return found.rows.map((row) => ({ ...row, since: instantOf(row.since) }));
}
