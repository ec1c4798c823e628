import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when there may be something of a stream that could be read and is not; null until it is read next. */
export class AddBehindSince1764600000000 implements MigrationInterface {
  name = 'AddBehindSince1764600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE tributary.source_state ADD COLUMN behind_since timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE tributary.source_state DROP COLUMN behind_since');
  }
}
