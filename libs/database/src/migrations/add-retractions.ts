import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A source may take back what it told of a conversion: its slot has the status `retracted`. No table is rewritten: the
 * column's default is constant, and the others only lose a constraint.
 */
export class AddRetractions1764500000000 implements MigrationInterface {
  name = 'AddRetractions1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE tributary.conversion_facts
      ADD COLUMN was_retracted boolean NOT NULL DEFAULT false,
      ALTER COLUMN first_receipt_id DROP NOT NULL,
      ALTER COLUMN first_received_at DROP NOT NULL`);
  }

  /** Without retractions nobody tells of the conversions that have no other slot. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM tributary.conversion_facts WHERE status = 'retracted'`);
    await runner.query(`ALTER TABLE tributary.conversion_facts
      DROP COLUMN was_retracted,
      ALTER COLUMN first_receipt_id SET NOT NULL,
      ALTER COLUMN first_received_at SET NOT NULL`);
  }
}
