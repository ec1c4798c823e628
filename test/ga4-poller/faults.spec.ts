import { requestBackfill, resetStream } from '#libs/database';
import { databaseOf } from '#libs/runtime';
import { ga4Purchase } from '#test/exported-rows';
import { until } from '#test/until';
import { Gate, hurryStream } from '../http-poller/polling-world.js';
import { Ga4World, type Ga4Property } from './ga4-world.js';

describe('a poller of GA4', () => {
  let world: Ga4World;

  beforeAll(async () => {
    world = await Ga4World.open();
  });

  afterEach(() => world?.end());

  afterAll(() => world?.close());

  /** Purchases of yesterday, a cent each. */
  const purchases = (shop: Ga4Property, count: number): Record<string, unknown>[] =>
    Array.from({ length: count }, (_, i) => ga4Purchase(`t${i}`, '0.01', shop.noon(1) + i));
  const standingOf = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, i): [string, string] => [`t${i}`, '0.01']).sort());

  it.each(['list', 'query'])(
    'loses nothing and tells nothing twice where it is killed amid a shard that is read by %s',
    async (read) => {
      const shop = await world.property({ read });
      shop.bigquery.pageRows = 10;
      shop.write(shop.day(1), 'daily', purchases(shop, 45));
      const gate = new Gate();
      let pages = 0;
      shop.bigquery.trouble = async ({ path }) => {
        if (/queries|data$/.test(path) && ++pages === 4) await gate.passed();
        return undefined;
      };
      const child = shop.child();
      await until('three pages are read and the fourth is asked for', () => pages === 4);
      await child.kill9();
      gate.open();
      shop.child();
      await shop.isRead();
      const logged = await shop.logged();
      expect(await shop.standing()).toEqual(standingOf(45));
      expect(logged).toHaveLength(45);
      // Three pages, the one that was asked for twice, and the last
      expect(shop.bigquery.callsOf(/queries|data$/)).toHaveLength(6);
      expect(shop.bigquery.runJobs).toHaveLength(read === 'query' ? 1 : 0);
      expect(await shop.ledger()).toMatchObject([
        {
          ...{ outcome: 'succeeded', pages: 5, rows_read: '45', rows_selected: '45', read_by: read },
          ...{ amounts: { USD: '0.45' }, bytes_billed: read === 'query' ? String(10 * 2 ** 20) : '0' },
        },
      ]);
    },
  );

  it('finds the job that a dead one has begun, and asks for exactly these columns of exactly this table', async () => {
    const shop = await world.property({ read: 'query', max_bytes_billed: 20_000_000 });
    shop.write(shop.day(1), 'daily', purchases(shop, 3));
    const gate = new Gate();
    shop.bigquery.trouble = async ({ path }) => {
      if (path.startsWith('queries')) await gate.passed();
      return undefined;
    };
    const child = shop.child();
    await until('the job is begun', () => shop.bigquery.callsOf(/queries/).length === 1);
    await child.kill9();
    gate.open();
    shop.child();
    await shop.isRead();
    expect(shop.bigquery.runJobs).toHaveLength(1);
    expect(await shop.standing()).toEqual(standingOf(3));
    const [dry, insert] = shop.bigquery.callsOf(/POST jobs/).map(({ body }) => body!);
    expect(dry).toMatchObject({ configuration: { dryRun: true } });
    const table = `shop.analytics_123456.events_${shop.day(1)}`;
    const columns =
      'event_date event_timestamp event_name event_params user_id user_pseudo_id collected_traffic_source stream_id ecommerce';
    expect(insert).toMatchObject({
      jobReference: { location: 'EU' },
      configuration: {
        query: {
          query: `SELECT ${columns
            .split(' ')
            .map((c) => `\`${c}\``)
            .join(', ')} FROM \`${table}\``,
          useLegacySql: false,
          maximumBytesBilled: '20000000',
        },
      },
    });
  });

  it.each(['list', 'query'])('begins a shard anew where its pages by %s are gone', async (read) => {
    const shop = await world.property({ read });
    shop.bigquery.pageRows = 10;
    shop.write(shop.day(1), 'daily', purchases(shop, 25));
    let pages = 0;
    shop.bigquery.trouble = ({ path }) => {
      if (/queries|data$/.test(path) && ++pages === 3) shop.bigquery.forgetResults();
      return undefined;
    };
    await shop.poll();
    await shop.isRead();
    expect(await shop.standing()).toEqual(standingOf(25));
    expect(new Set((await shop.logged()).map((r) => r.event_id)).size).toBe(25);
    expect(shop.bigquery.runJobs).toHaveLength(read === 'query' ? 2 : 0);
    expect(await shop.ledger()).toMatchObject([{ outcome: 'succeeded', pages: 3, rows_read: '25' }]);
  });

  it('reads a shard in turns, and writes one line of it', async () => {
    const shop = await world.property();
    shop.bigquery.pageRows = 4;
    shop.write(shop.day(1), 'daily', purchases(shop, 10));
    shop.write(shop.day(2), 'daily', [ga4Purchase('a', '1.00', shop.noon(2))]);
    await shop.poll({ turnMs: -1 });
    await shop.isRead();
    expect(await shop.ledger()).toMatchObject([
      { slice_key: `events_${shop.day(2)}`, rows_read: '1', pages: 1 },
      { slice_key: `events_${shop.day(1)}`, rows_read: '10', pages: 3, amounts: { USD: '0.1' } },
    ]);
    expect(shop.bigquery.callsOf(/data$/)).toHaveLength(4);
    // Every turn looks at the shards anew
    expect(shop.bigquery.callsOf(/tables$/).length).toBeGreaterThan(3);
  });

  it('reads each page once, however many pollers there are', async () => {
    const shop = await world.property();
    shop.bigquery.pageRows = 5;
    shop.write(shop.day(1), 'daily', purchases(shop, 30));
    shop.write(shop.day(2), 'daily', [ga4Purchase('a', '1.00', shop.noon(2))]);
    await Promise.all([shop.poll(), shop.poll(), shop.poll()]);
    await shop.isRead();
    expect(shop.bigquery.callsOf(/data$/)).toHaveLength(7);
    expect(await shop.ledger()).toHaveLength(2);
    expect(await shop.logged()).toHaveLength(31);
  });

  it('queries a shard that rows are being streamed into, and looks at it at every poll', async () => {
    const shop = await world.property();
    const now = Date.now() - 1_000;
    shop.write(shop.day(0), 'intraday', [ga4Purchase('t0', '1.00', now)], {
      streamingRows: 1,
      modifiedMs: 1,
    });
    await shop.poll();
    await shop.isRead();
    shop.write(shop.day(0), 'intraday', [ga4Purchase('t0', '1.00', now), ga4Purchase('t1', '2.00', now)], {
      ...{ streamingRows: 2, modifiedMs: 1 },
    });
    await shop.pollAgain();
    expect(await shop.standing()).toEqual({ t0: '1', t1: '2' });
    expect((await shop.ledger()).map((l) => l.read_by)).toEqual(['query', 'query']);
  });

  it.each<[string, Record<string, string | number>, string, RegExp]>([
    [
      'is not there',
      { dataset: 'analytics_9' },
      'definition',
      /does not find the dataset shop\.analytics_9.*dataViewer/,
    ],
    ['may not be read', { dataset: 'analytics_123456' }, 'auth', /refuses the dataset.*dataViewer/],
    [
      'is queried without leave',
      { read: 'query' },
      'auth',
      /refuses the query.*jobUser\) on the project shop/,
    ],
    [
      'costs more than it may',
      { read: 'query', max_bytes_billed: 20_000_000 },
      'definition',
      /^export\.max_bytes_billed: /,
    ],
  ])('says what to do where the export %s', async (what, more, code, text) => {
    const shop = await world.property(more);
    shop.write(shop.day(1), 'daily', purchases(shop, 1), { bytes: 50_000_000 });
    const refused = { status: 403, reason: 'accessDenied', message: 'Access Denied' };
    shop.bigquery.trouble = ({ path }) => {
      if (what === 'may not be read') return refused;
      return what === 'is queried without leave' && path === 'jobs' ? refused : undefined;
    };
    await shop.poll();
    const status = await shop.failure();
    expect([status.error_code, status.error]).toEqual([code, expect.stringMatching(text)]);
    expect(Date.parse(status.next_attempt_at) - Date.now()).toBeGreaterThan(20_000);
  });

  it('waits where a quota is used up, and goes on where it was', async () => {
    const shop = await world.property();
    shop.bigquery.pageRows = 10;
    shop.write(shop.day(1), 'daily', purchases(shop, 25));
    let isUsedUp = true;
    shop.bigquery.trouble = ({ path, query }) =>
      isUsedUp && path.endsWith('data') && query.has('pageToken')
        ? { status: 403, reason: 'quotaExceeded', message: 'Quota exceeded' }
        : undefined;
    await shop.poll();
    const status = await shop.failure();
    expect(status).toMatchObject({
      error_code: 'rate_limited',
      last_window: { outcome: 'failed', rows: 10 },
    });
    isUsedUp = false;
    await shop.pollAgain();
    expect(await shop.standing()).toEqual(standingOf(25));
    expect(shop.bigquery.callsOf(/data$/)).toHaveLength(4);
  });

  it('reads the other days where one cannot be read, and goes on with that one when it can', async () => {
    const shop = await world.property({ read: 'query', max_bytes_billed: 20_000_000 });
    shop.write(shop.day(3), 'daily', [ga4Purchase('t3', '3.00', shop.noon(3))]);
    shop.write(shop.day(2), 'daily', [ga4Purchase('t2', '2.00', shop.noon(2))], { bytes: 10 ** 9 });
    shop.write(shop.day(1), 'daily', [ga4Purchase('t1', '1.00', shop.noon(1))]);
    await shop.poll();
    expect(await shop.failure()).toMatchObject({ failures: 1, error_code: 'definition' });
    expect(await shop.standing()).toEqual({ t1: '1', t3: '3' });
    expect((await shop.ledger()).map((l) => [l.slice_key, l.outcome])).toEqual([
      [`events_${shop.day(3)}`, 'succeeded'],
      [`events_${shop.day(1)}`, 'succeeded'],
      [`events_${shop.day(2)}`, 'failed'],
    ]);
    // Up to there all is read
    const { watermark } = (await shop.status())!;
    expect(watermark).toBe(`${new Date(shop.noon(2) - 12 * 3_600_000).toISOString().slice(0, 19)}Z`);
    shop.write(shop.day(2), 'daily', [ga4Purchase('t2', '2.00', shop.noon(2))]);
    await hurryStream(world.platform.database!.pool, shop.name);
    await shop.isRead();
    expect(await shop.standing()).toEqual({ t1: '1', t2: '2', t3: '3' });
  });

  it('takes back what a backfill has told of a version that is no longer the best', async () => {
    const shop = await world.property({ read: 'list' });
    const [day, at] = [shop.day(1), shop.noon(1)];
    shop.write(day, 'intraday', [ga4Purchase('t1', '1.00', at)]);
    await shop.poll();
    await shop.isRead();
    shop.write(day, 'intraday', [ga4Purchase('t1', '1.00', at), ga4Purchase('only', '2.00', at)]);
    const gate = new Gate();
    let held = 0;
    shop.bigquery.trouble = async ({ path }) => {
      if (/intraday.*data$/.test(path) && ++held === 1) await gate.passed();
      return undefined;
    };
    const hour = (n: number): string =>
      new Date(at + n * 3_600_000).toISOString().replace('.000Z', '.000000Z');
    const key = { source: shop.name, stream: 'events' };
    await requestBackfill(databaseOf(world.platform), {
      ...key,
      from: hour(-1),
      to: hour(1),
      askedBy: 'test',
    });
    await until('the backfill reads the intraday', () => held === 1);
    shop.write(day, 'daily', [ga4Purchase('t1', '1.00', at)]);
    await shop.pollAgain();
    gate.open();
    await until('the backfill has ended', async () =>
      (await shop.ledger()).some((l) => l.kind === 'backfill'),
    );
    expect(await shop.standing()).toEqual({ t1: '1' });
  });

  it('tries again by itself where BigQuery stumbles', async () => {
    const shop = await world.property();
    shop.write(shop.day(1), 'daily', purchases(shop, 1));
    let failures = 0;
    shop.bigquery.trouble = ({ path }) =>
      path.endsWith('data') && failures++ === 0
        ? { status: 503, reason: 'backendError', message: 'Try again' }
        : undefined;
    await shop.poll();
    await shop.isRead();
    expect(await shop.ledger()).toMatchObject([{ outcome: 'succeeded' }]);
  });

  it('reads the days on which nothing could be read, however long ago', async () => {
    const shop = await world.property();
    for (const n of [1, 40]) shop.write(shop.day(n), 'daily', [ga4Purchase(`t${n}`, '1.00', shop.noon(n))]);
    await shop.poll();
    await shop.isRead();
    expect(await shop.standing()).toEqual({ t1: '1' });
    const watermark = new Date(shop.noon(45)).toISOString().replace('.000Z', '.000000Z');
    const state = { type: 'shards', watermark, read_from: shop.day(60) };
    const key = { source: shop.name, stream: 'events' };
    await resetStream(databaseOf(world.platform).pool, key, state, 'test');
    await until('it is read', async () => (await shop.ledger()).length === 2);
    expect(await shop.standing()).toEqual({ t1: '1', t40: '1' });
  });

  it('reads everything again after a reset, and a stretch of history where it is asked to', async () => {
    const shop = await world.property();
    for (const n of [1, 2, 40])
      shop.write(shop.day(n), 'daily', [ga4Purchase(`t${n}`, `${n}.00`, shop.noon(n))]);
    await shop.poll();
    await shop.isRead();
    const database = databaseOf(world.platform);
    const key = { source: shop.name, stream: 'events' };
    await resetStream(database.pool, key, null, 'test');
    await until('both days are read again', async () => (await shop.ledger()).length === 4);
    expect(new Set((await shop.logged()).map((r) => r.event_id)).size).toBe(2);

    const at = (n: number): string => new Date(shop.noon(n)).toISOString().replace('.000Z', '.000000Z');
    await requestBackfill(database, { ...key, from: at(41), to: at(39), askedBy: 'test' });
    await until(
      'it is read',
      async () => (await shop.ledger()).filter((l) => l.kind === 'backfill').length === 3,
    );
    expect(await shop.standing()).toEqual({ t1: '1', t2: '2', t40: '40' });
    expect((await shop.ledger()).slice(4).map((l) => [l.slice_key, l.rows_read])).toEqual([
      [`events_${shop.day(41)}`, '0'],
      [`events_${shop.day(40)}`, '1'],
      [`events_${shop.day(39)}`, '0'],
    ]);
  });
});
