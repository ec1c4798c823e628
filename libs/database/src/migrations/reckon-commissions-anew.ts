import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Marks everybody of brands that have an agreement: what commissions come to follows other rules than before (whose first
 * deposits reach a step, which of several agreements has a player). Closed months stay as they were paid; where they come to
 * something else that is an adjustment, as always.
 */
export class ReckonCommissionsAnew1764801000000 implements MigrationInterface {
  name = 'ReckonCommissionsAnew1764801000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`INSERT INTO tributary.commission_marks (brand, about, subject)
      SELECT DISTINCT brand, 'brand', brand FROM tributary.agreement_versions WHERE superseded_at IS NULL`);
  }

  // What is reckoned twice comes to the same
  async down(): Promise<void> {}
}
