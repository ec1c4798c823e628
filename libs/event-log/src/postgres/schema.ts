import type { PoolClient } from 'pg';
import { onConnection, withPool, type PoolSource } from './pool.js';

// Small rows that change all the time: room on the page keeps the updates in place (HOT), and the
// autovacuum looks in often.
const BUSY_TABLE = `WITH (fillfactor = 30, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500)`;

const TABLES = [
  `CREATE SCHEMA IF NOT EXISTS event_log`,
  `CREATE TABLE IF NOT EXISTS event_log.topics (
    topic_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    partitions integer NOT NULL CHECK (partitions > 0),
    retention_ms bigint,
    compacted boolean NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS event_log.partitions (
    topic_id integer NOT NULL REFERENCES event_log.topics,
    partition integer NOT NULL,
    next_offset bigint NOT NULL DEFAULT 0,
    earliest_offset bigint NOT NULL DEFAULT 0,
    compacted_to bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic_id, partition)) ${BUSY_TABLE}`,
  // key and value are escaped where they hold a NUL (nul-escape.ts)
  `CREATE TABLE IF NOT EXISTS event_log.records (
    topic_id integer NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    key text NOT NULL,
    value text,
    appended_at timestamptz NOT NULL,
    compacted boolean NOT NULL,
    PRIMARY KEY (topic_id, partition, "offset"))`,
  // By the key's hash: an index entry is limited in size, a key is not. Only compacted topics pay for it.
  `CREATE INDEX IF NOT EXISTS records_by_key
    ON event_log.records (topic_id, partition, hashtextextended(key, 0), "offset") WHERE compacted`,
  `CREATE INDEX IF NOT EXISTS records_tombstones
    ON event_log.records (topic_id, partition, "offset") WHERE compacted AND value IS NULL`,
  `CREATE TABLE IF NOT EXISTS event_log.members (
    member_id text PRIMARY KEY,
    "group" text NOT NULL,
    topics text[] NOT NULL,
    expires_at timestamptz NOT NULL) ${BUSY_TABLE}`,
  // How far a group is, and which member may move it: a commit counts only with the owner and its epoch.
  `CREATE TABLE IF NOT EXISTS event_log.group_partitions (
    "group" text NOT NULL,
    topic_id integer NOT NULL REFERENCES event_log.topics,
    partition integer NOT NULL,
    committed bigint,
    owner text,
    epoch bigint NOT NULL DEFAULT 0,
    PRIMARY KEY ("group", topic_id, partition)) ${BUSY_TABLE}`,
];

/** The tables of the log, statement by statement, for a migration; `up` changes nothing when it is there. */
export const postgresLogMigration: { readonly up: readonly string[]; readonly down: readonly string[] } = {
  up: TABLES,
  down: [`DROP SCHEMA IF EXISTS event_log CASCADE`],
};

/**
 * Makes the tables of the log where they are missing; safe at any time and from several processes at once.
 * @throws what PostgreSQL answers
 */
export async function installPostgresLog(source: PoolSource): Promise<void> {
  await withPool(source, (pool) => onConnection(pool, install));
}

async function install(client: PoolClient): Promise<void> {
  // IF NOT EXISTS alone is not enough: two that look at once would both create.
  await client.query(`SELECT pg_advisory_lock(hashtextextended('event_log.install', 0))`);
  try {
    for (const statement of postgresLogMigration.up) await client.query(statement);
  } finally {
    await client.query(`SELECT pg_advisory_unlock(hashtextextended('event_log.install', 0))`);
  }
}
