import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GA4_FIELDS, ga4Purchase, ga4Row } from '#test/exported-rows';
import { withLoadedCli } from '#test/loaded-cli';
import { PlayedBigQuery } from '#test/played-bigquery';
import type { Ended } from '#test/run-node';
import { writeSource } from './window-source.js';

const runCli = withLoadedCli();

const FIXTURE = 'test/fixtures/ga4/web_events_2023.jsonl';
const WINDOW = ['--from', '2023-12-15', '--to', '2023-12-16'];
const HOUR_MS = 3_600_000;

const definition = (name: string, place: string): string => `name: ${name}
type: ga4
brand: default
property: '123456'
timezone: UTC
poll_interval: PT15M
export: ${place}
conversions:
  - { event: registration, when: { event_name: { equals: generate_lead } }, fields: { player_id: user_pseudo_id } }
`;

describe('tributary sources of GA4', () => {
  let folder: string;
  let path: string;
  let bigquery: PlayedBigQuery | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
    path = writeSource(folder, 'shop.yaml', definition('shop', '{ type: files, folder: export }'));
    mkdirSync(join(folder, 'sources/export'));
  });
  afterEach(() => {
    bigquery?.stop();
    bigquery = undefined;
    rmSync(folder, { recursive: true });
  });

  const sources = (argv: readonly string[], more: Record<string, string> = {}): Promise<Ended> =>
    runCli(['sources', ...argv], { SOURCES_DIR: join(folder, 'sources'), ...more });
  function put(name: string, content: string, changed: Date): void {
    const file = join(folder, 'sources/export', name);
    writeFileSync(file, content);
    utimesSync(file, changed, changed);
  }
  function putFixture(): void {
    put('events_20231215.json', readFileSync(FIXTURE, 'utf8'), new Date('2023-12-16T05:00:00Z'));
  }
  const linesOf = ({ stdout }: Ended): Record<string, unknown>[] =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('check shows the shards, which of a day is read, and one page', async () => {
    putFixture();
    put('events_intraday_20231215.json', '{}\n', new Date('2023-12-15T23:00:00Z'));
    const { code, stdout, stderr } = await sources(['check', 'shop', ...WINDOW]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/events_20231215 +daily +2023-12-16T05:00:00Z .* yes/);
    expect(stdout).toMatch(/events_intraday_20231215 +intraday .* no: a better one of the day is there/);
    expect(stdout).toContain('16 rows; no more: page_view 5, purchase 4');
    expect(stdout).toMatch(/params\.currency +text/);
    expect(stdout).not.toContain('EUR');
    const shown = await sources(['check', 'shop', 'events', ...WINDOW, '--json', '--show-values']);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      shards: [{ id: 'events_20231215', read: true }, { read: false }],
      page: { rows: 16, plan: { way: 'file' }, kinds: { purchase: 4, registration: 1 } },
    });
  });

  it('check says what is missing', async () => {
    const none = await sources(['check', 'shop']);
    expect(none).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no shard of these days') as string,
    });
    const other = await sources(['check', 'shop', 'rows']);
    expect(other).toMatchObject({
      code: 1,
      stderr: 'tributary: shop has no stream rows; its one stream is events\n',
    });
    const signed = await sources(['sign', 'shop']);
    expect(signed.stderr).toContain('shop is of type ga4; this command is for those of type http');
    put('events_20231215.json', '{"event_name": "Secret', new Date('2023-12-16T05:00:00Z'));
    const broken = await sources(['check', 'shop', ...WINDOW]);
    expect(broken.stderr).toContain('events_20231215.json: the body cannot be read as JSON lines: line 1');
    expect(broken.stderr).not.toContain('Secret');
  });

  it('read shows what a day comes to, and the rows of the table', async () => {
    putFixture();
    const read = await sources([
      'read',
      'shop',
      '--dry-run',
      '--json',
      '--from',
      '2023-12-15',
      '--limit',
      '3',
    ]);
    expect(read.code).toBe(0);
    const lines = linesOf(read);
    const ofType = (type: string) => lines.filter((line) => line['type'] === type);
    expect(ofType('shard')).toMatchObject([{ id: 'events_20231215', month: 'nothing is billed' }]);
    expect(ofType('record')).toHaveLength(3);
    // Four rows tell of three orders: two name the same one
    expect(ofType('row').map(({ row }) => (row as Record<string, unknown>)['transaction_id'])).toEqual(
      expect.arrayContaining(['257059']),
    );
    expect(ofType('summary')).toMatchObject([
      { rows: 16, relevant: 13, rejected: 0, kinds: { purchase: 4 } },
    ]);
    const named = await sources(['read', 'shop', '--dry-run', '--from-file', FIXTURE]);
    expect(named.stdout).toContain('13 of them would go into the log');
    const stored = await sources(['read', 'shop']);
    expect(stored).toMatchObject({ code: 1, stderr: expect.stringContaining('say --dry-run') as string });
  });

  it('probe judges shards and rows', async () => {
    putFixture();
    const probed = await sources(['probe', 'shop', '--from', '2023-12-15', '--json']);
    const findings = JSON.parse(probed.stdout) as { question: string; verdict: string }[];
    expect(probed.code).toBe(1);
    expect(findings.filter((f) => f.verdict === 'wrong').map((f) => f.question)).toEqual([
      'Is every day there?',
    ]);
    expect(findings.map((f) => f.question)).toContain('Do purchases have transaction ids?');
  });

  it('validate maps recorded rows', async () => {
    const recorded = join(folder, 'sources/fixtures/shop');
    mkdirSync(recorded, { recursive: true });
    writeFileSync(join(recorded, 'events.jsonl'), readFileSync(FIXTURE));
    expect((await sources(['validate', '--update-fixtures'])).code).toBe(0);
    const again = await sources(['validate']);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/13 records: 13 touchpoint, 4 purchase, 1 registration.*, as expected/);
    writeFileSync(path, readFileSync(path, 'utf8').replace('generate_lead', 'form_submit'));
    const changed = await sources(['validate']);
    expect(changed).toMatchObject({ code: 1, stdout: expect.stringContaining('differs from') as string });
  });

  it('new writes a definition that works', async () => {
    const missing = await sources(['new', '--type', 'ga4', '--property', '12x']);
    expect(missing.stderr.split('\n').map((line) => line.trim())).toEqual([
      'tributary: more has to be known of this partner:',
      '--property must be digits, as 123456789',
      '--timezone is needed',
      '--project or --folder is needed',
      '',
    ]);
    const known = ['--type', 'ga4', '--property', '123456', '--timezone', 'Europe/Zurich'];
    const written = await sources([
      'new',
      'second',
      ...known,
      '--project',
      'shop',
      '--credentials',
      'GA4_KEY',
    ]);
    expect(written).toMatchObject({ code: 0, stderr: '' });
    expect(written.stdout).toContain('SECRET_GA4_KEY=…');
    expect((await sources(['new', 'third', ...known, '--folder', 'export'])).code).toBe(0);
    expect((await sources(['validate'])).code).toBe(0);
    const list = await sources(['list', '--offline']);
    expect(list.stdout).toMatch(/second +events +shards +PT1H +default +set SECRET_GA4_KEY/);
  });

  it('tells of BigQuery what a reading bills, and a month of them', async () => {
    bigquery = await PlayedBigQuery.start();
    writeSource(folder, 'big.yaml', definition('big', '{ type: bigquery, project: shop, read: query }'));
    const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    const yesterday = Date.now() - 24 * HOUR_MS;
    const day = new Date(yesterday).toISOString().slice(0, 10).replaceAll('-', '');
    const rows = [ga4Row('page_view', yesterday), ga4Purchase('tx-1', '12.5', yesterday)];
    const MIB = 2 ** 20;
    bigquery.tables.set(`events_${day}`, {
      ...{ fields: GA4_FIELDS, rows, bytes: 512 * MIB, modifiedMs: yesterday + 6 * HOUR_MS },
    });
    bigquery.tables.set(`events_intraday_${today}`, {
      ...{ fields: GA4_FIELDS, rows: [], bytes: 64 * MIB, modifiedMs: Date.now() },
    });
    const emulated = { BIGQUERY_EMULATOR_HOST: bigquery.url };
    const checked = await sources(['check', 'big'], emulated);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(checked.stdout).toMatch(new RegExp(`events_${day} +daily`));
    const read = await sources(['read', 'big', '--dry-run'], emulated);
    expect(read).toMatchObject({ code: 0, stderr: '' });
    expect(read.stdout).toMatch(
      /this reading bills \d+\.\d [KM]iB; polling: about \d+\.\d [MG]iB and .* USD a month/,
    );
    expect(read.stdout).toContain('row of conversions');
    expect(read.stdout).toMatch(/amount +12\.5/);
    const refused = await sources(['check', 'big'], { BIGQUERY_EMULATOR_HOST: 'http://127.0.0.1:1' });
    expect(refused).toMatchObject({ code: 1 });
  });
});
