import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { DateTime } from 'luxon';
import { attribution } from '#apps/attribution';
import { readStatus } from '#apps/console';
import { httpPoller } from '#apps/http-poller';
import { normalizer } from '#apps/normalizer';
import { pixelIngress } from '#apps/pixel-ingress';
import {
  INTARGET_ENTITIES,
  hurry,
  playBesitos,
  playIntarget,
  type IntargetEntity,
  type IntargetRow,
  type LoopbackPartner,
} from '#apps/standalone';
import { databaseOf, readSourcesDir, startProcess, type RunningProcess } from '#libs/runtime';
import { playAwin } from '#test/partners/awin-partner';
import { playEverflow } from '#test/partners/everflow-partner';
import { playPerformcb } from '#test/partners/performcb-partner';
import { playShopify } from '#test/partners/shopify-partner';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { runNode } from '#test/run-node';
import { until } from '#test/until';

const NOW = DateTime.utc().startOf('second');
const START = NOW.minus({ days: 2 }).toISODate();
const at = (hoursAgo: number): DateTime => NOW.minus({ hours: hoursAgo });
const utc = (hoursAgo: number): string => at(hoursAgo).toFormat('yyyy-MM-dd HH:mm:ss');
const CLICK = 'fd3ba970-2330-4576-94ba-e1efc470bd56';

/** The fixtures' rows, moved to the last hours; CSV has texts alone. */
function intargetRows(entity: IntargetEntity): IntargetRow[] {
  const text = readFileSync(`sources/fixtures/intarget-product-api/${entity}.csv`, 'utf8');
  const times = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g;
  return parse<IntargetRow>(text.replaceAll(times, utc(3)), { columns: true });
}

const partners: LoopbackPartner[] = [];
let folder: string;
let database: TestDatabase | undefined;
let running: RunningProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-shipped-'));
  cpSync('sources/schemas', join(folder, 'schemas'), { recursive: true });
});
afterEach(async () => {
  await running?.stop();
  await database?.drop();
  for (const partner of partners.splice(0)) await partner.close();
  [running, database] = [undefined, undefined];
  rmSync(folder, { recursive: true });
});

async function played(partner: Promise<LoopbackPartner>): Promise<LoopbackPartner> {
  partners.push(await partner);
  return partner;
}

/** Writes a definition that ships into the folder, asking a played partner, often. */
function place(name: string, changes: readonly [string, string][]): void {
  const shipped = hurry(readFileSync(`sources/${name}.yaml`, 'utf8'), 'spacevegas', START);
  const text = changes.reduce((all, [from, to]) => {
    expect(all).toContain(from);
    return all.replaceAll(from, to);
  }, shipped);
  writeFileSync(join(folder, `${name}.yaml`), text);
}

/** Polls, maps and stores until every stream is read and nothing is left on the log. */
async function takeIn(environment: Record<string, string>): Promise<void> {
  database = await testDatabase();
  running = await startProcess('shipped', [pixelIngress, httpPoller, normalizer, attribution], {
    migrates: true,
    environment: {
      ...{ DATABASE_URL: database.url, SOURCES_DIR: folder, KAFKA_PARTITIONS: '2' },
      ...{ ADMIN_HOST: '127.0.0.1', ADMIN_PORT: '0', LOG_LEVEL: 'silent' },
      ...{ PIXEL_HOST: '127.0.0.1', PIXEL_PORT: '0' },
      ...environment,
    },
  });
  const { platform } = running;
  await until('every stream is read', async () => {
    const { sources } = await readStatus(platform);
    expect(sources.refused).toEqual([]);
    return sources.streams.every((s) => s.last_window?.outcome === 'succeeded');
  });
  await settled();
}

/** Waits until every record on the log is a row. */
async function settled(): Promise<void> {
  await until('nothing is left on the log', async () => {
    const { lag, unsettled_batches } = await readStatus(running!.platform);
    return lag.every((group) => group.lag === 0) && unsettled_batches === 0;
  });
}

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  return (await databaseOf(running!.platform).pool.query<Record<string, unknown>>(sql)).rows;
}

const deadLetters = (): Promise<Record<string, unknown>[]> =>
  rows('SELECT reason, path, detail FROM tributary.dead_letters');

