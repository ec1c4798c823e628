import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The indexes by which commissions are reckoned anew. Tables of facts may be large: they are built while writers go on, which
 * no transaction can do. Whoever died amid it left an index that is not valid: it is dropped, and built again. (Databases that
 * ran `AddCommissionMarks` before it left them to this migration have them already.)
 */
export class AddCommissionIndexes1764800900000 implements MigrationInterface {
  name = 'AddCommissionIndexes1764800900000';
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [index, of] of Object.entries(INDEXES)) {
      if (await isInvalid(runner, index)) {
        await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS tributary.${index}`);
      }
      await runner.query(`CREATE INDEX CONCURRENTLY IF NOT EXISTS ${index} ON tributary.${of}`);
    }
    for (const index of Object.keys(REPLACED)) {
      await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS tributary.${index}`);
    }
  }

  // TypeORM undoes in a transaction, whatever is said above
  async down(runner: QueryRunner): Promise<void> {
    for (const [index, of] of Object.entries(REPLACED)) {
      await runner.query(`CREATE INDEX ${index} ON tributary.${of}`);
    }
    for (const index of Object.keys(INDEXES)) await runner.query(`DROP INDEX tributary.${index}`);
  }
}

const INDEXES = {
  conversions_player: `conversions (player_id, brand, type, occurred_at) WHERE player_id IS NOT NULL`,
  conversions_click: `conversions (click_id, brand) WHERE click_id IS NOT NULL`,
  // What is no deposit of real money: that is a conversion
  transactions_movements: `transactions (player_id, brand, created_at) WHERE conversion_id IS NULL`,
  game_sessions_player_time: `game_sessions (player_id, brand, created_at)`,
  bets_player_time: `bets (player_id, brand, created_at)`,
  contacts_email: `contacts (md5(lower(email)), brand) WHERE email > ''`,
  contacts_phone: `contacts (md5(phone), brand) WHERE phone > ''`,
};

/** Those whose columns others begin with. */
const REPLACED = {
  game_sessions_player: `game_sessions (player_id, brand)`,
  bets_player: `bets (player_id, brand)`,
};

async function isInvalid(runner: QueryRunner, index: string): Promise<boolean> {
  const found = (await runner.query(
    `SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid`,
    [`tributary.${index}`],
  )) as unknown[];
  return found.length > 0;
}
