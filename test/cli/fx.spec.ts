import { readFileSync } from 'node:fs';
import { openDatabase, upsertFxRates, type Database } from '#libs/database';
import { withLoadedCli } from '#test/loaded-cli';
import { testDatabase, type TestDatabase } from '#test/postgres';
import type { Ended } from '#test/run-node';

const runCli = withLoadedCli();
const HISTORY = 'test/fixtures/ecb/eurofxref-hist.csv';

describe('npx tributary fx', () => {
  let home: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    home = await testDatabase();
    database = openDatabase(home.url, 'test', { warn: () => {} });
    expect((await tributary(['migrate'])).code).toBe(0);
  });
  afterAll(async () => {
    await database.close();
    await home.drop();
  });

  const tributary = (argv: string[], input?: string): Promise<Ended> =>
    runCli(argv, { DATABASE_URL: home.url }, input);
  const stored = async (): Promise<string[]> => {
    const { rows } = await database.pool.query<{ rate: string }>(
      `SELECT concat_ws(' ', base, quote, day, trim_scale(rate), source) AS rate FROM tributary.fx_rates
        ORDER BY day, quote`,
    );
    return rows.map((row) => row.rate);
  };

  it('takes rates in, once, and says what changed', async () => {
    const none = await tributary(['fx', 'list']);
    expect(none.stdout).toContain('there are no rates yet');
    expect(await tributary(['fx', 'import', HISTORY])).toEqual({
      code: 0,
      stdout: '16 rates of 7 currencies for 3 days from 2015-02-12 to 2024-06-28: 16 new or changed\n',
      stderr: '',
    });
    const before = await stored();
    expect(before).toContain('EUR RUB 2015-02-12 75.2935 ecb');
    const again = await tributary(
      ['fx', 'import', '--json'],
      readFileSync('test/fixtures/ecb/eurofxref-daily.xml', 'utf8'),
    );
    expect(JSON.parse(again.stdout)).toEqual({
      ...{ rates: 5, changed: 0, currencies: 5 },
      ...{ from: '2024-06-28', to: '2024-06-28' },
    });
    expect(await stored()).toEqual(before);

    const listed = JSON.parse((await tributary(['fx', 'list', '--json'])).stdout) as object[];
    expect(listed).toHaveLength(7);
    expect(listed).toContainEqual({
      ...{ base: 'EUR', currency: 'ISK', days: 2, first_day: '2023-12-08', last_day: '2024-06-28' },
      ...{ last_rate: '148.9', source: 'ecb' },
    });
    expect((await tributary(['fx', 'list'])).stdout).toMatch(
      /EUR → USD +3 +2015-02-12 +2024-06-28 +1\.0705 +ecb/,
    );
  });

  it('takes nothing in where a line is wrong, or a rate is stored with another value', async () => {
    const before = await stored();
    const wrong = await tributary(['fx', 'import'], 'Date,USD,\n2024-07-01,1.07,\n2024-07-02,-1,\n');
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      'line 3: the rate of USD must be a plain decimal above 0\ntributary: nothing is taken in: a line is wrong\n',
    ]);
    const zip = await tributary(['fx', 'import'], 'PK\u0003\u0004');
    expect([zip.code, zip.stderr]).toEqual([1, expect.stringContaining('unzip -p eurofxref-hist.zip')]);

    const other = 'Date,USD,JPY,\n2024-06-28,1.08,171.94,\n2024-06-27,1.07,171,\n';
    const refused = await tributary(['fx', 'import'], other);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      'USD 2024-06-28: 1.0705 is stored, the file says 1.08\ntributary: nothing is taken in: a rate is stored with another value (--replace replaces it)\n',
    ]);
    expect(await stored()).toEqual(before);

    const replaced = await tributary(['fx', 'import', '--replace'], other);
    expect(replaced.stdout).toContain(
      '4 rates of 2 currencies for 2 days from 2024-06-27 to 2024-06-28: 3 new',
    );
    expect(await stored()).toContain('EUR USD 2024-06-28 1.08 ecb');
  });

  it('gives back the days that are new or changed', async () => {
    const rate = (quote: string, value: string) => ({ base: 'EUR', quote, day: '2026-01-02', rate: value });
    const upsert = (rates: ReturnType<typeof rate>[], replace: boolean) =>
      database.transaction((client) =>
        upsertFxRates(client, rates, { source: 'test', now: new Date(0), replace }),
      );
    const day = '2026-01-02';
    expect(await upsert([rate('USD', '1.1'), rate('JPY', '160')], false)).toEqual([
      { currency: 'USD', day },
      { currency: 'JPY', day },
    ]);
    expect(await upsert([rate('USD', '1.100'), rate('JPY', '161')], true)).toEqual([
      { currency: 'JPY', day },
    ]);
    expect(await upsert([rate('JPY', '161'), rate('GBP', '0.9')], false)).toEqual([{ currency: 'GBP', day }]);
  });
});
