import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { withLoadedCli } from '#test/loaded-cli';
import { testDatabase, type TestDatabase } from '#test/postgres';
import type { Ended } from '#test/run-node';
import { startRiver, type River } from '#test/whole-river';

const runCli = withLoadedCli();
const OCTOBER = ['--agreement', 'delta-hybrid', '--period', '2026-10'];

describe('npx tributary commissions', () => {
  let database: TestDatabase;
  let river: River;
  let folder: string;

  const cli = (...argv: string[]): Promise<Ended> =>
    runCli(argv, { DATABASE_URL: database.url, AGREEMENTS_DIR: folder });
  const commissions = (...argv: string[]): Promise<Ended> => cli('commissions', ...argv);
  const linesOf = async (...argv: string[]): Promise<string[]> => {
    const { code, stdout, stderr } = await commissions(...argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout.split('\n');
  };
  const refusal = async (...argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await commissions(...argv);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    return stderr;
  };

  beforeAll(async () => {
    database = await testDatabase();
    river = await startRiver(database.url);
    folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
    const { code } = await cli('import', 'example-agreements/october.jsonl');
    expect(code).toBe(0);
    await river.settled();
  });
  afterAll(async () => {
    await river.stop();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  it('says what to do first', async () => {
    expect(await refusal('run')).toBe(
      `tributary: ${folder} has no agreement; example-agreements has some to copy\n`,
    );
    expect(await refusal('show', ...OCTOBER)).toBe(
      'tributary: no agreement is stored yet: run "npx tributary commissions run" first\n',
    );
    for (const wrong of [
      ['show', '--period', '2026-10'],
      ['show', '--partner', 'x', '--period', '2026-13'],
      ['export', ...OCTOBER],
      ['export', ...OCTOBER, '--format', 'html', '--players'],
    ]) {
      expect(await commissions(...wrong)).toMatchObject({ code: 2, stdout: '' });
    }
  });

  it('stores agreements and reckons what they concern', async () => {
    for (const name of ['ngr', 'hybrid'])
      copyFileSync(`example-agreements/${name}.yaml`, join(folder, `${name}.yaml`));
    expect(await linesOf('run')).toEqual([
      'stored delta-hybrid and spacevegas/standard; 0 as before',
      'reckoned 4 players: 3 months changed, 3 entries in the ledger',
      'not counted, for want of a rate: USD 2026-10-11, USD 2026-10-12',
      'npx tributary fx import brings rates in, and the next run counts them',
      '',
    ]);
    expect(
      (await linesOf('run', '--json')).map((line) => (line === '' ? null : (JSON.parse(line) as object))),
    ).toEqual([
      {
        ...{ changed: [], unchanged: ['delta-hybrid', 'spacevegas/standard'] },
        ...{
          subjects: 0,
          months: 0,
          entries: 0,
          missing_rates: [],
          contested: 0,
          set_aside: [],
          without_file: [],
        },
      },
      null,
    ]);
    expect(await linesOf('run')).toEqual([
      'nothing new to store: 2 definitions as before',
      'nothing waits to be reckoned',
      '',
    ]);
    writeFileSync(join(folder, 'wrong.yaml'), 'agreement: delta\n');
    expect(await refusal('run')).toContain(`${folder}/wrong.yaml:1:1: `);
    rmSync(join(folder, 'wrong.yaml'));
  });

  it('shows what is owed, and what stands in the way of closing it', async () => {
    const lines = await linesOf('show', '--partner', 'Delta Traffic', '--period', '2026-10');
    expect(lines.slice(0, 19)).toEqual([
      'Delta Traffic, 2026-10 · open: as it would be if it were closed now',
      'agreement delta-hybrid · brand spacevegas · months of Europe/Malta · EUR',
      '',
      'Line            players     EUR',
      'CPA                   1   50.00',
      'Revenue share         2   25.29',
      '───────────────────────────────',
      'Total                     75.29',
      'To be paid                75.29',
      '',
      'Player   line               exact amount',
      'mia      CPA                    50.00',
      'mia      Revenue share          19.116',
      'lena     Revenue share           6.17625',
      'Why: npx tributary commissions show --agreement delta-hybrid --period 2026-10 --player mia',
      '',
      'In the way of closing it:',
      '- no rate for USD 2026-10-11, USD 2026-10-12: npx tributary fx import, then commissions run',
      '',
    ]);
    expect(lines.at(-2)).toMatch(/^Manifest [0-9a-f]{64}$/);
    expect(await refusal('close', ...OCTOBER, '--yes')).toBe(
      'tributary: delta-hybrid 2026-10 cannot be closed:\n' +
        '- no rate for USD 2026-10-11, USD 2026-10-12: npx tributary fx import, then commissions run\n',
    );
    expect(await refusal('show', '--partner', 'Delta Trafic', '--period', '2026-10')).toContain(
      'no stored agreement has the partner "Delta Trafic": did you mean "Delta Traffic"?',
    );
  });

  it('shows why, player by player', async () => {
    const lines = await linesOf('show', ...OCTOBER, '--player', 'mia');
    expect(lines.slice(0, 5)).toEqual([
      'Player mia, 2026-10 · Delta Traffic · spacevegas · agreement delta-hybrid · EUR',
      'covered for the link of the click',
      '',
      'CPA: 50.00',
      '  for the qualification (100.00 EUR deposited, 2 deposits and 200.00 EUR wagered, within 30 days',
    ]);
    for (const step of [
      '  = GGR                                       199.50',
      '  − bonus (Prize, Compensation, Cash back)    −10.00',
      '  − fixed fee of the month, 0.5 EUR            −0.50',
      '  = NGR                                       141.60',
      '  = base                                      127.44',
      '  Share: 15 % of 127.44 = 19.116.',
      '  together, exact   69.116',
      '  count      2 deposits, 2 transactions, 2 game sessions and 0 bets',
    ]) {
      expect(lines).toContain(step);
    }
    const noah = await linesOf('show', ...OCTOBER, '--player', 'noah');
    expect(noah).toContain('  not counted   for want of a rate: USD 2026-10-11, USD 2026-10-12');
    const [json] = JSON.parse(
      (await linesOf('show', ...OCTOBER, '--player', 'mia', '--json'))[0]!,
    ) as object[];
    expect(json).toMatchObject({ subject: 'mia', months: [{ base: '127.44' }] });
    expect(await refusal('show', ...OCTOBER, '--player', 'otto')).toContain(
      'delta-hybrid has nothing of player otto in 2026-10',
    );
  });

  it('simulates another plan, and stores nothing', async () => {
    const tried = join(folder, '..', `${userInfo().username}-tried-${process.pid}.yaml`);
    const text = readFileSync('example-agreements/hybrid.yaml', 'utf8');
    writeFileSync(tried, text.replace('rate: 15%', 'rate: 25%').replace('amount: 50\n', 'amount: 30\n'));
    const before = await linesOf('show', ...OCTOBER);
    const lines = await linesOf('plan', 'simulate', tried, '--period', '2026-10');
    expect(lines).toEqual([
      'Delta Traffic, 2026-10 · agreement delta-hybrid · nothing is stored',
      '',
      'EUR               now   simulated   difference',
      'CPA             50.00       30.00       −20.00',
      'Revenue share   25.29       42.15        16.86',
      '──────────────────────────────────────────────',
      'Total           75.29       72.15        −3.14',
      '',
      'Not all is known yet: no rate for USD 2026-10-11, USD 2026-10-12',
      '',
    ]);
    expect(await linesOf('show', ...OCTOBER)).toEqual(before);
    rmSync(tried);
    expect(await refusal('plan', 'simulate', tried, '--period', '2026-10')).toContain('cannot be read');
    const ngr = 'example-agreements/ngr.yaml';
    expect(await refusal('plan', 'simulate', ngr, '--period', '2026-10')).toContain(
      "name one agreement's file",
    );
  });

  it('closes a month once and for all, by whoever asks, and exports it', async () => {
    expect(await cli('fx', 'import', 'example-agreements/rates.csv')).toMatchObject({ code: 0, stderr: '' });
    await linesOf('run');
    expect(await refusal('close', ...OCTOBER)).toBe(
      'delta-hybrid 2026-10: total 75.29 EUR, to be paid 75.29 EUR\n' +
        'tributary: nothing is closed: say --yes where nobody can be asked\n',
    );
    const closed = await commissions('close', ...OCTOBER, '--yes');
    expect(closed).toMatchObject({
      code: 0,
      stderr: 'delta-hybrid 2026-10: total 75.29 EUR, to be paid 75.29 EUR\n',
    });
    expect(closed.stdout).toMatch(/^delta-hybrid 2026-10 is closed: statement 1, manifest [0-9a-f]{64}\n$/);
    const by = `${userInfo().username}@${hostname()}`;
    expect(await refusal('close', ...OCTOBER, '--yes')).toMatch(
      new RegExp(`^tributary: delta-hybrid 2026-10 is closed: statement 1, .* UTC, by ${by}\n$`),
    );
    const [head, , ...rest] = await linesOf('show', ...OCTOBER);
    expect(head).toMatch(new RegExp(`^Delta Traffic, 2026-10 · statement 1, closed .* UTC by ${by}$`));
    expect(rest.join('\n')).not.toMatch(/In the way|DOES NOT FIT/);
    const hash = /manifest (\S+)/.exec(closed.stdout)![1]!;

    const csv = await linesOf('export', ...OCTOBER, '--format', 'csv');
    expect(csv.slice(0, 3)).toEqual([
      'partner,agreement,brand,period,status,number,currency,line,of_period,players,exact,amount',
      'Delta Traffic,delta-hybrid,spacevegas,2026-10,closed,1,EUR,cpa,2026-10,1,50,50',
      'Delta Traffic,delta-hybrid,spacevegas,2026-10,closed,1,EUR,revenue_share,2026-10,2,25.29225,25.29',
    ]);
    expect(await linesOf('export', ...OCTOBER, '--format', 'csv', '--players')).toContain(
      'Delta Traffic,delta-hybrid,spacevegas,2026-10,closed,1,EUR,mia,revenue_share,2026-10,19.116',
    );
    const [json] = await linesOf('export', ...OCTOBER, '--format', 'json');
    expect(JSON.parse(json!)).toMatchObject({ payable: '75.29', closed_by: by, manifest: { hash } });
    expect(await linesOf('export', ...OCTOBER, '--format', 'json', '--players')).toContain(
      '{"agreement":"delta-hybrid","amount":"50","currency":"EUR","kind":"cpa","of_period":"2026-10","period":"2026-10","subject":"mia"}',
    );
    const out = join(folder, 'statement.html');
    expect(await linesOf('export', ...OCTOBER, '--format', 'html', '--out', out)).toEqual(['']);
    expect(readFileSync(out, 'utf8')).toContain(`<code>${hash}</code>`);
    expect(await refusal('export', ...OCTOBER, '--format', 'html', '--out', folder)).toContain(
      'cannot be written',
    );
  });

  it('shows what comes to light of a closed month as an adjustment of the next', async () => {
    const session = {
      ...{ session_id: 's-late', player_id: 'lena', game_name: 'Comets', currency: 'EUR', bet_count: '1' },
      ...{ win_count: '0', bet_amount: '100', win_amount: '0' },
      ...{ created_at: '2026-10-23T18:00:00.000000Z', updated_at: '2026-11-03T18:00:00.000000Z' },
    };
    const event = {
      ...{ specversion: '1.0', type: 'tributary.event.v1', source: 'spacevegas-api', subject: 's-late' },
      data: {
        ...{ kind: 'game_session', stream: 'example', brand: 'spacevegas', record: session },
        occurred_at: session.created_at,
      },
    };
    const imported = await runCli(['import', '-'], { DATABASE_URL: database.url }, JSON.stringify(event));
    expect(imported).toMatchObject({ code: 0 });
    await river.settled();
    await linesOf('run');
    const lines = await linesOf('show', '--partner', 'Delta Traffic', '--period', '2026-11');
    expect(lines.filter((line) => /adjustment|Total|^lena/.test(line))).toEqual([
      'Revenue share, adjustment of 2026-10         1   10.73',
      'Total                                            10.73',
      'lena     Revenue share   2026-10        10.7325',
    ]);
    const [head] = await linesOf('show', ...OCTOBER);
    expect(head).toContain('statement 1, closed');
  });
  it('names agreements whose file is gone, which stay in force until a file ends them', async () => {
    const file = join(folder, 'acme.yaml');
    const text = readFileSync('example-agreements/cpa.yaml', 'utf8');
    writeFileSync(file, text);
    expect(await commissions('run')).toMatchObject({ code: 0 });
    rmSync(file);
    const run = await linesOf('run');
    expect(run.slice(0, 2)).toEqual([
      'nothing new to store: 2 definitions as before',
      'in force without a file: acme-cpa; a file that gives the last plan a `to` ends one (commissions plan list)',
    ]);
    const told = await linesOf('plan', 'list');
    const at = told.indexOf('In force as they are stored, without a file that can be used:');
    expect(told.slice(at).join('\n')).toContain('acme-cpa');
    expect(told.slice(0, at).join('\n')).not.toContain('acme-cpa');
    const [json] = await linesOf('plan', 'list', '--json');
    expect(JSON.parse(json!)).toMatchObject({
      plans: [{ agreement: 'delta-hybrid' }],
      without_file: [{ agreement: 'acme-cpa', from: '2026-01-01', to: null }],
    });
    expect(await commissions('show', '--agreement', 'acme-cpa', '--period', '2026-10')).toMatchObject({
      code: 0,
    });
    writeFileSync(file, text.replace('from: 2026-01-01', 'from: 2026-01-01\n    to: 2026-12-01'));
    expect((await linesOf('run'))[0]).toBe('stored acme-cpa; 2 as before');
    expect((await linesOf('plan', 'list')).join('\n')).not.toContain('without a file');
  });
});
