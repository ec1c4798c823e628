import { createExport } from '#apps/ga4-poller';
import { parseSource, type Ga4SourceDefinition } from '#libs/sources';
import { GA4_FIELDS, ga4Purchase } from '#test/exported-rows';
import { PlayedBigQuery } from '#test/played-bigquery';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const HOUR_MS = 3_600_000;
const never = new AbortController().signal;
const DEFINITION = `name: shop
type: ga4
brand: acme
property: "123456"
timezone: UTC
poll_interval: PT1H
export: {type: bigquery, project: shop, read: query}
`;

describe('the queries of a version of a shard', () => {
  let bigquery: PlayedBigQuery;

  beforeEach(async () => {
    bigquery = await PlayedBigQuery.start();
    const rows = [ga4Purchase('t1', '10.00', NOON)];
    bigquery.tables.set('events_20261120', { fields: GA4_FIELDS, rows, modifiedMs: NOON + 12 * HOUR_MS });
  });

  afterEach(() => bigquery.stop());

  it('go on, one an hour, however many came to nothing', async () => {
    let now = Date.now();
    const parsed = parseSource(DEFINITION, 'shop.yaml', () => ({ problem: 'none' }));
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
    const world = { now: () => now, secret: () => undefined, emulatorHost: bigquery.url, file: 'shop.yaml' };
    const ga4 = createExport(parsed.source as Ga4SourceDefinition, world);
    const read = async (): Promise<number> => {
      const [shard] = await ga4.listShards('20261120', '20261120', never);
      let rows = 0;
      const pages = ga4.read(shard!, await ga4.plan(shard!, never), undefined, never);
      for await (const page of pages) rows += page.rows.length;
      return rows;
    };
    for (let n = 0; n < 51; n++) {
      expect(await read()).toBe(1);
      bigquery.forgetResults();
    }
    await expect(read()).rejects.toMatchObject({
      reason: 'transient_error',
      message: expect.stringContaining('too many earlier jobs failed') as string,
    });
    now += HOUR_MS;
    expect(await read()).toBe(1);
    expect(bigquery.runJobs).toHaveLength(52);
  });
});
