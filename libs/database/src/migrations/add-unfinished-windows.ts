import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A line of the ledger may say that a reading publishes: it stays where the process dies before it has said how it ended. */
export class AddUnfinishedWindows1764400100000 implements MigrationInterface {
  name = 'AddUnfinishedWindows1764400100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(outcomes(`'succeeded', 'failed', 'abandoned', 'unfinished'`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `UPDATE tributary.source_windows SET outcome = 'abandoned', error_code = 'unfinished' WHERE outcome = 'unfinished'`,
    );
    await runner.query(outcomes(`'succeeded', 'failed', 'abandoned'`));
  }
}

/** Not validated: what is there already was held against the former rule, and is not read again. */
function outcomes(list: string): string {
  return `ALTER TABLE tributary.source_windows DROP CONSTRAINT source_windows_outcome_check,
    ADD CONSTRAINT source_windows_outcome_check CHECK (outcome IN (${list})) NOT VALID`;
}
