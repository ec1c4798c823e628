import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { filesExport, type Ga4Page } from '#apps/ga4-poller';
import type { Ga4Row } from '#libs/ga4';
import type { JsonValue } from '#libs/sources';
import { exportedJson, typedRow, type TypedValue } from '#test/ga4-columns';
import { writeAvro } from '#test/write-avro';
import { writeParquet } from '#test/write-parquet';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const MINUTE_MS = 60_000;
const never = new AbortController().signal;

type TypedRow = Record<string, TypedValue>;

/** Rows of a shop, and one with what is seldom: the greatest INT64, NaN, a list in a list. */
async function fixtureRows(): Promise<TypedRow[]> {
  const text = await readFile('test/fixtures/ga4/web_events_2023.jsonl', 'utf8');
  const rows = text
    .trim()
    .split('\n')
    .map((line) => typedRow(JSON.parse(line) as Ga4Row));
  const greatest = 9_223_372_036_854_775_807n;
  const param = {
    key: 'a',
    value: { string_value: null, int_value: greatest, float_value: null, double_value: NaN },
  };
  const item = { ...nullItem, item_id: 'b', quantity: -1n, price: 0.1, item_params: [param, param] };
  return [...rows, { ...rows[0]!, event_timestamp: greatest, event_params: [param], items: [item, item] }];
}
const nullItem = { item_name: null, item_brand: null, price_in_usd: null };

const lines = (rows: readonly TypedRow[]): string =>
  rows.map((row) => `${JSON.stringify(exportedJson(row))}\n`).join('');

