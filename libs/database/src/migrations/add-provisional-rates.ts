import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['commission_players', 'commission_months'];

/** What was turned with a rate that stands in for that of the month's end: currencies and months, `USD 2026-10`. */
export class AddProvisionalRates1764800300000 implements MigrationInterface {
  name = 'AddProvisionalRates1764800300000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await runner.query(
        `ALTER TABLE tributary.${table} ADD COLUMN provisional_rates text[] NOT NULL DEFAULT '{}'`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES)
      await runner.query(`ALTER TABLE tributary.${table} DROP COLUMN provisional_rates`);
  }
}
