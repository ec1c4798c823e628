import type { Database } from '#libs/database';
import type { CanonicalEvent } from '#libs/events';
import { readStatement, simulate, storeDeals } from '#apps/commissions';
import { click, install, registration, session, transaction } from './casino.js';
import { DEALS, NGR, SHARE, agreementOf } from './deals.js';
import { NOW, amounts, commissionDump, settle, tell } from './ledger.js';
import { emptyCasino, withCasino } from './with-casino.js';

let database: Database;
withCasino((opened) => (database = opened));

/** Two players of a partner who lost 100 in October. */
const world: CanonicalEvent[] = ['p1', 'p2'].flatMap((name) => [
  click(`c-${name}`, '2026-10-01', { link: 'acme-1' }),
  registration(name, `c-${name}`, '2026-10-02'),
  transaction(`t-${name}`, name, '60', '2026-10-03'),
  session(`s-${name}`, name, ['0', '100'], '2026-10-04'),
]);
const acme = agreementOf('acme', [SHARE]);

async function count(table: string): Promise<number> {
  const found = await database.pool.query(`SELECT FROM tributary.${table}`);
  return found.rowCount!;
}

describe('facts of times that have not come', () => {
  it.each([
    ['2999-06-05', 0],
    ['9999-12-31', 0],
    ['2099-12-05', 1],
  ])('of %s cost no month in between, whenever they are read', async (day, months) => {
    const far = [
      session('far', 'p1', ['10', '0'], day),
      transaction('far', 'p1', '10', day),
      click('c-far', day, { link: 'acme-1' }),
      install('c-far', day),
      registration('p3', 'c-far', day),
    ];
    const deals = [...DEALS.filter((deal) => !('agreement' in deal && deal.agreement === 'acme')), acme];
    await storeDeals(database, deals, NOW);
    await tell(database, world);
    await settle(database);
    const [carries, entries] = [await count('commission_carries'), await count('commission_entries')];
    const rows = await commissionDump(database);
    await tell(database, far);
    const startedAt = performance.now();
    const report = await settle(database);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(report).toMatchObject({ months, setAside: [] });
    expect(await count('commission_carries')).toBe(carries);
    expect(await count('commission_entries')).toBe(entries + months);
    const dump = await commissionDump(database);
    expect(dump.filter((row) => row.startsWith('commission_months'))).toHaveLength(2 + months);
    if (months === 0) expect(dump.filter((row) => !row.includes('p3'))).toEqual(rows);

    await emptyCasino(database);
    await tell(database, [...far, ...world]);
    await storeDeals(database, deals, NOW);
    await settle(database);
    expect(await commissionDump(database)).toEqual(dump);
  });

  it('are settled when their month begins, as if they had been told then', async () => {
    const bolt = agreementOf('bolt', [{ ...SHARE, revenue_share: { ...SHARE.revenue_share, cap: '5' } }]);
    const told = [
      ...world,
      session('s-apr', 'p1', ['500', '0'], '2027-04-05'),
      session('s-jun', 'p2', ['900', '0'], '2027-06-05'),
    ];
    await storeDeals(database, [NGR, acme, bolt], NOW);
    await tell(database, told);
    const days = ['2027-02-10', '2027-03-31', '2027-05-10', '2027-05-31', '2027-07-01'];
    const seen = new Map<string, string[]>();
    for (const day of days) {
      await settle(database, new Date(`${day}T12:00:00Z`));
      seen.set(day, await commissionDump(database));
      // Nothing is left to be done until the next month
      expect(await settle(database, new Date(`${day}T12:00:00Z`))).toMatchObject({ subjects: 0, entries: 0 });
    }
    expect(await amounts(database, 'acme', '2027-03')).toEqual({ carry_in: '-38.1', carry_out: '38.1' });
    expect(await amounts(database, 'acme', '2027-04')).toMatchObject({ carry_in: '-38.1' });
    for (const day of days) {
      await emptyCasino(database);
      const now = new Date(`${day}T12:00:00Z`);
      await storeDeals(database, [NGR, acme, bolt], now);
      await tell(database, told);
      await settle(database, now);
      expect(await commissionDump(database)).toEqual(seen.get(day));
      const deal = { agreement: acme, ngrs: [NGR] };
      for (const period of ['2027-03', '2027-04', '2027-06']) {
        const { lines } = (await readStatement(database, 'acme', period, now))!;
        expect((await simulate(database, deal, period, now)).lines).toEqual(lines);
      }
    }
  });

  it('wait for their month although a process whose clock is behind reckons in between', async () => {
    const april = new Date('2027-04-01T00:00:00Z');
    const told = [...world, session('s-apr', 'p1', ['500', '0'], '2027-04-05')];
    const late = session('s-late', 'p2', ['7', '0'], '2026-11-05');
    await storeDeals(database, [NGR, acme], NOW);
    await tell(database, told);
    await settle(database, april);
    await tell(database, [late]);
    await settle(database, NOW);
    expect(await amounts(database, 'acme', '2027-03')).toEqual({});
    await settle(database, april);
    const dump = await commissionDump(database);
    await emptyCasino(database);
    await storeDeals(database, [NGR, acme], NOW);
    await tell(database, [...told, late]);
    await settle(database, april);
    expect(await commissionDump(database)).toEqual(dump);
  });
});

describe('eight thousand months between two others', () => {
  it('take seconds, and no row each where nothing is carried', async () => {
    const since = (from: string) => ({ ...SHARE, from });
    const old = agreementOf('acme', [since('1359-01-01')], { time_zone: 'UTC' });
    const ngr = { ...NGR, versions: [{ ...NGR.versions[0]!, from: '1358-01-01' }] };
    await storeDeals(database, [ngr, old], NOW);
    await tell(database, [
      ...world.filter(({ kind }) => kind !== 'game_session'),
      session('s-old', 'p1', ['100', '0'], '1360-02-04'),
      session('s-new', 'p1', ['100', '0'], '2026-10-04'),
    ]);
    const startedAt = performance.now();
    expect(await settle(database)).toMatchObject({ subjects: 2 });
    await tell(database, [session('s-new2', 'p1', ['100', '0'], '2026-10-05')]);
    await settle(database);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(await amounts(database, 'acme', '1360-02')).toEqual({ revenue_share: '17.575' });
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ revenue_share: '34.565' });
    expect(await count('commission_carries')).toBe(2);
  });
});
