import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What reading partners needs to remember: how far each stream has come and who reads it now (`source_state`), every
 * reading of a slice (`source_windows`), what was asked for (`source_backfills`, `source_changes`), what partners allow
 * (`api_budgets`), what they handed out (`source_tokens`), and which definitions were loaded (`source_definitions`).
 */
export class AddSourceTables1764300000000 implements MigrationInterface {
  name = 'AddSourceTables1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE tributary.${table}`);
  }
}

const TABLES = [
  'source_definitions',
  'source_tokens',
  'api_budgets',
  'source_changes',
  'source_windows',
  'source_backfills',
  'source_state',
];

const STREAM = `source text COLLATE "C" NOT NULL, stream text COLLATE "C" NOT NULL`;

const LEASE = `
    lease_owner text,
    lease_token bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    last_started_at timestamptz,
    last_error_code text,
    last_error text,
    failures integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now()`;

const UP = [
  `CREATE TABLE tributary.source_state (
    ${STREAM},
    state jsonb,
    definition_hash text NOT NULL,
    paused boolean NOT NULL DEFAULT false,
    ${LEASE},
    last_succeeded_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, stream))`,
  `CREATE TABLE tributary.source_backfills (
    backfill_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ${STREAM},
    range_from timestamptz NOT NULL,
    range_to timestamptz NOT NULL,
    "position" timestamptz NOT NULL,
    status text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'running', 'succeeded', 'cancelled')),
    rows bigint NOT NULL DEFAULT 0,
    windows integer NOT NULL DEFAULT 0,
    ${LEASE},
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CHECK (range_from < range_to))`,
  `CREATE INDEX source_backfills_open ON tributary.source_backfills (backfill_id)
    WHERE status IN ('requested', 'running')`,
  `CREATE TABLE tributary.source_windows (
    window_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ${STREAM},
    kind text NOT NULL CHECK (kind IN ('live', 'lookback', 'backfill', 'manual')),
    slice_key text COLLATE "C" NOT NULL,
    slice_from timestamptz,
    slice_to timestamptz,
    attempt integer NOT NULL,
    pages integer NOT NULL,
    rows_read bigint NOT NULL,
    rows_selected bigint NOT NULL,
    rows_by_event jsonb NOT NULL,
    amounts jsonb NOT NULL,
    rejected bigint NOT NULL,
    stated_total bigint,
    content_hash text,
    changed boolean,
    published boolean NOT NULL,
    monotone_violations bigint NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'abandoned')),
    error_code text,
    error text,
    backfill_id bigint)`,
  `CREATE INDEX source_windows_stream ON tributary.source_windows (source, stream, window_id)`,
  `CREATE INDEX source_windows_slice ON tributary.source_windows (source, stream, slice_key, window_id)`,
  `CREATE INDEX source_windows_finished ON tributary.source_windows (finished_at)`,
  `CREATE TABLE tributary.source_changes (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ${STREAM},
    change text NOT NULL CHECK (change IN ('reset', 'backfill', 'cancel_backfill', 'pause', 'resume')),
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    old_state jsonb,
    new_state jsonb)`,
  `CREATE INDEX source_changes_stream ON tributary.source_changes (source, stream, change_id)`,
  `CREATE TABLE tributary.api_budgets (
    budget_key text COLLATE "C" PRIMARY KEY,
    granted timestamptz[] NOT NULL,
    asked_at timestamptz NOT NULL,
    free_at timestamptz,
    blocked_until timestamptz)`,
  `CREATE TABLE tributary.source_tokens (
    token_key text COLLATE "C" PRIMARY KEY,
    token jsonb,
    turn bigint NOT NULL DEFAULT 0,
    turn_until timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now())`,
  `CREATE TABLE tributary.source_definitions (
    file text COLLATE "C" PRIMARY KEY,
    source text COLLATE "C",
    streams text[] NOT NULL,
    problems text[] NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now())`,
];
