import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLoadedCli } from '#test/loaded-cli';
import { testDatabase, type TestDatabase } from '#test/postgres';
import type { Ended } from '#test/run-node';
import { startRiver, type River } from '#test/whole-river';

const runCli = withLoadedCli();

const CLICK = 'fd3ba970-2330-4576-94ba-e1efc470bd56';

/** A canonical event as somebody writes it by hand. */
const line = (subject: string, data: object): string =>
  JSON.stringify({
    ...{ specversion: '1.0', type: 'tributary.event.v1', source: 'spacevegas-api', subject },
    data: { stream: 'transactions', brand: 'spacevegas', ...data },
  });
const deposit = (id: string, change: object = {}): string =>
  line(id, {
    ...{ kind: 'deposit', player_id: 'anna', transaction_id: id, amount: '40.5', currency: 'USD' },
    ...{ occurred_at: '2026-11-21T10:00:00.000000Z', ...change },
  });
const LINK = line(`${CLICK}|anna`, {
  ...{ kind: 'identity_link', click_id: CLICK, player_id: 'anna' },
  occurred_at: '2026-11-21T09:00:00.000000Z',
});

describe('npx tributary import', () => {
  let database: TestDatabase;
  let river: River;
  let folder: string;
  beforeAll(async () => {
    database = await testDatabase();
    river = await startRiver(database.url);
    folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
  });
  afterAll(async () => {
    await river.stop();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const tributary = (argv: string[], input?: string): Promise<Ended> =>
    runCli(argv, { DATABASE_URL: database.url, TMPDIR: folder }, input);
  const fileOf = (...lines: string[]): string => {
    const path = join(folder, 'events.jsonl');
    writeFileSync(path, lines.join('\n'));
    return path;
  };
  const conversions = async (): Promise<string> => {
    await river.settled();
    return (await tributary(['export', 'conversions'])).stdout;
  };
  const transactions = async (): Promise<string[]> =>
    (await conversions())
      .split('\n')
      .slice(0, -1)
      .map((row) => (JSON.parse(row) as { transaction_id: string }).transaction_id)
      .sort();

  it('takes nothing in where a line is wrong, and says which, where and why, not what it holds', async () => {
    const wrong = deposit('t-2', { amount: 'hunter2' });
    const { code, stdout, stderr } = await tributary(['import', fileOf(deposit('t-1'), '', wrong, '{')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      'line 3: /data/amount must be a canonical decimal as text, as "40.5": up to 20 digits, up to 18 behind the point, no needless zeros, not negative',
      'line 4: must be JSON',
      'tributary: nothing is taken in: 2 lines are wrong',
      '',
    ]);
    expect(await transactions()).toEqual([]);
  });

  it('leaves out what is wrong where it is told to', async () => {
    const file = fileOf(deposit('t-1'), '{', deposit('t-3'));
    const { code, stdout, stderr } = await tributary(['import', file, '--skip-invalid', '--json']);
    expect({ code, answer: JSON.parse(stdout) as unknown, stderr }).toEqual({
      code: 0,
      answer: { published: 2, wrong: 1 },
      stderr: 'line 2: must be JSON\n',
    });
    expect(await transactions()).toEqual(['t-1', 't-3']);
  });

  it('takes events from a pipe, and the same events twice without a change', async () => {
    const events = [LINK, deposit('t-4'), deposit('t-1'), ''].join('\n');
    const first = await tributary(['import', '-'], events);
    expect(first).toEqual({ code: 0, stdout: 'took in 3 events\n', stderr: '' });
    const rows = await conversions();
    expect(rows).toContain(`"click_id":"${CLICK}"`);
    const withoutTimes = (text: string): string => text.replace(/"(updated_at)":"[^"]*"/g, '');
    expect(await tributary(['import'], events)).toMatchObject({ code: 0 });
    expect(withoutTimes(await conversions())).toBe(withoutTimes(rows));
    expect(readdirSync(folder)).toEqual(['events.jsonl']);
  });

  it('shows the first wrong lines and counts the others', async () => {
    const { code, stderr } = await tributary(['import'], '{\n'.repeat(25));
    expect(code).toBe(1);
    expect(stderr).toContain('line 20: must be JSON\nand 5 more\n');
    expect(stderr).not.toContain('line 21');
  });

  it('takes in more than one batch, every event of it', async () => {
    const many = Array.from({ length: 2_500 }, (_, i) => deposit(`m-${i}`, { player_id: `p${i % 50}` }));
    expect(await tributary(['import'], many.join('\n'))).toMatchObject({
      code: 0,
      stdout: 'took in 2,500 events\n',
    });
    expect(await transactions()).toHaveLength(2_503);
  });

  it('ends with 1 where there is no such file, and with 0 where there is nothing in it', async () => {
    const missing = await tributary(['import', join(folder, 'nothing.jsonl')]);
    expect({ code: missing.code, stderr: missing.stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('no such file') as string,
    });
    expect(await tributary(['import'])).toMatchObject({ code: 0, stdout: 'took in 0 events\n' });
  });
});
