import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '#libs/database';
import { withLoadedCli } from '#test/loaded-cli';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { click, registration, transaction } from '../commissions/casino.js';
import { tell } from '../commissions/ledger.js';

const runCli = withLoadedCli();
const NAMES = ['acme-one', 'acme-two'];

describe('npx tributary commissions close, of several agreements', () => {
  let home: TestDatabase;
  let database: Database;
  let folder: string;
  const cli = (...argv: string[]) => runCli(argv, { DATABASE_URL: home.url, AGREEMENTS_DIR: folder });

  beforeAll(async () => {
    home = await testDatabase();
    database = openDatabase(home.url, 'test', { warn: () => {} });
    folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
    const text = readFileSync('example-agreements/cpa.yaml', 'utf8').replace(
      'brand: spacevegas',
      'brand: royal',
    );
    for (const name of NAMES) {
      const own = text.replace('agreement: acme-cpa', `agreement: ${name}`).replace('acme-*', name);
      writeFileSync(join(folder, `${name}.yaml`), own);
    }
    expect(await cli('migrate')).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await database.close();
    await home.drop();
    rmSync(folder, { recursive: true });
  });

  it('tells of those that are closed also where another cannot be', async () => {
    await tell(
      database,
      NAMES.flatMap((name) => [
        click(name, '2026-10-01', { link: name }),
        registration(name, name, '2026-10-02'),
        transaction(`t ${name}`, name, '30', '2026-10-03'),
      ]),
    );
    expect(await cli('commissions', 'run')).toMatchObject({ code: 0 });
    // A fact that changed without a mark: who closes the month finds it
    await database.transaction(async (client) => {
      await client.query("SET LOCAL session_replication_role = 'replica'");
      await client.query(`UPDATE tributary.conversions SET amount = 99 WHERE player_id = 'acme-two'`);
    });
    const { code, stdout, stderr } = await cli(
      ...['commissions', 'close', '--partner', 'Acme Media', '--period', '2026-10', '--yes'],
    );
    expect(code).toBe(1);
    expect(stderr).toContain('2026-10 of acme-two cannot be closed');
    expect(stdout).toMatch(/^acme-one 2026-10 is closed: statement 1, manifest [0-9a-f]{64}\n$/);
  });
});
