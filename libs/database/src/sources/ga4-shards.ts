import type { Pool } from 'pg';
import type { Instant } from '#libs/events';
import { instantOf, instantText } from '../instants.js';
import { FORGET_GONE, goneParameters, type GoneConversions } from './ga4-conversions.js';
import { heldAndAdvanced, type StreamKey } from './source-state.js';
import { insertWindowWhereHeld, type SourceWindow } from './source-window.js';

/** The version of a shard of GA4's export that was read last, or is being read. */
export interface Ga4ShardRow {
  /** As `20261120`. */
  day: string;
  kind: string;
  modified_at: Instant;
  /** How it is read; the poller's own. */
  plan: object;
  /** Behind the last page that the log has; null: none, or none is left. */
  checkpoint: string | null;
  /** Of its pages so far; the poller's own. */
  counts: object;
  bytes_billed: number;
  started_at: Instant;
  finished_at: Instant | null;
}

const COLUMNS = {
  day: 'text',
  kind: 'text',
  modified_at: 'timestamptz',
  plan: 'jsonb',
  checkpoint: 'text',
  counts: 'jsonb',
  bytes_billed: 'bigint',
  started_at: 'timestamptz',
  finished_at: 'timestamptz',
} satisfies Record<keyof Ga4ShardRow, string>;

/** The upsert of a row where `held` has one. @param parameter of the row as JSON; $1 is the source */
function upsertWhereHeld(parameter: string): string {
  const names = Object.keys(COLUMNS);
  const typed = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`);
  return `INSERT INTO tributary.ga4_shards (source, ${names.join(', ')})
    SELECT $1::text, ${names.map((n) => `r.${n}`).join(', ')}
      FROM held, jsonb_to_record(${parameter}::jsonb) AS r (${typed.join(', ')})
    ON CONFLICT (source, day, kind) DO UPDATE SET ${names.map((n) => `${n} = excluded.${n}`).join(', ')}`;
}

/** The rows of days from this one on. */
export async function readShardRows(pool: Pool, source: string, fromDay: string): Promise<Ga4ShardRow[]> {
  const instants = ['modified_at', 'started_at', 'finished_at'] as const;
  const found = await pool.query<Omit<Ga4ShardRow, 'bytes_billed'> & { bytes_billed: string }>({
    name: 'read ga4 shards',
    text: `SELECT day, kind, plan, checkpoint, counts, bytes_billed, ${instants.map((c) => instantText(c)).join(', ')}
      FROM tributary.ga4_shards WHERE source = $1 AND day >= $2 ORDER BY day, kind`,
    values: [source, fromDay],
  });
  return found.rows.map((row) => ({
    ...row,
    bytes_billed: Number(row.bytes_billed),
    modified_at: instantOf(row.modified_at),
    started_at: instantOf(row.started_at),
    finished_at: row.finished_at === null ? null : instantOf(row.finished_at),
  }));
}

/**
 * Of a stream that begins, or was reset: no shard counts as read. The new state says that this is done.
 * @returns false where the lease is no longer this one's; nothing is written then
 */
export async function beginShards(
  pool: Pool,
  { source, stream }: StreamKey,
  token: string,
  state: object,
): Promise<boolean> {
  const begun = await pool.query({
    text: `WITH held AS (
        UPDATE tributary.source_state SET state = $4, updated_at = now()
        WHERE source = $1 AND stream = $2 AND lease_token = $3 RETURNING source),
      forgotten AS (DELETE FROM tributary.ga4_shards s USING held WHERE s.source = held.source)
      SELECT 1 FROM held`,
    values: [source, stream, token, JSON.stringify(state)],
  });
  return begun.rowCount === 1;
}

/** @returns false where the lease is no longer this one's; nothing is written then */
export async function setStreamState(
  pool: Pool,
  { source, stream }: StreamKey,
  token: string,
  state: object,
): Promise<boolean> {
  const set = await pool.query(
    `UPDATE tributary.source_state SET state = $4, updated_at = now()
      WHERE source = $1 AND stream = $2 AND lease_token = $3`,
    [source, stream, token, JSON.stringify(state)],
  );
  return set.rowCount === 1;
}

/**
 * The log has some pages of a shard.
 * @returns false where the lease is no longer this one's; nothing is written then
 */
export async function keepShardProgress(
  pool: Pool,
  { source, stream }: StreamKey,
  token: string,
  row: Ga4ShardRow,
): Promise<boolean> {
  const kept = await pool.query({
    name: 'keep shard progress',
    text: `WITH held AS (
        SELECT 1 FROM tributary.source_state WHERE source = $1 AND stream = $2 AND lease_token = $3 FOR UPDATE)
      ${upsertWhereHeld('$4')}`,
    values: [source, stream, token, JSON.stringify(row)],
  });
  return kept.rowCount === 1;
}

/**
 * The log has all of a shard, and what takes back the conversions that it no longer has: its line of the ledger, the new
 * state, the version that was read, and what is told no more, in one.
 * @returns false where the lease is no longer this one's; nothing is written then
 */
export async function finishShard(
  pool: Pool,
  token: string,
  state: object,
  window: SourceWindow,
  row: Ga4ShardRow,
  gone: GoneConversions,
): Promise<boolean> {
  const written = await pool.query({
    name: 'finish shard',
    text: `WITH ${heldAndAdvanced('NULL')},
      shard AS (${upsertWhereHeld('$6')}),
      ${FORGET_GONE('$1', 7)}
      ${insertWindowWhereHeld('$5')}`,
    values: [
      ...[window.source, window.stream, token, JSON.stringify(state), JSON.stringify(window)],
      ...[JSON.stringify(row), ...goneParameters(gone)],
    ],
  });
  return written.rowCount === 1;
}
