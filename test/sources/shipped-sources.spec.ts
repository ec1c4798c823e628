import { readdirSync } from 'node:fs';
import type { DateTime } from 'luxon';
import { readStatus } from '#apps/console';
import { httpPoller } from '#apps/http-poller';
import {
  INTARGET_ENTITIES,
  playBesitos,
  playIntarget,
  type IntargetEntity,
  type LoopbackPartner,
} from '#apps/standalone';
import { readSourcesDir, startProcess } from '#libs/runtime';
import { playAwin } from '#test/partners/awin-partner';
import { playEverflow } from '#test/partners/everflow-partner';
import { playPerformcb } from '#test/partners/performcb-partner';
import { playShopify } from '#test/partners/shopify-partner';
import { testDatabase } from '#test/postgres';
import { runNode } from '#test/run-node';
import { NOW, ShippedRiver, intargetRows } from './shipped-river.js';

const at = (hoursAgo: number): DateTime => NOW.minus({ hours: hoursAgo });
const CLICK = 'fd3ba970-2330-4576-94ba-e1efc470bd56';

const partners: LoopbackPartner[] = [];
let river: ShippedRiver;
beforeEach(() => {
  river = new ShippedRiver();
});
afterEach(async () => {
  await river.close();
  for (const partner of partners.splice(0)) await partner.close();
});

async function played(partner: Promise<LoopbackPartner>): Promise<LoopbackPartner> {
  partners.push(await partner);
  return partner;
}

describe.each(['csv', 'json'] as const)("InTarget's product API in %s", (format) => {
  it('fills the table of every entity; a deposit is a conversion too', async () => {
    const intarget = await played(
      playIntarget({
        format,
        rows: intargetRows,
        authorized: ({ headers }) => headers.authorization === `Basic ${btoa('us:er:pw')}`,
      }),
    );
    river.place('intarget-product-api', [
      ...(format === 'json' ? [['&rows { type: csv }', '&rows { type: json }'] as [string, string]] : []),
      ...(format === 'json' ? [['query_encoding: form', 'query_encoding: percent'] as [string, string]] : []),
    ]);
    await river.takeIn({
      INTARGET_URL: `${intarget.url}/api`,
      SECRET_INTARGET_USER: 'us',
      SECRET_INTARGET_PASSWORD: 'er:pw',
    });
    expect(await river.deadLetters()).toEqual([]);
    for (const entity of Object.keys(INTARGET_ENTITIES) as IntargetEntity[]) {
      const table = entity === 'users' ? 'players' : entity;
      const found = await river.rows(`SELECT count(*)::int AS n FROM tributary.${table}`);
      expect({ entity, n: found[0]!['n'] }).toEqual({ entity, n: intargetRows(entity).length });
    }
    expect(
      await river.rows(`SELECT id, birthday::text, is_blocked, custom FROM tributary.players ORDER BY id`),
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
      await river.rows(
        `SELECT conversion_key, amount::float, currency, status, player_id FROM tributary.conversions`,
      ),
    ).toEqual([
      {
        ...{ conversion_key: 'tx:9007199254740993', amount: 40, currency: 'EUR' },
        ...{ status: 'approved', player_id: '51153' },
      },
    ]);
    expect(
      await river.rows(`SELECT bet_count::text, win_amount::text FROM tributary.game_sessions`),
    ).toMatchObject([{ bet_count: '12' }]);
    const separator = format === 'csv' ? '+' : '%20';
    expect(intarget.calls.find((path) => path.startsWith('/api/users'))).toMatch(
      new RegExp(`^/api/\\w+\\?from=\\d{4}-\\d\\d-\\d\\d\\${separator}\\d\\d%3A\\d\\d%3A\\d\\d&to=`),
    );
  });
});

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
  river.place('awin', [['https://api.awin.com', awin.url]]);
  river.place('everflow', [
    ['https://api.eflow.team', everflow.url],
    ['size: 2000', 'size: 2'],
  ]);
  river.place('performcb', [
    ['https://login.performcb.com', performcb.url],
    ['limit: 1000', 'limit: 2'],
  ]);
  river.place('shopify', [
    ['https://${env.SHOPIFY_SHOP}', shopify.url],
    ['limit: 250', 'limit: 2'],
  ]);
  await river.takeIn({
    ...{ AWIN_PUBLISHER_ID: '45628', SECRET_AWIN_TOKEN: 't', SECRET_EVERFLOW_KEY: 'k' },
    ...{ PERFORMCB_USER_ID: '9', SECRET_PERFORMCB_KEY: 'k', SECRET_SHOPIFY_TOKEN: 't' },
  });
  expect(await river.deadLetters()).toEqual([]);
  const found = await river.rows(
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
  river.place('besitos', [
    ['https://wall.besitos.ai', besitos.url],
    ['size: 1000', 'size: 2'],
  ]);
  await river.takeIn({ SECRET_BESITOS_KEY: 'k', SECRET_BESITOS_POSTBACK_TOKEN: 't' });
  for (const id of [2, 6]) {
    const { transaction_id: _, ...rest } = goal;
    const told = { ...rest, transaction_id: id, date_time: est(8), token: 't' };
    const query = new URLSearchParams(told as unknown as Record<string, string>).toString();
    expect((await fetch(`${river.pixelsUrl}/postback/besitos?${query}`)).status).toBe(200);
  }
  await river.settled();
  expect(await river.deadLetters()).toEqual([]);
  expect(
    await river.rows(
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
  const database = await testDatabase();
  const running = await startProcess('shipped', [httpPoller], {
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
  await running.stop();
  await database.drop();
});
