import { afterAll, beforeAll } from '@jest/globals';
import { openDatabase, type Database } from '#libs/database';
import { testDatabase, type TestDatabase } from './postgres.js';

/** Gives the tests of a file a database of their own with every table in it, and takes it away behind them. */
export function withMigratedDatabase(use: (database: Database) => void): void {
  let home: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    home = await testDatabase();
    database = openDatabase(home.url, 'test', { warn: () => {} });
    await database.migrate();
    use(database);
  });
  afterAll(async () => {
    await database.close();
    await home.drop();
  });
}
