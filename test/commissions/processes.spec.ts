import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { openDatabase, type Database } from '#libs/database';
import { AppProcess } from '#test/app-process';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { until } from '#test/until';
import { storeDeals } from '#apps/commissions';
import { click, registration, session, transaction } from './casino.js';
import { DEALS } from './deals.js';
import { NOW, commissionDump, emptyCommissions, settle, tell, unbalanced } from './ledger.js';

const PLAYERS = 60;
const WORLD = Array.from({ length: PLAYERS }, (_, i) => [
  click(`c${i}`, '2026-10-01', { link: ['acme', 'bolt', 'core'][i % 3]! }),
  registration(`p${i}`, `c${i}`, '2026-10-02'),
  transaction(`t${i}`, `p${i}`, '60', '2026-10-03'),
  session(`s${i}`, `p${i}`, [String(20 + i), '10'], '2026-10-04', { bets: '3' }),
]).flat();

let home: TestDatabase;
let database: Database;
let folder: string;
let environment: Record<string, string>;
let expected: string[];
const processes: AppProcess[] = [];

beforeAll(async () => {
  home = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'agreements-'));
  environment = { DATABASE_URL: home.url, AGREEMENTS_DIR: folder };
  expect(await AppProcess.run('cli', environment, ['migrate'])).toMatchObject({ code: 0 });
  database = openDatabase(home.url, 'test', { warn: () => {} });
  await tell(database, WORLD);
  await storeDeals(database, DEALS, NOW);
  await settle(database);
  expected = await commissionDump(database);
  expect(expected.length).toBeGreaterThan(3 * PLAYERS);
});
afterAll(async () => {
  await database.close();
  await home.drop();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  await emptyCommissions(database);
  await storeDeals(database, DEALS, NOW);
});
afterEach(async () => {
  for (const process of processes.splice(0)) if (!process.hasExited) await process.kill9();
  expect(await commissionDump(database)).toEqual(expected);
  expect(await unbalanced(database)).toEqual([]);
});

async function started(): Promise<AppProcess> {
  const process = await AppProcess.spawn('commissions', environment);
  processes.push(process);
  return process;
}

/** Keeps the ledger from being written while `meanwhile` runs; it is called when a process waits to write it. */
async function whileLedgerWaits(meanwhile: () => Promise<void>, before: () => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: home.url });
  await client.connect();
  try {
    await client.query('BEGIN; LOCK TABLE tributary.commission_entries IN EXCLUSIVE MODE');
    await before();
    await until('a process waits to write the ledger', async () => {
      const waiting = await database.pool.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
          AND query LIKE '%INSERT INTO tributary.commission_entries%'`,
      );
      return waiting.rows.length > 0;
    });
    await meanwhile();
  } finally {
    await client.end();
  }
}

async function untilReckoned(): Promise<void> {
  await until('nothing waits', async () => {
    const found = await database.pool.query<{ waits: boolean }>(
      `SELECT EXISTS (SELECT FROM tributary.commission_marks) OR EXISTS (SELECT FROM tributary.commission_subjects_marked)
        OR EXISTS (SELECT FROM tributary.commission_periods_marked) AS waits`,
    );
    return !found.rows[0]!.waits;
  });
}

describe('the process of commissions', () => {
  it('has done nothing where it is killed amid a run, and does it when it is there again', async () => {
    const first = await started();
    await whileLedgerWaits(
      async () => void (await first.kill9()),
      () => first.ready(),
    );
    const second = await started();
    await second.ready();
    await untilReckoned();
    expect(await second.term()).toMatchObject({ code: 0 });
    const said = second.output.filter((line) => line.includes('commissions reckoned'));
    expect(said.length).toBeGreaterThan(0);
    expect(said.join()).not.toMatch(/"p\d+"/);
  });

  it('writes nothing where it stood still for too long, and another has taken over', async () => {
    const first = await started();
    await whileLedgerWaits(
      async () => first.pause(),
      () => first.ready(),
    );
    const second = await started();
    await second.ready();
    await untilReckoned();
    const entries = await database.pool.query('SELECT FROM tributary.commission_entries');
    first.resume();
    await until('the first one goes on', async () => (await first.ask('/readyz')).status === 200);
    expect((await database.pool.query('SELECT FROM tributary.commission_entries')).rowCount).toBe(
      entries.rowCount,
    );
    expect(await Promise.all([first.term(), second.term()])).toMatchObject([{ code: 0 }, { code: 0 }]);
  });

  it('tells of a player who is set aside, without their name, and tries them again when it starts', async () => {
    const first = await started();
    await first.ready();
    await untilReckoned();
    const most = '99999999999999999999';
    await tell(database, [
      session('most-1', 'p0', [most, '0'], '2026-10-05'),
      session('most-2', 'p0', [most, '0'], '2026-10-05'),
    ]);
    await until('the gauge says so', async () =>
      /^tributary_commission_set_aside 1$/m.test((await first.ask('/metrics')).body),
    );
    const ready = await first.ask('/readyz');
    expect(ready.status).toBe(200);
    expect(ready.body).toContain('1 set aside, as they cannot be reckoned');
    expect(ready.body).toContain('in force without a file that can be used: acme, bolt, core, dune');
    expect(await first.term()).toMatchObject({ code: 0 });
    expect([...first.output, ready.body].join()).not.toMatch(/\bp0\b/);
    const { output } = await AppProcess.run('cli', environment, ['status']);
    expect(output).toContain('1 set aside, as their commissions cannot be reckoned');

    await database.pool.query(`DELETE FROM tributary.game_sessions WHERE session_id LIKE 'most-%'`);
    await database.pool.query('DELETE FROM tributary.commission_marks');
    const second = await started();
    await second.ready();
    await until('nobody is set aside', async () => {
      const found = await database.pool.query('SELECT FROM tributary.commissions_set_aside');
      return found.rows.length === 0;
    });
    expect(await second.term()).toMatchObject({ code: 0 });
  }, 120_000);
});
