import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What reading GA4's export needs to remember: the version of each shard that was read and how far (`ga4_shards`), and
 * which conversions a day has told (`ga4_conversions`), so that one that a rewritten day no longer has is taken back.
 * Lines of the ledger say what a reading was billed for.
 */
export class AddGa4Tables1764700000000 implements MigrationInterface {
  name = 'AddGa4Tables1764700000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE tributary.source_windows DROP COLUMN read_by, DROP COLUMN bytes_billed');
    await runner.query('DROP TABLE tributary.ga4_conversions');
    await runner.query('DROP TABLE tributary.ga4_shards');
  }
}

const UP = [
  `CREATE TABLE tributary.ga4_shards (
    source text COLLATE "C" NOT NULL,
    day text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    modified_at timestamptz(6) NOT NULL,
    plan jsonb NOT NULL,
    checkpoint text,
    counts jsonb NOT NULL,
    bytes_billed bigint NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (source, day, kind))`,
  `CREATE TABLE tributary.ga4_conversions (
    source text COLLATE "C" NOT NULL,
    day text COLLATE "C" NOT NULL,
    natural_key text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    told jsonb NOT NULL,
    gone jsonb,
    PRIMARY KEY (source, natural_key, day))`,
  `CREATE INDEX ga4_conversions_day ON tributary.ga4_conversions (source, day, version)`,
  `ALTER TABLE tributary.source_windows ADD COLUMN read_by text, ADD COLUMN bytes_billed bigint`,
];
