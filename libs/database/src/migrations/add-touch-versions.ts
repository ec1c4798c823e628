import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A source may amend a touch: its greatest version stands. No table is rewritten: the columns' defaults are constant. */
export class AddTouchVersions1764450000000 implements MigrationInterface {
  name = 'AddTouchVersions1764450000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE tributary.touchpoints
      ADD COLUMN version bigint NOT NULL DEFAULT -9223372036854775808,
      ADD COLUMN previous_occurred_at timestamptz`);
    // Of those that are there it is not known when they were
    await runner.query(`ALTER TABLE tributary.former_touches
      ADD COLUMN occurred_at timestamptz NOT NULL DEFAULT '0001-01-01T00:00:00Z'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE tributary.former_touches DROP COLUMN occurred_at');
    await runner.query(
      'ALTER TABLE tributary.touchpoints DROP COLUMN version, DROP COLUMN previous_occurred_at',
    );
  }
}
