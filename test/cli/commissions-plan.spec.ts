import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLoadedCli } from '#test/loaded-cli';
import type { Ended } from '#test/run-node';

const runCli = withLoadedCli();

const EXAMPLES = readdirSync('example-agreements').filter((file) => file.endsWith('.yaml'));

describe('tributary commissions plan', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'tributary-test-'));
    for (const file of EXAMPLES) cpSync(join('example-agreements', file), join(dir, file));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const plan = (...argv: string[]): Promise<Ended> =>
    runCli(['commissions', 'plan', ...argv], { AGREEMENTS_DIR: dir });

  function spoil(file: string, from: string, to: string): string {
    const path = join(dir, file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
    return path;
  }

  it('finds nothing wrong with the examples, and lists what they pay', async () => {
    const validated = await plan('validate');
    expect(validated.stderr).toBe('');
    expect(validated.code).toBe(0);
    expect(validated.stdout.split('\n').filter((line) => line !== '')).toHaveLength(EXAMPLES.length);
    expect(validated.stdout).toContain('cpa.yaml: agreement acme-cpa with Acme Media, 1 plan');
    expect(validated.stdout).toContain('ngr.yaml: NGR standard of spacevegas, 1 version');

    const listed = await plan('list', '--offline');
    expect(listed.code).toBe(0);
    expect(listed.stdout.split('\n').map((line) => line.split(/ {2,}/))).toContainEqual([
      'bravo-revenue-share',
      'Bravo Ads',
      'spacevegas',
      'revenue_share',
      '2026-01-01',
      '2027-01-01',
      '25% to 35% of the base, tiered',
      'standard',
    ]);
    const { plans, problems } = JSON.parse((await plan('list', '--offline', '--json')).stdout) as {
      plans: { type: string; to: string | null }[];
      problems: string[];
    };
    expect(new Set(plans.map((p) => p.type))).toEqual(
      new Set(['cpa', 'revenue_share', 'hybrid', 'clawback']),
    );
    expect(plans).toContainEqual(expect.objectContaining({ agreement: 'acme-cpa', to: null, ngr: null }));
    expect(problems).toEqual([]);
  });

  it('tells what is wrong with a file, by itself and against the others of its folder', async () => {
    const path = spoil('hybrid.yaml', 'ngr: standard', 'ngr: standart');
    const told = await plan('validate', path);
    expect(told.code).toBe(1);
    expect(told.stdout).toBe(
      `${path}:14:10: plans[0].ngr: spacevegas has no definition standart that can be used (did you mean standard?); it has standard\n`,
    );
    expect(told.stderr).toBe('tributary: 1 of 1 file wrong\n');

    spoil('cpa.yaml', 'amount: 80', 'amont: 80');
    const all = await plan('validate', '--json');
    expect(all.code).toBe(1);
    const wrong = (JSON.parse(all.stdout) as { file: string; problems: object[] }[]).filter(
      ({ problems }) => problems.length > 0,
    );
    expect(wrong.map(({ file }) => file)).toEqual([join(dir, 'cpa.yaml'), path]);

    const listed = await plan('list', '--offline');
    expect(listed.stdout).not.toContain('acme-cpa');
    expect(listed.stderr).toContain('unknown key amont (did you mean amount?)');
  });

  it('wants a folder that is named to be there, and files too', async () => {
    const none = join(dir, 'none');
    const wrongUse = await runCli(['commissions', 'plan', 'list'], {
      AGREEMENTS_DIR: none,
    });
    expect(wrongUse.code).toBe(2);
    expect(wrongUse.stderr).toContain('AGREEMENTS_DIR must be a folder that is there');
    const told = await plan('validate', join(dir, 'other.yaml'));
    expect(told.code).toBe(1);
    expect(told.stdout).toContain('other.yaml:1:1: the file cannot be read (ENOENT)');
  });
});
