import { MIGRATIONS, openDatabase, type Database } from '#libs/database';
import { testDatabase, type TestDatabase } from '#test/postgres';

let home: TestDatabase;
let database: Database;
beforeEach(async () => {
  home = await testDatabase();
  database = openDatabase(home.url, 'test', { warn: () => {} });
});
afterEach(async () => {
  await database.close();
  await home.drop();
});

/** Every column, index and sequence of the schema, without the ledger of migrations. */
async function shape(): Promise<string[]> {
  const found = await database.pool.query<{ line: string }>(`
    SELECT line FROM (
      SELECT format('%s.%s %s %s', table_name, column_name, data_type, is_nullable) AS line, table_name AS t
        FROM information_schema.columns WHERE table_schema = 'tributary'
      UNION ALL SELECT indexdef, tablename FROM pg_indexes WHERE schemaname = 'tributary'
      UNION ALL SELECT 'sequence ' || sequencename, sequencename FROM pg_sequences WHERE schemaname = 'tributary'
    ) s WHERE t NOT LIKE 'migrations%' ORDER BY line`);
  return found.rows.map((r) => r.line);
}

describe('migrations', () => {
  it('run up, down to nothing, and up to the same', async () => {
    expect(await database.pendingMigrations()).toEqual(MIGRATIONS.map((m) => m.name));
    expect(await database.migrate()).toHaveLength(MIGRATIONS.length);
    const first = await shape();
    const source = await database.dataSource();
    for (const _ of MIGRATIONS) await source.undoLastMigration({ transaction: 'each' });
    expect(await shape()).toEqual([]);
    expect(await database.pendingMigrations()).toEqual(MIGRATIONS.map((m) => m.name));
    await database.migrate();
    expect(await shape()).toEqual(first);
    expect(await database.pendingMigrations()).toEqual([]);
    expect(await database.migrate()).toEqual([]);
  });

  it('run once where several processes run them at once', async () => {
    const others = [1, 2].map(() => openDatabase(home.url, 'test', { warn: () => {} }));
    const done = await Promise.all([database, ...others].map((d) => d.migrate()));
    await Promise.all(others.map((d) => d.close()));
    expect(done.flat()).toHaveLength(MIGRATIONS.length);
  });

  it('give every entity its table and columns', async () => {
    await database.migrate();
    const source = await database.dataSource();
    for (const { target } of source.entityMetadatas) await source.getRepository(target).find({ take: 1 });
  });
});