describe('exported files', () => {
  let folder: string;
  let rows: TypedRow[];
  let now: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-test-'));
    rows = await fixtureRows();
    now = NOW;
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** @param agoMs how long ago it was changed */
  async function put(name: string, content: string | Uint8Array, agoMs = 10 * MINUTE_MS): Promise<void> {
    const path = join(folder, name);
    await writeFile(path, content);
    await utimes(path, new Date(now - agoMs), new Date(now - agoMs));
  }
  const files = () => filesExport({ folder, now: () => now });
  const list = () => files().listShards('20200101', '20301231', never);
  async function pagesOf(checkpoint?: string): Promise<Ga4Page[]> {
    const [shard] = await list();
    const plan = await files().plan(shard!, never);
    const pages: Ga4Page[] = [];
    for await (const page of files().read(shard!, plan, checkpoint, never)) pages.push(page);
    return pages;
  }
  const read = async (): Promise<Ga4Row[]> => (await pagesOf()).flatMap((page) => page.rows);

  const withoutUnread = ({ device: _device, is_active_user: _active, ...row }: TypedRow): TypedRow => row;
  const expected = (): JsonValue[] => rows.map((row) => exportedJson(withoutUnread(row)));

  it.each<[string, (rows: TypedRow[]) => Uint8Array | string | Promise<Uint8Array>]>([
    ['events_20261120.json', lines],
    ['events_20261120-000000000000.json.gz', (r) => gzipSync(lines(r))],
    ['events_20261120.ndjson', (r) => `\ufeff\n${lines(r)}`],
    ['events_20261120_whole.JSON', (r) => JSON.stringify(r.map(exportedJson), null, 1)],
    ['events_20261120.jsonl.gz', (r) => gzipSync(JSON.stringify(r.map(exportedJson)))],
    ['events_20261120-0.avro', (r) => writeAvro(r)],
    ['events_20261120-1.avro', (r) => writeAvro(r, 'null')],
    ['events_20261120-2.avro', (r) => writeAvro(r, 'snappy')],
    ['events_20261120-3.avro.gz', async (r) => gzipSync(await writeAvro(r))],
    ['events_20261120-4.parquet', (r) => writeParquet(r)],
    ['events_20261120-5.parquet', (r) => writeParquet(r, { codec: 'GZIP', groupRows: 5 })],
    ['events_20261120-6.parquet', (r) => writeParquet(r, { codec: 'UNCOMPRESSED', groupRows: 1 })],
    ['events_20261120-7.parquet', (r) => writeParquet(r, { annotated: false })],
  ])('%s has the same rows, to the last digit', async (name, write) => {
    await put(name, await write(rows));
    expect((await read()).map(withoutNulls)).toEqual(expected().map(withoutNulls));
  });

  it('are the shards that their names say, as new as their newest file', async () => {
    await put('events_20261120-000000000000.avro', 'ab', 30 * MINUTE_MS);
    await put('events_20261120-000000000001.avro', 'c', 20 * MINUTE_MS);
    await put('events_intraday_20261121.json.gz', 'd');
    await put('events_fresh_20261121_x.parquet', 'ef');
    for (const other of [
      'events_20261399.json',
      'events_2026112.json',
      'events_202611200.json',
      'events_20261119.avro.part',
      'users_20261120.json',
      'notes.txt',
    ]) {
      await put(other, 'x');
    }
    const at = (agoMs: number): string => `${new Date(NOW - agoMs).toISOString().slice(0, 23)}000Z`;
    expect((await list()).map(({ parts: _parts, ...shard }) => shard)).toEqual([
      { id: 'events_20261120', day: '20261120', kind: 'daily', modifiedAt: at(20 * MINUTE_MS), bytes: 3 },
      {
        id: 'events_fresh_20261121',
        day: '20261121',
        kind: 'fresh',
        modifiedAt: at(10 * MINUTE_MS),
        bytes: 2,
      },
      {
        ...{ id: 'events_intraday_20261121', day: '20261121', kind: 'intraday' },
        ...{ modifiedAt: at(10 * MINUTE_MS), bytes: 1 },
      },
    ]);
    expect(await files().listShards('20261121', '20261121', never)).toHaveLength(2);
  });

  it('are other ones where one comes, goes or is replaced, however old it is', async () => {
    const found: (string | undefined)[] = [];
    const look = async (): Promise<void> => void found.push((await list())[0]!.parts);
    await put('events_20261120-1.json', lines(rows));
    await look();
    await put('events_20261120-2.json', lines(rows), 20 * MINUTE_MS);
    await look();
    await put('events_20261120-1.json', lines(rows.slice(1)));
    await look();
    await put('events_20261120-2.json', lines(rows), 30 * MINUTE_MS);
    await look();
    await rm(join(folder, 'events_20261120-2.json'));
    await look();
    expect(new Set(found).size).toBe(5);
    await look();
    expect(found.at(-1)).toBe(found.at(-2));
  });

  it('wait until they have not changed for a while', async () => {
    await put('events_20261120.json', lines(rows), 20 * MINUTE_MS);
    await put('events_20261120-1.json', lines(rows), 1_000);
    expect(await list()).toEqual([]);
    now += 5_000;
    expect(await list()).toHaveLength(1);
  });

  it('are read page by page, and from a checkpoint on', async () => {
    const many = Array.from({ length: 1_400 }, (_, i) => ({ ...rows[0]!, event_timestamp: BigInt(i) }));
    const stamps = (pages: Ga4Page[]): unknown[] =>
      pages.flatMap((page) => page.rows.map((row) => row['event_timestamp']));
    const [first, second] = [many.slice(0, 1_200), many.slice(1_200)];
    const written = {
      json: [lines(first), lines(second)],
      avro: [await writeAvro(first), await writeAvro(second)],
      parquet: [writeParquet(first, { groupRows: 900 }), writeParquet(second)],
    };
    for (const [format, [a, b]] of Object.entries(written)) {
      await put(`events_20261120-0.${format}`, a!);
      await put(`events_20261120-1.${format}`, b!);
      const pages = await pagesOf();
      expect(stamps(pages)).toEqual(many.map((_, i) => String(i)));
      expect(pages.map((page) => page.checkpoint === undefined)).toEqual(
        pages.map((_, i) => i === pages.length - 1),
      );
      expect(Math.max(...pages.map((page) => page.rows.length))).toBeLessThanOrEqual(1_000);
      for (const [i, { checkpoint }] of pages.slice(0, -1).entries()) {
        expect(stamps(await pagesOf(checkpoint))).toEqual(stamps(pages.slice(i + 1)));
      }
      await rm(folder, { recursive: true });
      folder = await mkdtemp(join(tmpdir(), 'tributary-test-'));
    }
  });

  it.each<[string, string, (rows: TypedRow[]) => Uint8Array | string | Promise<Uint8Array>]>([
    [
      '-a.avro',
      'its codec zstandard is not understood; null, deflate and snappy are',
      (r) => writeAvro(r, 'zstandard'),
    ],
    ['-b.avro', 'it ends too early', async (r) => (await writeAvro(r)).subarray(0, -40)],
    ['-c.avro', 'it cannot be read as Avro: invalid magic bytes', () => 'Secret Name, and more of it'],
    ['-d.avro', 'it is no Avro file, or ends too early', () => ''],
    [
      '-e.parquet',
      'its codec ZSTD is not understood; UNCOMPRESSED, SNAPPY, GZIP are',
      (r) => writeParquet(r, { codec: 'ZSTD' }),
    ],
    ['-f.parquet', 'it cannot be read as Parquet', (r) => writeParquet(r).subarray(0, -40)],
    ['-g.parquet.gz', 'a Parquet file is packed within', (r) => gzipSync(writeParquet(r))],
    ['-h.json', 'line 2: it ends too early', () => '{}\n{"Secret Name": 1'],
    ['-i.json', 'a row must be an object', () => '["Secret Name"]'],
    ['-j.json.gz', 'it is no whole gzip file (Z_BUF_ERROR)', (r) => gzipSync(lines(r)).subarray(0, -40)],
  ])('%s is refused: %s', async (ending, message, write) => {
    await put(`events_20261120${ending}`, await write(rows));
    const error = await read().then(
      () => fail(),
      (caught: Error) => caught,
    );
    expect(error).toMatchObject({ reason: 'config_error', code: 'decode' });
    expect(error.message).toContain(`events_20261120${ending}: `);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('Secret');
  });

  it('are refused where one table is there in two formats', async () => {
    await put('events_20261120.json', lines(rows));
    await put('events_20261120.avro', await writeAvro(rows));
    await expect(read()).rejects.toThrow(
      'events_20261120: it is there as avro and as json: leave one of them',
    );
  });

  it('are read anew where they change while they are read', async () => {
    const many = Array.from({ length: 3_000 }, () => rows[0]!);
    await put('events_20261120.json', lines(many));
    const [shard] = await list();
    const pages = files().read(shard!, await files().plan(shard!, never), undefined, never);
    await pages.next();
    await put('events_20261120.json', lines(rows), 9 * MINUTE_MS);
    const changed = {
      reason: 'transient_error',
      message: expect.stringContaining('it has changed') as string,
    };
    await expect(pages.next()).rejects.toMatchObject(changed);
    expect(await read()).toHaveLength(rows.length);
    // A reading that was begun goes on under its old name, with what is there
    const again = files().read(shard!, await files().plan(shard!, never), undefined, never);
    expect((await again.next()).value).toMatchObject({ checkpoint: undefined });
    const old = JSON.stringify({ file: 'events_20261120.json', rows: 1_000, parts: shard!.parts });
    const lost = files().read(shard!, await files().plan(shard!, never), old, never);
    await expect(lost.next()).rejects.toMatchObject({ name: 'LostCheckpointError' });
    await rm(join(folder, 'events_20261120.json'));
    await expect(files().plan(shard!, never)).rejects.toThrow('it was there and is gone');
  });

  it('stop where they are told to, and say that the folder is missing', async () => {
    await put('events_20261120.json', lines(rows));
    const [shard] = await list();
    const plan = await files().plan(shard!, never);
    await expect(
      files()
        .read(shard!, plan, undefined, AbortSignal.abort(new Error('enough')))
        .next(),
    ).rejects.toThrow('enough');
    const missing = filesExport({ folder: join(folder, 'none'), now: () => now });
    await expect(missing.listShards('20261120', '20261120', never)).rejects.toMatchObject({
      reason: 'config_error',
      code: 'definition',
    });
  });
});

/** As both are read alike: nulls, empty texts of them, and members that are left out. */
function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const there = Object.entries(value)
    .map(([name, member]) => [name, withoutNulls(member)] as const)
    .filter(
      ([, member]) => member !== null && !(typeof member === 'object' && Object.keys(member).length === 0),
    );
  return Object.fromEntries(there);
}
