import { spawn } from 'node:child_process';
import { Topic } from '#libs/events';
import { withLoadedCli } from '#test/loaded-cli';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { runNode, type Ended } from '#test/run-node';
import { startRiver, type River } from '#test/whole-river';

const runCli = withLoadedCli();

const CLICK = 'fd3ba970-2330-4576-94ba-e1efc470bd56';
const UNTOLD = '0ca3f4e1-af20-4cb4-b19d-a36c8c6f1a00';
const TABLES = [
  ...['conversions', 'clicks', 'touchpoints', 'identity_links'],
  ...['conversion_facts', 'deposit_pairings', 'dead_letters', 'receipts'],
];

describe('npx tributary', () => {
  let database: TestDatabase;
  let river: River;
  const receipts: string[] = [];
  /** Every table as it was exported before the tests. */
  const tables: Record<string, Record<string, unknown>[]> = {};

  const cli = (...argv: string[]): Promise<Ended> => runCli(argv, { DATABASE_URL: database.url });
  /** The same in a process of its own. */
  const program = (...argv: string[]): Promise<Ended> =>
    runNode(['bin/tributary.js', ...argv], { DATABASE_URL: database.url });
  const json = async (...argv: string[]): Promise<unknown> => JSON.parse((await cli(...argv)).stdout);
  const exported = async (table: string, ...argv: string[]): Promise<Record<string, unknown>[]> => {
    const { code, stdout } = await cli('export', table, ...argv);
    expect(code).toBe(0);
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  beforeAll(async () => {
    database = await testDatabase();
    river = await startRiver(database.url);
    const { pixelUrl } = river;
    await fetch(`${pixelUrl}/clicks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ click_id: CLICK, utm_source: 'news,letter', utm_medium: 'say "email"' }),
    });
    const deposit = 'type=deposit&currency=usd&player_id=anna';
    for (const call of [
      `${CLICK}?type=registration&player_id=anna`,
      `${CLICK}?${deposit}&amount=40.50&transaction_id=t-1`,
      `${CLICK}?${deposit}&amount=40.5`,
      `${UNTOLD}?type=install`,
      `${UNTOLD}?type=install&test=true`,
    ]) {
      const answer = await fetch(`${pixelUrl}/convert/${call}`);
      receipts.push(answer.headers.get('x-receipt-id')!);
    }
    await river.platform.eventLog.publish(Topic.rawEvents, [{ key: 'kéy', value: 'no JSON \0' }]);
    await river.settled();
    await Promise.all(TABLES.map(async (table) => (tables[table] = await exported(table))));
  });
  afterAll(async () => {
    await river.stop();
    await database.drop();
  });

  it('explains itself, and wrong use by 2', async () => {
    const [help, table, format, nothing, filter, period] = await Promise.all([
      program('--help'),
      program('export', 'passwords'),
      cli('export', 'clicks', '--format', 'xml'),
      cli(),
      cli('dead-letters', 'replay'),
      cli('export', 'deposit_pairings', '--from', 'yesterday'),
    ]);
    expect(help.code).toBe(0);
    for (const command of [
      'migrate',
      'status',
      'explain',
      'attribution',
      'export',
      'import',
      'dead-letters',
      'rebuild',
    ]) {
      expect(help.stdout).toContain(`  ${command}`);
    }
    for (const wrong of [table, format, nothing, filter, period]) {
      expect({ code: wrong.code, stdout: wrong.stdout }).toEqual({ code: 2, stdout: '' });
      expect(wrong.stderr).not.toBe('');
    }
  });

  it('takes a stretch that ends before it begins for wrong use', async () => {
    const stretch = ['--from', '2026-11-22', '--to', '2026-11-21'];
    const commands = [
      ['export', 'conversions'],
      ['attribution'],
      ['dead-letters', 'list'],
      ['dead-letters', 'replay'],
    ];
    for (const ended of await Promise.all(commands.map((command) => cli(...command, ...stretch)))) {
      expect(ended).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('error: --from must be before --to') as string,
      });
    }
  });

  it('exits with 2 for settings that cannot be, with 1 for a database that does not answer', async () => {
    const wrong = await runNode(['bin/tributary.js', 'status'], {
      DATABASE_URL: 'mysql://x',
      ADMIN_PORT: 'x',
    });
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('DATABASE_URL');
    expect(wrong.stderr).toContain('ADMIN_PORT');
    const away = await runNode(['bin/tributary.js', 'status'], {
      DATABASE_URL: 'postgres://x@127.0.0.1:1/x',
    });
    expect(away).toMatchObject({ code: 1, stdout: '' });
    expect(away.stderr).toMatch(/^tributary: .*ECONNREFUSED/);
  });

  it('shows the status on one screen, and the same as the console as JSON', async () => {
    const [screen, status] = await Promise.all([cli('status'), json('status', '--json')]);
    expect(screen.stdout).toMatch(/attribution +conversion-events +0 +–/);
    expect(screen.stdout).toMatch(
      /conversions +3 *\n {2}install +1 *\n {2}registration +1 *\n {2}deposit +1 *\n {2}unattributed +1 /,
    );
    expect(screen.stdout).toMatch(/invalid_json +1 +0/);
    expect(screen.stdout.split('\n').length).toBeLessThan(24);
    const shown = (await (await fetch(`${river.consoleUrl}/status`)).json()) as object;
    expect(status).toEqual(shown);
    expect(status).toMatchObject({
      clicks: { total: 1, estimated: false },
      conversions: {
        total: 3,
        by_type: { install: 1, registration: 1, deposit: 1, purchase: 0, payout: 0 },
        unattributed: 1,
        conflicts: 0,
      },
      dead_letters: { total: 1, open: 1, by_reason: { invalid_json: { total: 1, open: 1 } } },
    });
  });

  it('explains a transaction, from its call to its row', async () => {
    const { code, stdout } = await cli('explain', 't-1');
    expect(code).toBe(0);
    for (const told of [
      't-1 is the transaction of a deposit of default.',
      `receipt ${receipts[1]}`,
      'deposit of 40.5 USD: transaction t-1, player anna',
      `receipt ${receipts[2]}`,
      'Fact by pixel-server (a server pixel), weak: it has no transaction id',
      'the same deposit as tx:t-1',
      `player anna registered with click ${CLICK}`,
      'first and last touch news,letter / say "email"',
    ]) {
      expect(stdout).toContain(told);
    }
  });

  it('explains every other kind of id, also where the way has ended early', async () => {
    const conversion = tables['conversions']!.find((c) => c['type'] === 'install')!;
    const event = tables['receipts']!.find((r) => r['receipt_id'] === receipts[1])!;
    const told = async (id: unknown): Promise<string> => (await cli('explain', String(id))).stdout;
    const [byId, byKey, click, test, dead, byEvent, unknown, way] = await Promise.all([
      told(conversion['conversion_id']),
      told(`click:${UNTOLD}`),
      told(CLICK),
      told(receipts[4]),
      told(tables['dead_letters']![0]!['dead_letter_id']),
      told(event['event_id']),
      cli('explain', 'never-heard-of'),
      json('explain', receipts[1]!, '--json'),
    ]);
    expect(byId).toContain(`nobody has told of click ${UNTOLD} yet`);
    expect(byKey).toContain(`nobody has told of click ${UNTOLD} yet`);
    expect(click).toContain(`is a click of default`);
    expect(click).toContain('registration click:');
    expect(click).toContain('deposit tx:t-1');
    expect(test).toContain('It is a test');
    expect(dead).toContain('invalid_json: the record must be JSON');
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(byEvent).toContain('is an event');
    expect(way).toMatchObject({ found_as: ['a receipt'], conversions: [{ row: { amount: '40.5' } }, {}] });
  });

  it.each(TABLES)('exports %s without what the order of arrival decides', (table) => {
    const rows = tables[table]!;
    expect(rows.length).toBeGreaterThan(0);
    for (const column of ['revision', 'raw_position']) expect(rows[0]).not.toHaveProperty(column);
  });

  it('exports canonical values: instants, amounts, bytes, and a half-open period', async () => {
    const rows = tables['conversions']!;
    const deposit = rows.find((r) => r['type'] === 'deposit')!;
    expect(deposit).toMatchObject({ amount: '40.5', net_amount: '40.5', sources: ['pixel-server'] });
    const at = deposit['occurred_at'] as string;
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const ids = rows.map((r) => r['conversion_id']);
    expect(ids).toEqual([...ids].sort());
    const [from, to] = await Promise.all([
      exported('conversions', '--from', at),
      exported('conversions', '--to', at),
    ]);
    expect(from).toContainEqual(deposit);
    expect(to).not.toContainEqual(deposit);
    expect(from.length + to.length).toBe(rows.length);
    expect(tables['dead_letters']![0]).toMatchObject({ record_key: 'kéy', original: 'no JSON \0' });
  });

  it('exports CSV in which NULL and the empty text differ', async () => {
    const [touches, letters] = await Promise.all([
      cli('export', 'touchpoints', '--format', 'csv'),
      cli('export', 'dead_letters', '--format', 'csv'),
    ]);
    const [head, row] = touches.stdout.split('\n');
    expect(head).toMatch(/^brand,touch_id,source,/);
    expect(row).toContain(',,"news,letter","say ""email""",,,,{},{},');
    expect(letters.stdout).toMatch(/invalid_json,"",must be JSON,,,,/);
  });

  it('says who earned it, for people, spreadsheets and programs', async () => {
    const [table, csv, lines, none, wrong] = await Promise.all([
      cli('attribution', '--model', 'linear'),
      cli('attribution', '--by', 'click', '--format', 'csv'),
      cli('attribution', '--by', 'campaign', '--format', 'jsonl'),
      cli('attribution', '--from', '2030-01-01'),
      cli('attribution', '--model', 'best'),
    ]);
    expect(table.stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['Type', 'source', 'conversions', 'net amount'],
      ['deposit', 'news,letter', '1', '40.5', 'USD'],
      ['install', '(no touch)', '1'],
      ['registration', 'news,letter', '1'],
      [''],
    ]);
    expect(csv.stdout.split('\n')).toEqual([
      'type,click,touched,conversions,net_amount,currency',
      `deposit,${CLICK},true,1,40.5,USD`,
      'install,,false,1,,',
      `registration,${CLICK},true,1,,`,
      '',
    ]);
    expect(lines.stdout.split('\n')[0]).toBe(
      '{"type":"deposit","campaign":null,"touched":true,"conversions":"1","net_amount":"40.5","currency":"USD"}',
    );
    expect(none).toMatchObject({ code: 0, stdout: 'no approved conversions\n' });
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
  });

  it('takes a closed pipe for an end', async () => {
    const child = spawn('sh', ['-c', 'node bin/tributary.js export receipts | head -n 1; exit 0'], {
      env: { PATH: process.env.PATH, DATABASE_URL: database.url },
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect(stderr).toBe('');
  });

  it('rebuilds into the same rows, and migrates twice without effect', async () => {
    const before = await program('export', 'conversions');
    expect(await json('rebuild', '--json')).toEqual({ rebuilt: 4 });
    expect(await cli('export', 'conversions')).toEqual(before);
    expect(await json('migrate', '--json')).toEqual({ migrations: [], topics: [] });
  });

  it('lists, shows and replays dead letters', async () => {
    const list = await json('dead-letters', 'list', '--open', '--reason', 'invalid_json', '--json');
    const [{ dead_letter_id: id }] = list as [{ dead_letter_id: string }];
    const shown = await cli('dead-letters', 'show', id.slice(0, 8));
    expect(shown.stdout).toMatch(/what is wrong +the record must be JSON/);
    expect((await cli('dead-letters', 'show', 'ffffffff')).code).toBe(1);
    expect((await cli('dead-letters', 'replay', '--source', 'nobody')).code).toBe(1);

    const rows = await cli('export', 'conversions');
    expect((await cli('dead-letters', 'replay', '--all')).stdout).toBe(
      'published 1 record to raw-events again\n',
    );
    await river.settled();
    const letters = await exported('dead_letters');
    expect(letters.map((l) => l['replayed_at'] === null).sort()).toEqual([false, true]);
    expect(await cli('export', 'conversions')).toEqual(rows);
    expect((await cli('dead-letters', 'replay', '--id', id)).code).toBe(0);
  });
});
