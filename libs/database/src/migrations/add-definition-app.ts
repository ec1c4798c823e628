import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which app read a definition: each replaces its own alone. */
export class AddDefinitionApp1764390000000 implements MigrationInterface {
  name = 'AddDefinitionApp1764390000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE tributary.source_definitions ADD COLUMN app text NOT NULL DEFAULT 'http-poller'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE tributary.source_definitions DROP COLUMN app');
  }
}
