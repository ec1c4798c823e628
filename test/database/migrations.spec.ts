import { MIGRATIONS, openDatabase, type Database } from '#libs/database';
import { Client } from 'pg';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { until } from '#test/until';

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

/** Indexes whose building was not ended. */
async function invalid(): Promise<string[]> {
  const found = await database.pool.query<{ index: string }>(
    `SELECT c.relname AS index FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid`,
  );
  return found.rows.map((row) => row.index);
}

const INDEXES = 'AddCommissionIndexes1764800900000';

/** Of a migration and all later ones. */
function namesFrom(name: string): string[] {
  const names: string[] = MIGRATIONS.map((m) => m.name);
  return names.slice(names.indexOf(name));
}

/** Undoes a migration and all later ones. */
async function undoFrom(name: string): Promise<void> {
  const source = await database.dataSource();
  for (const _ of namesFrom(name)) await source.undoLastMigration({ transaction: 'each' });
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

  it('build indexes while writers go on, and again where whoever did so was killed', async () => {
    await database.migrate();
    const expected = await shape();
    await undoFrom(INDEXES);
    const writer = new Client({ connectionString: home.url });
    await writer.connect();
    try {
      // Its transaction is what building waits for
      await writer.query('BEGIN; LOCK TABLE tributary.bets IN ROW EXCLUSIVE MODE');
      const killed = openDatabase(home.url, 'test', { warn: () => {} });
      const failed = expect(killed.migrate()).rejects.toThrow();
      const waits = 'bets_player_time';
      await until('the index of bets is being built', async () => (await invalid()).includes(waits));
      expect(await invalid()).toEqual([waits]);
      await database.pool.query('DELETE FROM tributary.bets');
      await database.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY%'`,
      );
      await failed;
      await killed.close();
    } finally {
      await writer.end();
    }
    expect(await invalid()).toEqual(['bets_player_time']);
    expect(await database.pendingMigrations()).toEqual(namesFrom(INDEXES));
    await database.migrate();
    expect(await invalid()).toEqual([]);
    expect(await shape()).toEqual(expected);
  });

  it('leave indexes alone that are there', async () => {
    await database.migrate();
    const expected = await shape();
    await undoFrom(INDEXES);
    const before = expected.filter((line) => /INDEX (bets_player_time|contacts_email) /.test(line));
    expect(before).toHaveLength(2);
    for (const line of before) await database.pool.query(line);
    await database.pool.query('DROP INDEX tributary.bets_player');
    await database.migrate();
    expect(await shape()).toEqual(expected);
  });

  it('give every entity its table and columns', async () => {
    await database.migrate();
    const source = await database.dataSource();
    for (const { target } of source.entityMetadatas) await source.getRepository(target).find({ take: 1 });
  });
});
