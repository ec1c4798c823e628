import { attribution } from '#apps/attribution';
import { normalizer } from '#apps/normalizer';
import { databaseOf, type RunningApp } from '#libs/runtime';
import { ga4Purchase, ga4Row } from '#test/exported-rows';
import { until } from '#test/until';
import { Ga4World, type Ga4Property } from './ga4-world.js';

describe('rows of the table', () => {
  let world: Ga4World;
  const apps: RunningApp[] = [];

  beforeAll(async () => {
    world = await Ga4World.open();
  });

  afterAll(async () => {
    await world?.end();
    for (const app of apps) await app.stop();
    await world?.close();
  });

  const rows = async (): Promise<Record<string, string | null>> => {
    const found = await databaseOf(world.platform).pool.query<{ id: string; amount: string | null }>(
      `SELECT transaction_id AS id, amount::text AS amount FROM tributary.conversions WHERE type = 'purchase' ORDER BY 1`,
    );
    return Object.fromEntries(
      found.rows.map((row): [string, string | null] => [row.id, row.amount && String(Number(row.amount))]),
    );
  };
  const become = (expected: Record<string, string>): Promise<void> =>
    until(
      `the rows are ${JSON.stringify(expected)}`,
      async () => JSON.stringify(await rows()) === JSON.stringify(expected),
    );

  it('are those of the last daily of a day that was intraday, then daily, then rewritten twice', async () => {
    const shop: Ga4Property = await world.property();
    const environment = { ...world.platform.environment, ...shop.environment };
    const settings = { ...world.platform.settings, SOURCES_DIR: shop.environment['SOURCES_DIR']! };
    for (const app of [normalizer, attribution])
      apps.push(await app.start({ ...world.platform, environment, settings }));
    const [day, at] = [shop.day(1), shop.noon(1)];
    const start = ga4Row('session_start', at);
    shop.write(day, 'intraday', [start, ga4Purchase('t1', '10.00', at), ga4Purchase('t9', '1.00', at + 5)]);
    await shop.poll();
    await become({ t1: '10', t9: '1' });

    shop.write(day, 'daily', [start, ga4Purchase('t1', '10.00', at), ga4Purchase('t2', '20.00', at + 1)]);
    await shop.pollAgain();
    await become({ t1: '10', t2: '20' });
    shop.remove(day, 'intraday');

    shop.write(day, 'daily', [start, ga4Purchase('t1', '11.50', at), ga4Purchase('t3', '30.00', at + 2)]);
    await shop.pollAgain();
    await become({ t1: '11.5', t3: '30' });

    shop.write(day, 'daily', [start, ga4Purchase('t2', '20.00', at + 1), ga4Purchase('t3', '30.00', at + 2)]);
    await shop.pollAgain();
    await become({ t2: '20', t3: '30' });
  });
});
