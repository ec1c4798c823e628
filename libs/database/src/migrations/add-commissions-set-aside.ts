import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whose commissions cannot be reckoned: players (`agreement` is empty), and partners' own lines (`subject` is). What stood of
 * them stands. They are tried again where they are marked anew, or where agreements or rates are no longer those of `inputs`.
 */
export class AddCommissionsSetAside1764800200000 implements MigrationInterface {
  name = 'AddCommissionsSetAside1764800200000';

  async up(runner: QueryRunner): Promise<void> {
    // `days` and `everything` as in commission_subjects_marked; `period`: the first month of a partner's that is to be settled
    await runner.query(`CREATE TABLE tributary.commissions_set_aside (
      brand text COLLATE "C" NOT NULL,
      subject text COLLATE "C" NOT NULL,
      agreement text COLLATE "C" NOT NULL,
      days date[] NOT NULL,
      everything boolean NOT NULL,
      period text COLLATE "C",
      reason text NOT NULL,
      since timestamptz NOT NULL,
      inputs bigint NOT NULL,
      PRIMARY KEY (brand, subject, agreement))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tributary.commissions_set_aside');
  }
}
