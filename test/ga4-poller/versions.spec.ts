import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ga4Purchase, ga4Row } from '#test/exported-rows';
import { Ga4World } from './ga4-world.js';

describe('versions of a day', () => {
  let world: Ga4World;

  beforeAll(async () => {
    world = await Ga4World.open();
  });

  afterEach(() => world?.end());

  afterAll(() => world?.close());

  it('end in the last daily, whatever came before', async () => {
    const shop = await world.property();
    const [day, at] = [shop.day(1), shop.noon(1)];
    const start = ga4Row('session_start', at);
    shop.write(day, 'intraday', [start, ga4Purchase('t1', '10.00', at), ga4Purchase('t9', '1.00', at + 5)]);
    await shop.poll();
    await shop.isRead();
    expect(await shop.standing()).toEqual({ t1: '10', t9: '1' });

    // Both are there for a while; the intraday goes on changing, and is not looked at any more
    const dailyRows = [start, ga4Purchase('t1', '10.00', at), ga4Purchase('t2', '20.00', at + 1)];
    shop.write(day, 'daily', dailyRows);
    shop.write(day, 'intraday', [ga4Purchase('t8', '8.00', at)]);
    await shop.pollAgain();
    expect(await shop.standing()).toEqual({ t1: '10', t2: '20' });
    shop.remove(day, 'intraday');
    await shop.pollAgain();

    shop.write(day, 'daily', [start, ga4Purchase('t1', '11.50', at), ga4Purchase('t3', '30.00', at + 2)]);
    await shop.pollAgain();
    expect(await shop.standing()).toEqual({ t1: '11.5', t3: '30' });

    shop.write(day, 'daily', [start, ga4Purchase('t2', '20.00', at + 1), ga4Purchase('t3', '30.00', at + 2)]);
    await shop.pollAgain();
    expect(await shop.standing()).toEqual({ t2: '20', t3: '30' });

    const before = (await shop.logged()).length;
    await shop.pollAgain();
    expect(await shop.logged()).toHaveLength(before);
    expect((await shop.ledger()).map((l) => [l.kind, l.slice_key, l.outcome, l.rows_read])).toEqual([
      ['live', `events_intraday_${day}`, 'succeeded', '3'],
      ['lookback', `events_${day}`, 'succeeded', '3'],
      ['lookback', `events_${day}`, 'succeeded', '3'],
      ['lookback', `events_${day}`, 'succeeded', '3'],
    ]);
  });

  it('are read late, and in the order of the days', async () => {
    const shop = await world.property();
    const rows = (n: number): Record<string, unknown>[] => [ga4Purchase(`t${n}`, `${n}.00`, shop.noon(n))];
    shop.write(shop.day(0), 'intraday', [ga4Purchase('t0', '0.50', Date.now() - 1_000)]);
    shop.write(shop.day(2), 'daily', rows(2));
    shop.write(shop.day(31), 'daily', rows(31));
    await shop.poll();
    await shop.isRead();
    expect((await shop.ledger()).map((l) => l.slice_key)).toEqual([
      `events_${shop.day(2)}`,
      `events_intraday_${shop.day(0)}`,
    ]);
    shop.write(shop.day(3), 'daily', rows(3));
    await shop.pollAgain();
    expect(await shop.standing()).toEqual({ t0: '0.5', t2: '2', t3: '3' });
    expect((await shop.ledger()).at(-1)).toMatchObject({ slice_key: `events_${shop.day(3)}`, kind: 'live' });
  });

  it('keep a purchase that another day still tells, until that does not either', async () => {
    const shop = await world.property();
    const [first, second] = [shop.day(2), shop.day(1)];
    const told = ga4Purchase('twice', '5.00', shop.noon(2));
    shop.write(first, 'daily', [told]);
    shop.write(second, 'daily', [ga4Purchase('twice', '5.00', shop.noon(1))]);
    await shop.poll();
    await shop.isRead();
    shop.write(first, 'daily', []);
    await shop.pollAgain();
    expect(await shop.standing()).toEqual({ twice: '5' });
    shop.write(second, 'daily', []);
    await shop.pollAgain();
    expect(await shop.standing()).toEqual({});
    shop.write(first, 'daily', [told]);
    await shop.pollAgain();
    expect(await shop.standing()).toEqual({ twice: '5' });
  });

  it('of exported files are whole when the last part is there, also one that is older than the others', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tributary-parts-'));
    const shop = await world.property({ type: 'files', folder });
    const put = (name: string, minutesAgo: number, ...ids: string[]): void => {
      const rows = ids.map((id) => `${JSON.stringify(ga4Purchase(id, '5.00', shop.noon(1)))}\n`);
      writeFileSync(join(folder, name), rows.join(''));
      const at = new Date(Date.now() - minutesAgo * 60_000);
      utimesSync(join(folder, name), at, at);
    };
    const daily = `events_${shop.day(1)}`;
    put(`events_intraday_${shop.day(1)}.json`, 90, 't1', 't2');
    await shop.poll();
    await shop.isRead();
    put(`${daily}-000000000000.json`, 60, 't1');
    await shop.pollAgain();
    expect(await shop.standing()).toEqual({ t1: '5' });
    put(`${daily}-000000000001.json`, 61, 't2', 't3');
    await shop.pollAgain();
    expect(await shop.standing()).toEqual({ t1: '5', t2: '5', t3: '5' });
    await shop.pollAgain();
    expect((await shop.ledger()).map((l) => l.rows_read)).toEqual(['2', '1', '3']);
    rmSync(join(folder, `${daily}-000000000000.json`));
    await shop.pollAgain();
    expect(await shop.standing()).toEqual({ t2: '5', t3: '5' });
    rmSync(folder, { recursive: true });
  });

  it('are told exactly, and rows that say nothing not at all', async () => {
    const shop = await world.property();
    const at = shop.noon(1);
    shop.write(shop.day(1), 'daily', [ga4Row('scroll', at), ga4Purchase('t1', '39.99', at)]);
    await shop.poll();
    await shop.isRead();
    const [raw, ...more] = await shop.logged();
    expect(more).toEqual([]);
    expect(raw!.payload).toMatchObject({
      shard: { day: shop.day(1), kind: 'daily' },
      row: {
        event_timestamp: String(BigInt(at) * 1000n),
        event_params: [{ key: 'ga_session_id', value: { int_value: '9007199254740993' } }, {}, {}],
        ecommerce: { purchase_revenue: 39.99, transaction_id: 't1' },
      },
    });
    expect(JSON.stringify(raw!.payload)).not.toContain('geo');
    expect((await shop.ledger())[0]).toMatchObject({
      ...{ rows_read: '2', rows_selected: '1', amounts: { USD: '39.99' }, published: true },
      ...{ read_by: 'list', bytes_billed: '0' },
    });
    expect((await shop.ledger())[0]!.rows_by_event).toMatchObject({ purchase: 1 });
  });
});
