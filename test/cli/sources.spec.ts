import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoopbackPartner } from '#apps/standalone';
import { withLoadedCli } from '#test/loaded-cli';
import { playWindows, type WindowManners, type WindowRow } from '#test/partners/window-partner';
import type { Ended } from '#test/run-node';
import { windowSource, writeSource } from './window-source.js';

const runCli = withLoadedCli();

const NOON = Date.parse('2026-11-20T12:00:00Z');
const rows = (): WindowRow[] =>
  Array.from({ length: 120 }, (_, i) => ({ id: String(i + 1), atMs: NOON + i * 30_000, amount: '1.50' }));

describe('tributary sources', () => {
  let folder: string;
  let partner: LoopbackPartner | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
  });
  afterEach(async () => {
    await partner?.close();
    partner = undefined;
    rmSync(folder, { recursive: true });
  });

  const sources = (argv: readonly string[], more: Record<string, string | undefined> = {}): Promise<Ended> =>
    runCli(['sources', ...argv], {
      SOURCES_DIR: join(folder, 'sources'),
      SECRET_WINDOWS_KEY: 'sesame',
      ...more,
    });
  async function play(
    manners: WindowManners = {},
    definition: Parameters<typeof windowSource>[1] = {},
  ): Promise<string> {
    partner = await playWindows(rows(), manners);
    return writeSource(folder, 'windows.yaml', windowSource(partner.url, definition));
  }
  const WINDOW = ['--from', '2026-11-20T12:00:00Z', '--to', '2026-11-20T13:00:00Z'];

  it('say where there is nothing to validate', async () => {
    const none = await sources(['validate']);
    expect([none.code, none.stderr]).toEqual([
      2,
      'tributary: the configuration is not usable:\n  - SOURCES_DIR must be a folder that is there\n',
    ]);
    mkdirSync(join(folder, 'sources'));
    expect(await sources(['validate'])).toMatchObject({
      code: 0,
      stdout: `${join(folder, 'sources')} has no source; sources new writes one\n`,
    });
  });

  it('write, check and try a source from what a person knows', async () => {
    partner = await playWindows(rows());
    const { url } = partner;
    const answer = join(folder, 'answer.json');
    writeFileSync(
      answer,
      await (
        await fetch(`${url}/rows?from=2026-11-20&to=2026-11-21`, { headers: { 'x-key': 'sesame' } })
      ).text(),
    );
    const example = `${url}/rows?from=2026-11-20%2012:00:00&to=2026-11-20%2013:00:00&page=1&size=50`;
    const asked = await sources(['new', 'windows', '--url', example]);
    expect(asked.code).toBe(1);
    expect(asked.stderr.split('\n').map((line) => line.split(' is needed')[0]!.trim())).toEqual([
      'tributary: more has to be known of this partner:',
      '--auth',
      '--event',
      '--key',
      '',
    ]);

    const known = ['--auth', 'api_key', '--auth-name', 'X-Key', '--event', 'payout', '--sample-file', answer];
    const written = await sources(['new', 'windows', '--url', example, ...known]);
    expect(written).toMatchObject({ code: 0, stderr: '' });
    expect(written.stdout).toContain('SECRET_WINDOWS_KEY=…');
    const again = await sources(['new', 'windows', '--url', example, ...known]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('--force') as string });

    expect(await sources(['validate'])).toEqual({
      code: 0,
      stdout: `${join(folder, 'sources/windows.yaml')}: 1 stream, 1 mapping rule\n`,
      stderr: '',
    });
    const read = await sources(['read', 'windows', '--dry-run', '--json', '--limit', '200', ...WINDOW]);
    const lines = read.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const ofType = (type: string): Record<string, unknown>[] => lines.filter((line) => line['type'] === type);
    expect(read.code).toBe(0);
    expect(
      ofType('request').map((r) => [r['status'], (r['request'] as { headers: object }).headers]),
    ).toEqual(Array(3).fill([200, expect.objectContaining({ 'x-key': '***' })]));
    expect(ofType('record')).toHaveLength(120);
    expect(ofType('row')).toHaveLength(120);
    expect(ofType('row')[0]).toMatchObject({
      table: 'conversions',
      row: {
        type: 'payout',
        conversion_key: 'tx:windows:1',
        amount: '1.5',
        currency: 'EUR',
        occurred_at: '2026-11-20T12:00:00.000000Z',
      },
    });
    expect(ofType('summary')).toEqual([{ type: 'summary', text: '120 records: 120 payout', records: 120 }]);
  });

  it('list what is defined, and what is not set', async () => {
    await play();
    const { code, stdout } = await sources(['list', '--offline'], { SECRET_WINDOWS_KEY: undefined });
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(/\s{2,}/))).toEqual([
      ['source', 'stream', 'read by', 'every', 'brand', 'configured'],
      ['windows', 'rows', 'datetime', 'PT5M', 'default', 'set SECRET_WINDOWS_KEY'],
      [''],
    ]);
  });

  it('say what is wrong with a file, by line and column', async () => {
    const path = await play();
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('timezone: UTC\n      boundary', 'timezone: EST\n      boundry'),
    );
    const { code, stdout } = await sources(['validate']);
    expect(code).toBe(1);
    expect(stdout.split('\n').map((line) => line.slice(path.length, path.length + 7))).toEqual([
      ':16:17:',
      ':17:7: ',
      '',
    ]);
    expect(stdout).toContain('did you mean boundary?');
    const list = await sources(['list', '--offline']);
    expect(list.stderr).toContain('boundry');
    expect(await sources(['read', 'windows', '--dry-run'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the definition of windows is wrong:\n') as string,
    });
  });

  it('compare recorded answers with the events that they must become', async () => {
    await play();
    const fixture = join(folder, 'sources/fixtures/windows/rows.json');
    const record = (id: string, amount: string): object => ({
      id,
      user: 'u',
      amount,
      currency: 'EUR',
      at: '2026-11-20 12:00:00',
    });
    mkdirSync(join(folder, 'sources/fixtures/windows'), { recursive: true });
    writeFileSync(fixture, JSON.stringify({ data: [record('1', '2'), record('2', 'much')] }));

    const first = await sources(['validate']);
    expect(first.code).toBe(1);
    expect(first.stdout).toContain('2 records: 1 payout; 1 rejected (1 invalid_field)');
    expect(first.stdout).toMatch(/record 2 · 2: \/data\/payload\/amount.*it is a text/);
    expect(first.stdout).not.toContain('much');

    expect(await sources(['validate', '--update-fixtures'])).toMatchObject({ code: 0 });
    const same = await sources(['validate']);
    expect(same).toMatchObject({ code: 0, stdout: expect.stringContaining('as expected') as string });

    writeFileSync(fixture, JSON.stringify({ data: [record('1', '3'), record('2', 'much')] }));
    const differs = await sources(['validate']);
    expect(differs.code).toBe(1);
    expect(
      differs.stdout
        .split('\n')
        .filter((line) => /^ *[-+] .*amount/.test(line))
        .map((line) => line.trim()),
    ).toEqual(['-       "amount": "2",', '+       "amount": "3",']);
    const json = JSON.parse((await sources(['validate', '--json'])).stdout) as {
      ok: boolean;
      fixtures: { ok: boolean }[];
    }[];
    expect(json.map((file) => [file.ok, file.fixtures.map((f) => f.ok)])).toEqual([[false, [false]]]);
  });

  it('check one request, and count what would be more', async () => {
    await play();
    const checked = await sources(['check', 'windows', ...WINDOW]);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(partner!.calls).toHaveLength(1);
    expect(checked.stdout).toContain(
      '50 records, 120 in all by the partner’s word; another page would be asked for',
    );
    expect(checked.stdout).toMatch(/at +time \(yyyy-MM-dd HH:mm:ss, without a zone\)\n/);
    expect(checked.stdout).not.toContain('1.50');
    expect((await sources(['check', 'windows', '--show-values', ...WINDOW])).stdout).toContain('"1.50"');
  });

  it.each([
    [
      'the secret is another',
      ['', ''],
      { SECRET_WINDOWS_KEY: 'abracadabra' },
      ':4:16: authenticator: the partner does not know who asks',
    ],
    [
      'the secret is missing',
      ['', ''],
      { SECRET_WINDOWS_KEY: undefined },
      ':4:16: authenticator: names a secret that is not set',
    ],
    [
      'records stand elsewhere',
      ['path: data', 'path: items'],
      {},
      ':19:22: streams[0].record_selector: the records probably stand at data',
    ],
    [
      'it is another format',
      ['type: json', 'type: xml'],
      {},
      ':18:14: streams[0].decoder: the answer looks like json',
    ],
  ] as const)('say what to change where %s', async (_, [from, to], environment, expected) => {
    const path = await play();
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
    const { code, stderr } = await sources(['check', 'windows', ...WINDOW], environment);
    expect(code).toBe(1);
    expect(stderr).toContain(`${path}${expected}`);
    expect(stderr).not.toContain('abracadabra');
  });

  it('read what was saved, and refuse to store', async () => {
    await play();
    const saved = join(folder, 'saved.json');
    await sources(['read', 'windows', '--dry-run', '--record', saved, ...WINDOW]);
    await partner!.close();
    partner = undefined;
    const { code, stdout } = await sources([
      'read',
      'windows',
      '--dry-run',
      '--from-file',
      saved,
      '--limit',
      '1',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /record 1 · 1\n[^]*→ payout\n[^]*row of conversions\n[^]*1 record: 1 payout\. Nothing was stored\.\n$/,
    );
    expect(await sources(['read', 'windows', 'rows'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('sources backfill windows rows --from … --to …') as string,
    });
  });

  it('record an answer where validate finds it', async () => {
    await play();
    const fixture = join(folder, 'sources/fixtures/windows/rows.json');
    const { code, stdout } = await sources(['read', 'windows', '--dry-run', '--record', ...WINDOW]);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`saved the answer as ${fixture}`)]);
    expect((await sources(['validate', '--update-fixtures'])).code).toBe(0);
    expect((await sources(['validate'])).stdout).toContain(`${fixture}: 50 records: 50 payout, as expected`);
  });

  it('show what is signed to the last character, and no secret', async () => {
    const path = await play();
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(
        /^authenticator: .*$/m,
        `authenticator:
  type: signature
  algorithm: sha256
  parts: [{ part: method }, { part: path }, { text: '\${timestamp} \${nonce}' }, { text: '\${secret.WINDOWS_KEY}' }]
  join: "\\n"
  in: header
  name: X-Signature`,
      ),
    );
    const nonce = '00112233445566778899aabbccddeeff';
    const { code, stdout } = await sources([
      'sign',
      'windows',
      '--at',
      '2026-11-21T10:00:00Z',
      '--nonce',
      nonce,
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain(`GET⏎\n/rows⏎\n1795255200·${nonce}⏎\n***\n`);
    const digest = createHash('sha256').update(`GET\n/rows\n1795255200 ${nonce}\nsesame`).digest('hex');
    expect(stdout).toContain(`sha256 of it, secrets in their places: ${digest}`);
    expect(stdout).not.toContain('sesame');
    expect(partner!.calls).toEqual([]);
  });

  it('end with 2 where they are called wrongly, and with 1 where there is no such source', async () => {
    await play();
    expect((await sources(['read'])).code).toBe(2);
    expect((await sources(['new', '--nothing'])).code).toBe(2);
    expect((await sources(['backfill', 'windows', 'rows'])).code).toBe(2);
    expect(await sources(['check', 'window'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no source window (did you mean windows?)') as string,
    });
    expect((await sources(['reset', 'windows', 'rows', '--to', '2026-01-01'])).stderr).toContain('say --yes');
    expect(existsSync(join(folder, '.tributary'))).toBe(false);
  });
});
