import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLoadedCli } from '#test/loaded-cli';
import { testDatabase, type TestDatabase } from '#test/postgres';
import type { Ended } from '#test/run-node';
import { startRiver, type River } from '#test/whole-river';

const runCli = withLoadedCli();
const OCTOBER = ['--agreement', 'delta-hybrid', '--period', '2026-10'];
const NOVEMBER = ['--agreement', 'delta-hybrid', '--period', '2026-11'];

describe('npx tributary commissions, of a month that is closed', () => {
  let database: TestDatabase;
  let river: River;
  let folder: string;

  const cli = (...argv: string[]): Promise<Ended> =>
    runCli(argv, { DATABASE_URL: database.url, AGREEMENTS_DIR: folder });
  const output = async (...argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await cli(...argv);
    expect({ code, stderr: stderr.replace(/^delta-hybrid .*\n/, '') }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };

  beforeAll(async () => {
    database = await testDatabase();
    river = await startRiver(database.url);
    folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
    for (const file of ['ngr.yaml', 'hybrid.yaml']) cpSync(`example-agreements/${file}`, join(folder, file));
    await output('import', 'example-agreements/october.jsonl');
    await river.settled();
    await output('fx', 'import', 'example-agreements/rates.csv');
    await output('commissions', 'run');
  });
  afterAll(async () => {
    await river.stop();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  it('keeps the facts when it is closed: they can be listed, and come to what was paid', async () => {
    const before = await output('commissions', 'show', ...OCTOBER, '--player', 'mia', '--facts');
    expect(before).toContain('Facts it rests on\n');
    const refused = await cli('commissions', 'export', ...OCTOBER, '--format', 'csv', '--facts');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('is open: its facts are kept when it is closed');

    await output('commissions', 'close', ...OCTOBER, '--yes');
    const lines = (await output('commissions', 'show', ...OCTOBER, '--player', 'mia', '--facts')).split('\n');
    expect(lines[1]).toMatch(/^as it was paid: statement 1, closed .* UTC by /);
    const from = lines.indexOf('Facts it was paid on, kept when it was closed');
    expect(lines.slice(from + 1, from + 9)).toEqual([
      '  When (UTC)         fact           id                      amount',
      '  2026-10-02 12:00   deposit        5001     approved        60.00   EUR   for the CPA too',
      '  2026-10-03 18:00   game session   s-5002                  300.00   EUR   won 180.50, for the CPA too',
      '  2026-10-05 12:00   deposit        5003     approved        60.00   EUR   for the CPA too',
      '  2026-10-06 18:00   game session   s-5004                  500.00   EUR   won 420.00',
      '  2026-10-07 12:00   transaction    5005     Cash back IN    10.00   EUR',
      '  2026-10-20 12:00   transaction    5006     Normal OUT      50.00   EUR',
      '',
    ]);
    expect(lines).toContain('  checked   reckoned again from these facts alone, it comes to what was paid');
    expect(lines.slice(-5)).toEqual([
      'Since it was closed',
      '  Its facts are the same today.',
      '',
      '  It comes to the same as was paid.',
      '',
    ]);
    expect(await output('commissions', 'show', ...OCTOBER, '--facts')).toMatch(
      /Since it was closed the facts of no player have changed\.\n$/,
    );
  });

  it('shows it as it was paid whatever comes to light, and apart from that what has', async () => {
    const shown = await everything();
    await output('import', 'example-agreements/late.jsonl');
    await river.settled();
    const waiting = await output('commissions', 'show', ...OCTOBER, '--player', 'mia');
    expect(waiting).toContain('  What they come to is not reckoned yet: npx tributary commissions run\n');
    await output('commissions', 'run');
    expect(await everything()).toEqual(shown);

    const text = await output('commissions', 'show', ...OCTOBER, '--player', 'mia');
    expect(text.slice(text.indexOf('Since it was closed'))).toBe(
      [
        'Since it was closed',
        '  Its facts have changed: 1 fact has come to light, 2 were amended.',
        '  + 2026-10-30 20:00 UTC, game session s-5013: 80.00 EUR, won 20.00',
        '  ~ 2026-10-03 18:00 UTC, game session s-5002: 300.00 EUR, won 180.50 → 300.00 EUR, won 200.50',
        '  ~ 2026-10-05 12:00 UTC, deposit 5003: approved 60.00 EUR → reversed 60.00 EUR, left 0.00',
        '',
        "  By today's facts     paid     today   difference",
        '  CPA                50.00     0.00       −50.00',
        '  Revenue share      19.116   15.4845      −3.6315',
        '',
        '  Booked as an adjustment: −53.6315 EUR in 2026-11, which is open.',
        '',
      ].join('\n'),
    );
    const month = await output('commissions', 'show', ...OCTOBER, '--facts');
    expect(month).toContain('Since it was closed the facts of 1 player of 2026-10 have changed.');
    expect(month.slice(month.indexOf('\nmia\n'))).toContain('  + 2026-10-30 20:00 UTC, game session s-5013');
  });

  it('says on the statement that adjusts it what was before, what is after, and by which facts', async () => {
    const text = await output('commissions', 'show', ...NOVEMBER, '--player', 'mia');
    expect(text.slice(text.indexOf('Adjustments'))).toBe(
      [
        'Adjustments of months that were closed before',
        '  2026-10         before     after   difference',
        '  CPA             50.00     0.00       −50.00',
        '  Revenue share   19.116   15.4845      −3.6315',
        '  Its facts: 1 fact has come to light, 2 were amended',
        '  + 2026-10-30 20:00 UTC, game session s-5013: 80.00 EUR, won 20.00',
        '  ~ 2026-10-03 18:00 UTC, game session s-5002: 300.00 EUR, won 180.50 → 300.00 EUR, won 200.50',
        '  ~ 2026-10-05 12:00 UTC, deposit 5003: approved 60.00 EUR → reversed 60.00 EUR, left 0.00',
        '',
        '  With these mia brings the partner −53.6315 EUR in this statement.',
        '',
      ].join('\n'),
    );
  });

  it('gives the facts to programs', async () => {
    const [json] = JSON.parse(
      await output('commissions', 'show', ...OCTOBER, '--player', 'mia', '--facts', '--json'),
    ) as Record<string, unknown>[];
    expect(json).toMatchObject({
      closed: { number: 1 },
      reckoned_again: true,
      commissions: [{ amount: '50' }, { amount: '19.116' }],
      since: {
        changes: { added: [{ id: 's-5013' }], gone: [] },
        booked: [{ booked_in: '2026-11', number: null }, { booked_in: '2026-11' }],
      },
    });
    expect(json!['facts']).toHaveLength(6);
    const csv = await output('commissions', 'export', ...OCTOBER, '--format', 'csv', '--facts');
    expect(csv.split('\n')[0]).toBe(
      'agreement,period,of_period,subject,occurred_at,kind,id,transaction_id,event_id,type,amount,net_amount,win_amount,' +
        'bet_count,currency,rate,segment,for_cpa,hash',
    );
    expect(csv.split('\n').filter((line) => line.includes(',mia,'))).toHaveLength(6);
    const out = join(folder, 'facts.jsonl');
    await output('commissions', 'export', ...OCTOBER, '--format', 'json', '--facts', '--out', out);
    expect(readFileSync(out, 'utf8')).toBe(await output('export', 'statement_facts'));
    expect(await cli('commissions', 'export', ...OCTOBER, '--format', 'html', '--facts')).toMatchObject({
      code: 2,
    });
    const unwritable = await cli(
      'commissions',
      'export',
      ...OCTOBER,
      '--format',
      'csv',
      '--facts',
      '--out',
      folder,
    );
    expect(unwritable.code).toBe(1);
    expect(unwritable.stderr).toContain('cannot be written');
  });

  /** What is told of October as it was paid. */
  async function everything(): Promise<string[]> {
    const paid = (text: string): string => text.slice(0, text.indexOf('─'.repeat(72)));
    return [
      await output('commissions', 'show', ...OCTOBER),
      ...(await Promise.all(
        ['mia', 'lena', 'noah'].map(async (player) =>
          paid(await output('commissions', 'show', ...OCTOBER, '--player', player, '--facts')),
        ),
      )),
      await output('commissions', 'export', ...OCTOBER, '--format', 'html'),
      await output('commissions', 'export', ...OCTOBER, '--format', 'json', '--facts'),
      await output('export', 'statement_players'),
      await output('export', 'statement_facts', '--format', 'csv'),
    ];
  }
});