describe.each(['csv', 'json'] as const)("InTarget's product API in %s", (format) => {
  it('fills the table of every entity; a deposit is a conversion too', async () => {
    const intarget = await played(
      playIntarget({
        format,
        rows: intargetRows,
        authorized: ({ headers }) => headers.authorization === `Basic ${btoa('us:er:pw')}`,
      }),
    );
    place('intarget-product-api', [
      ...(format === 'json' ? [['&rows { type: csv }', '&rows { type: json }'] as [string, string]] : []),
      ...(format === 'json' ? [['query_encoding: form', 'query_encoding: percent'] as [string, string]] : []),
    ]);
    await takeIn({
      INTARGET_URL: `${intarget.url}/api`,
      SECRET_INTARGET_USER: 'us',
      SECRET_INTARGET_PASSWORD: 'er:pw',
    });
    expect(await deadLetters()).toEqual([]);
    for (const entity of Object.keys(INTARGET_ENTITIES) as IntargetEntity[]) {
      const table = entity === 'users' ? 'players' : entity;
      const found = await rows(`SELECT count(*)::int AS n FROM tributary.${table}`);
      expect({ entity, n: found[0]!['n'] }).toEqual({ entity, n: intargetRows(entity).length });
    }
    expect(
      await rows(`SELECT id, birthday::text, is_blocked, custom FROM tributary.players ORDER BY id`),
    ).toEqual([
      {
        id: '51153',
        birthday: '2002-09-06',
        is_blocked: false,
        custom: { favourite_game: 'Poker, six-handed' },
      },
      { id: '58557', birthday: '1996-03-12', is_blocked: null, custom: {} },
      { id: '86603', birthday: '1985-05-27', is_blocked: true, custom: {} },
    ]);
    expect(
      await rows(
        `SELECT conversion_key, amount::float, currency, status, player_id FROM tributary.conversions`,
      ),
    ).toEqual([
      {
        ...{ conversion_key: 'tx:9007199254740993', amount: 40, currency: 'EUR' },
        ...{ status: 'approved', player_id: '51153' },
      },
    ]);
    expect(await rows(`SELECT bet_count::text, win_amount::text FROM tributary.game_sessions`)).toMatchObject(
      [{ bet_count: '12' }],
    );
    const separator = format === 'csv' ? '+' : '%20';
    expect(intarget.calls.find((path) => path.startsWith('/api/users'))).toMatch(
      new RegExp(`^/api/\\w+\\?from=\\d{4}-\\d\\d-\\d\\d\\${separator}\\d\\d%3A\\d\\d%3A\\d\\d&to=`),
    );
  });
});

const INTARGET_AUTHENTICATORS: [
  string,
  string,
  Record<string, string>,
  (headers: Headers, url: URL) => boolean,
][] = [
  [
    'a token',
    "{ type: bearer, token: '${secret.T}' }",
    { SECRET_T: 'abc' },
    (h) => h.get('authorization') === 'Bearer abc',
  ],
  [
    'a key in the query',
    "{ type: api_key, in: query, name: key, value: '${secret.T}' }",
    { SECRET_T: 'a b' },
    (_, url) => url.searchParams.get('key') === 'a b',
  ],
  [
    'a signature by md5',
    "{ type: signature, algorithm: md5, in: query, name: sign, parts: [{ part: params, names: [from, to], pair: value, encoded: false }, { text: '${secret.T}' }] }",
    { SECRET_T: 's3cret' },
    (_, url) => /^[0-9a-f]{32}$/.test(url.searchParams.get('sign') ?? ''),
  ],
];

it.each(INTARGET_AUTHENTICATORS)(
  "InTarget's product API takes %s",
  async (_, authenticator, secrets, isShown) => {
    const intarget = await played(
      playIntarget({
        format: 'json',
        rows: (entity) => (entity === 'logins' ? intargetRows(entity) : []),
        authorized: ({ headers, url }) => isShown(new Headers(headers as Record<string, string>), url),
      }),
    );
    place('intarget-product-api', [
      [
        "{ type: basic, username: '${secret.INTARGET_USER}', password: '${secret.INTARGET_PASSWORD}' }",
        authenticator,
      ],
      ['&rows { type: csv }', '&rows { type: json }'],
    ]);
    await takeIn({ INTARGET_URL: `${intarget.url}/api`, ...secrets });
    expect(await rows('SELECT id, is_success FROM tributary.logins ORDER BY id')).toEqual([
      { id: 'l-1', is_success: true },
      { id: 'l-2', is_success: false },
    ]);
  },
);

