import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createExport, type Ga4Export } from '#apps/ga4-poller';
import { canonicalJson } from '#libs/events';
import { SELECTED_COLUMNS, type Ga4Row } from '#libs/ga4';
import type { Ga4SourceDefinition } from '#libs/sources';
import { repositoryRoot } from '#test/kafka-jars';
import { Emulator, emulatorProgram } from './emulator.js';
import { GA4_EXPORT_FIELDS } from './ga4-fields.js';
import { createTable, expectedRow, insertRows } from './sql-literals.js';

const PROJECT = 'shop';
const DATASET = 'analytics_123456';
const DAY = '20261120';
const NEVER = new AbortController().signal;

const program = await emulatorProgram();

(program === undefined ? describe.skip : describe)("GA4's export in an emulated BigQuery", () => {
  let emulator: Emulator;
  const rows = [...fixture('sample_ecommerce_2020-11-01_2020-12-15', 60), ...fixture('web_events_2023', 16)];
  const selected = GA4_EXPORT_FIELDS.filter(({ name }) =>
    (SELECTED_COLUMNS as readonly string[]).includes(name),
  );

  beforeAll(async () => {
    emulator = await Emulator.start(program!, PROJECT, DATASET);
    for (const name of [`events_${DAY}`, `events_intraday_${DAY}`, 'users_20261120', 'events_20261119']) {
      await emulator.run(createTable(`${PROJECT}.${DATASET}.${name}`, GA4_EXPORT_FIELDS));
    }
    const table = `${PROJECT}.${DATASET}.events_${DAY}`;
    for (let i = 0; i < rows.length; i += 10) {
      await emulator.run(insertRows(table, GA4_EXPORT_FIELDS, rows.slice(i, i + 10)));
    }
  });

  afterAll(() => emulator?.stop());

  it('shows its shards by their metadata', async () => {
    const shards = await exported().listShards(DAY, '20261121', NEVER);
    expect(shards.map((s) => [s.id, s.day, s.kind]).sort()).toEqual([
      [`events_${DAY}`, DAY, 'daily'],
      [`events_intraday_${DAY}`, DAY, 'intraday'],
    ]);
    expect(await exported().listShards('20261119', '20261119', NEVER)).toMatchObject([
      { id: 'events_20261119' },
    ]);
  });

  it('is queried by columns, every row of it as it was put in, to the last digit', async () => {
    const read = await readWhole(exported());
    const expected = rows.map((row) => expectedRow(row, selected));
    expect(sorted(read)).toEqual(sorted(expected));
  });

  it('is read page by page, and goes on from a page', async () => {
    const ga4 = exported(25);
    const [shard] = await ga4
      .listShards(DAY, DAY, NEVER)
      .then((all) => all.filter((s) => s.kind === 'daily'));
    const plan = await ga4.plan(shard!, NEVER);
    const pages: { rows: Ga4Row[]; checkpoint: string | undefined }[] = [];
    for await (const page of ga4.read(shard!, plan, undefined, NEVER)) pages.push(page);
    expect(pages.map((p) => p.rows.length)).toEqual([25, 25, 25, 1]);
    const rest: Ga4Row[] = [];
    for await (const page of exported(25).read(shard!, plan, pages[1]!.checkpoint, NEVER))
      rest.push(...page.rows);
    expect(rest).toEqual([...pages[2]!.rows, ...pages[3]!.rows]);
  });

  it('says that a dataset is not there', async () => {
    const definition = definitionOf('nowhere');
    const ga4 = createExport(definition, world());
    await expect(ga4.listShards(DAY, DAY, NEVER)).rejects.toMatchObject({ reason: 'config_error' });
  });

  const world = (pageRows?: number): Parameters<typeof createExport>[1] => ({
    ...{ now: Date.now, emulatorHost: emulator.url, secret: () => undefined, file: 'x.yaml' },
    ...(pageRows !== undefined && { pageRows }),
  });
  let sources = 0;
  /** An export that finds no job of another. */
  const exported = (pageRows?: number): Ga4Export =>
    createExport({ ...definitionOf(DATASET), name: `ga${++sources}` }, world(pageRows));

  async function readWhole(ga4: Ga4Export): Promise<Ga4Row[]> {
    const shards = await ga4.listShards(DAY, DAY, NEVER);
    const shard = shards.find((s) => s.kind === 'daily')!;
    const read: Ga4Row[] = [];
    const plan = await ga4.plan(shard, NEVER);
    expect(plan.way).toBe('query');
    for await (const page of ga4.read(shard, plan, undefined, NEVER)) read.push(...page.rows);
    return read;
  }
});

function definitionOf(dataset: string): Ga4SourceDefinition {
  return {
    ...{ name: 'ga', type: 'ga4', brand: 'acme', property: '123456', timezone: 'UTC', poll_interval: 'PT1H' },
    export: { type: 'bigquery', project: PROJECT, dataset, read: 'query' },
  };
}

function fixture(name: string, count: number): object[] {
  const text = readFileSync(join(repositoryRoot(), 'test', 'fixtures', 'ga4', `${name}.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(0, count)
    .map((line) => JSON.parse(line) as object);
}

function sorted(rows: readonly object[]): string[] {
  return rows.map((row) => canonicalJson(row)).sort();
}
