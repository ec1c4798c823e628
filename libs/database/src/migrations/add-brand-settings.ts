import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a brand is set to; a brand without a row has the defaults. */
export class AddBrandSettings1764100000000 implements MigrationInterface {
  name = 'AddBrandSettings1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE tributary.brand_settings (
        brand text COLLATE "C" PRIMARY KEY,
        look_back_days integer NOT NULL CHECK (look_back_days > 0))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tributary.brand_settings');
  }
}
