import type { MigrationInterface, QueryRunner } from 'typeorm';

/** On how many pages of a reading the partner's signals whether more follows did not agree. */
export class AddPagingContradictions1764400000000 implements MigrationInterface {
  name = 'AddPagingContradictions1764400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE tributary.source_windows ADD COLUMN paging_contradictions integer NOT NULL DEFAULT 0',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE tributary.source_windows DROP COLUMN paging_contradictions');
  }
}
