import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The terms that a closed statement names by their versions stay as they were: versions of agreements, plans and NGR are
 * superseded, once, and otherwise never changed.
 */
export class RefuseChangesOfTerms1764801100000 implements MigrationInterface {
  name = 'RefuseChangesOfTerms1764801100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE FUNCTION tributary.refuse_change_of_terms() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.superseded_at IS NOT NULL OR to_jsonb(NEW) - 'superseded_at' <> to_jsonb(OLD) - 'superseded_at' THEN
          RAISE EXCEPTION '% are superseded, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
      END $$`);
    for (const table of TABLES) {
      await runner.query(`CREATE TRIGGER refuse_change BEFORE UPDATE ON tributary.${table}
        FOR EACH ROW EXECUTE FUNCTION tributary.refuse_change_of_terms()`);
      await runner.query(`CREATE TRIGGER refuse_delete BEFORE DELETE ON tributary.${table}
        FOR EACH ROW EXECUTE FUNCTION tributary.refuse_change()`);
      await runner.query(`CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON tributary.${table}
        FOR EACH STATEMENT EXECUTE FUNCTION tributary.refuse_change()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      for (const trigger of ['refuse_change', 'refuse_delete', 'refuse_truncate']) {
        await runner.query(`DROP TRIGGER ${trigger} ON tributary.${table}`);
      }
    }
    await runner.query('DROP FUNCTION tributary.refuse_change_of_terms()');
  }
}

const TABLES = ['agreement_versions', 'plans', 'ngr_versions'];