it('takes the payouts of four networks and the orders of a shop in, each with its status', async () => {
  const transaction = (id: number, more: object): never =>
    ({
      id,
      transactionDate: at(5).toFormat("yyyy-MM-dd'T'HH:mm:ss"),
      validationDate: null,
      commissionStatus: 'pending',
      commissionAmount: { amount: 5.59, currency: 'GBP' },
      clickRefs: { clickRef: CLICK },
      ...more,
    }) as never;
  const awin = await played(
    playAwin('t', () => [
      transaction(1, {}),
      transaction(2, {
        commissionStatus: 'declined',
        validationDate: at(2).toFormat("yyyy-MM-dd'T'HH:mm:ss"),
      }),
    ]),
  );
  const everflow = await played(
    playEverflow('k', () =>
      Array.from({ length: 3 }, (_, i) => ({
        conversion_id: `c${i}`,
        conversion_unix_timestamp: Math.floor(at(4 + i).toSeconds()),
        status: i === 2 ? 'invalid' : 'approved',
        is_event: i === 1,
        revenue: 1.1,
        currency_id: 'USD',
        sub1: CLICK.toUpperCase(),
      })),
    ),
  );
  const performcb = await played(
    playPerformcb('k', () =>
      Array.from({ length: 5 }, (_, i) => ({
        conversion_id: `p${i}`,
        date: at(6).setZone('America/New_York').toFormat('MM-dd-yyyy HH:mm:ss'),
        offer_name: 'Tea & Coffee',
        revenue: '0.025',
        subid_1: '',
        disposition: i === 0 ? 'Returned' : 'Valid Conversion',
      })),
    ),
  );
  const money = (amount: string): object => ({ amount, currency: 'USD', kind: 'refund', status: 'success' });
  const order = (id: number, more: object): never =>
    ({
      id,
      created_at: at(9).toISO(),
      updated_at: at(3).toISO(),
      total_price: '100.00',
      currency: 'USD',
      financial_status: 'paid',
      ...more,
    }) as never;
  const refund = { id: 7, created_at: at(3).toISO(), transactions: [money('10.00'), money('20.00')] };
  const shopify = await played(
    playShopify('t', () => [
      order(450_789_469, { refunds: [refund] }),
      order(450_789_470, { cancelled_at: at(3).toISO() }),
      order(450_789_471, { financial_status: 'authorized' }),
    ]),
  );
  place('awin', [['https://api.awin.com', awin.url]]);
  place('everflow', [
    ['https://api.eflow.team', everflow.url],
    ['size: 2000', 'size: 2'],
  ]);
  place('performcb', [
    ['https://login.performcb.com', performcb.url],
    ['limit: 1000', 'limit: 2'],
  ]);
  place('shopify', [
    ['https://${env.SHOPIFY_SHOP}', shopify.url],
    ['limit: 250', 'limit: 2'],
  ]);
  await takeIn({
    ...{ AWIN_PUBLISHER_ID: '45628', SECRET_AWIN_TOKEN: 't', SECRET_EVERFLOW_KEY: 'k' },
    ...{ PERFORMCB_USER_ID: '9', SECRET_PERFORMCB_KEY: 'k', SECRET_SHOPIFY_TOKEN: 't' },
  });
  expect(await deadLetters()).toEqual([]);
  const found = await rows(
    `SELECT conversion_key AS key, type, status, amount::float, net_amount::float AS net, currency, click_id
     FROM tributary.conversions ORDER BY conversion_key COLLATE "C"`,
  );
  expect(found.map((r) => [r['key'], r['type'], r['status'], r['amount'], r['net'], r['currency']])).toEqual([
    ['tx:450789469', 'purchase', 'approved', 100, 70, 'USD'],
    ['tx:450789470', 'purchase', 'reversed', 100, 0, 'USD'],
    ['tx:450789471', 'purchase', 'pending', 100, 100, 'USD'],
    ['tx:awin:1', 'payout', 'pending', 5.59, 5.59, 'GBP'],
    ['tx:awin:2', 'payout', 'rejected', 5.59, 0, 'GBP'],
    ['tx:everflow:c0', 'payout', 'approved', 1.1, 1.1, 'USD'],
    ['tx:everflow:c1', 'payout', 'approved', 1.1, 1.1, 'USD'],
    ['tx:everflow:c2', 'payout', 'rejected', 1.1, 0, 'USD'],
    ...[0, 1, 2, 3, 4].map((i) => [
      ...[`tx:performcb:p${i}`, 'payout', i === 0 ? 'rejected' : 'approved'],
      ...[0.025, i === 0 ? 0 : 0.025, 'USD'],
    ]),
  ]);
  const clicks = found.filter((r) => r['click_id'] === CLICK).map((r) => r['key']);
  expect(clicks).toEqual(['tx:awin:1', 'tx:awin:2', ...[0, 1, 2].map((i) => `tx:everflow:c${i}`)]);
});

it('makes one row of what Besitos tells by API and postback, and takes back what the second pass says', async () => {
  const est = (hoursAgo: number): string => at(hoursAgo).setZone('UTC-5').toFormat('yyyy-MM-dd HH:mm:ss');
  const goal = {
    ...{ user_id: 'ERIK', transaction_id: 1, reward: 40, payout: 11.05, offer_id: 'o', offer_name: 'O' },
    ...{ note: 'n', date_time: est(8), reward_local_currency: 4000, goal_id: 'o_1' },
  };
  const offerwall = Array.from({ length: 5 }, (_, i) => ({ ...goal, transaction_id: i + 1 }));
  const besitos = await played(
    playBesitos('k', () => [...offerwall, { ...goal, reverse: 1, date_time: est(1) }]),
  );
  place('besitos', [
    ['https://wall.besitos.ai', besitos.url],
    ['size: 1000', 'size: 2'],
  ]);
  await takeIn({ SECRET_BESITOS_KEY: 'k', SECRET_BESITOS_POSTBACK_TOKEN: 't' });
  const pixels = running!.addresses.find((a) => a.label === 'pixels and clicks')!.url;
  for (const id of [2, 6]) {
    const { transaction_id: _, ...rest } = goal;
    const told = { ...rest, transaction_id: id, date_time: est(8), token: 't' };
    const query = new URLSearchParams(told as unknown as Record<string, string>).toString();
    expect((await fetch(`${pixels}/postback/besitos?${query}`)).status).toBe(200);
  }
  await settled();
  expect(await deadLetters()).toEqual([]);
  expect(
    await rows(
      `SELECT conversion_key AS key, player_id, status, net_amount::float AS net, sources
       FROM tributary.conversions ORDER BY conversion_key`,
    ),
  ).toEqual([
    { key: 'tx:besitos:1', player_id: 'erik', status: 'reversed', net: 0, sources: ['besitos'] },
    ...[2, 3, 4, 5, 6].map((id) => ({
      ...{ key: `tx:besitos:${id}`, player_id: 'erik', status: 'approved', net: 11.05 },
      sources: [...(id < 6 ? ['besitos'] : []), ...(id % 4 === 2 ? ['besitos.postback'] : [])],
    })),
  ]);
});

it('make of the recorded answers what stands beside them', async () => {
  const fixtures = readdirSync('sources/fixtures', { recursive: true, encoding: 'utf8' });
  const answers = fixtures.filter((name) => /\/[a-z_]+\.(json|csv|xml)$/.test(name));
  const { code, stdout, stderr } = await runNode(['bin/tributary.js', 'sources', 'validate', '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const files = JSON.parse(stdout) as { fixtures: { ok: boolean }[] }[];
  expect(files.flatMap((file) => file.fixtures).map(({ ok }) => ok)).toEqual(answers.map(() => true));
  expect(fixtures.filter((name) => name.endsWith('.events.json'))).toHaveLength(answers.length);
});

it('are all taken by the loader, and wait until they are set up', async () => {
  const files = readdirSync('sources').filter((name) => name.endsWith('.yaml'));
  const { sources, problems } = readSourcesDir('sources');
  expect([problems, sources.map((s) => `${s.source.name}.yaml`)]).toEqual([[], files]);
  database = await testDatabase();
  running = await startProcess('shipped', [httpPoller], {
    migrates: true,
    environment: {
      ...{ DATABASE_URL: database.url, SOURCES_DIR: 'sources', LOG_LEVEL: 'silent' },
      ...{ ADMIN_HOST: '127.0.0.1', ADMIN_PORT: '0', KAFKA_PARTITIONS: '1' },
    },
  });
  const { streams, refused } = (await readStatus(running.platform)).sources;
  expect(streams).toEqual([]);
  expect(refused).toHaveLength(files.length);
  expect(refused.map((r) => r.problems.join())).toContain(
    'not polled until these are set: SECRET_AWIN_TOKEN, AWIN_PUBLISHER_ID',
  );
});
