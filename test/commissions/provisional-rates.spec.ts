import type { Database } from '#libs/database';
import { readPlayer, readStatement, simulate, storeDeals } from '#apps/commissions';
import { click, registration, session, transaction } from './casino.js';
import { NGR, SHARE, agreementOf } from './deals.js';
import { NOW, amounts, importRates, settle, tell } from './ledger.js';
import { closeMonth, withCasino } from './with-casino.js';

let database: Database;
withCasino((opened) => (database = opened));

const MONTH_END = { fx: { date: 'month_end' as const } };
const close = (agreement: string) => closeMonth(database, agreement, '2026-10');
const why = "no rate of the month's end for USD yet, the latest one stands in for it";

describe('months that are turned with the rate of their end', () => {
  it('are priced with the latest one until it is there, and are not closed before', async () => {
    const acme = agreementOf('acme', [SHARE], MONTH_END);
    await storeDeals(database, [NGR, acme], NOW);
    await tell(database, [
      click('c1', '2026-10-01', { link: 'acme-1' }),
      registration('p1', 'c1', '2026-10-02'),
      session('s1', 'p1', ['100', '0'], '2026-10-04', { currency: 'USD' }),
    ]);
    expect(await settle(database)).toMatchObject({ missingRates: ['USD 2026-10-04'] });
    expect(await amounts(database, 'acme', '2026-10')).toEqual({});
    for (const [day, rate, share] of [
      ['2026-09-28', '2', '8.7875'],
      ['2026-10-12', '1', '17.575'],
      ['2026-10-23', '1.25', '14.06'],
    ] as const) {
      await importRates(database, [['USD', day, rate]]);
      expect(await settle(database)).toMatchObject({ missingRates: [] });
      expect(await amounts(database, 'acme', '2026-10')).toEqual({ revenue_share: share });
      const statement = (await readStatement(database, 'acme', '2026-10', NOW))!;
      expect(statement.unfinished).toEqual([why]);
      const simulated = await simulate(database, { agreement: acme, ngrs: [NGR] }, '2026-10', NOW);
      expect(simulated).toMatchObject({ lines: statement.lines, unfinished: [why] });
      await expect(close('acme')).rejects.toThrow(why);
    }
    expect(await readPlayer(database, 'acme', '2026-10', 'p1')).toMatchObject({
      months: [{ activity: { missing_rates: [], provisional_rates: ['USD 2026-10'] } }],
    });
    // Also of a month before, that is over
    expect(await readStatement(database, 'acme', '2026-09', NOW)).toMatchObject({ unfinished: [] });

    await importRates(database, [['USD', '2026-10-30', '0.5']]);
    await settle(database);
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ revenue_share: '35.15' });
    expect(await readStatement(database, 'acme', '2026-10', NOW)).toMatchObject({ unfinished: [] });
    await close('acme');
  });

  it('wait for it with a CPA whose thresholds are reached, or missed, by what stands in for it', async () => {
    const qualification = { within_days: 60, of: 'registration' as const, deposit_amount: '50' };
    const cpa = { on: 'qualification' as const, amount: '40', qualification };
    await storeDeals(
      database,
      [agreementOf('bolt', [{ type: 'cpa', from: '2026-01-01', cpa }], MONTH_END)],
      NOW,
    );
    await tell(database, [
      click('c1', '2026-10-01', { link: 'bolt-1' }),
      registration('p1', 'c1', '2026-10-02'),
      transaction('t1', 'p1', '60', '2026-10-03', { currency: 'USD' }),
      transaction('t2', 'p1', '1', '2026-11-03'),
    ]);
    await importRates(database, [['USD', '2026-10-05', '1']]);
    await settle(database);
    expect(await amounts(database, 'bolt', '2026-10')).toEqual({ cpa: '40' });
    expect(await readStatement(database, 'bolt', '2026-10', NOW)).toMatchObject({ unfinished: [why] });
    expect(await readStatement(database, 'bolt', '2026-11', NOW)).toMatchObject({ unfinished: [] });
    await expect(close('bolt')).rejects.toThrow(why);
    await importRates(database, [['USD', '2026-10-31', '2']]);
    await settle(database);
    expect(await amounts(database, 'bolt', '2026-10')).toEqual({});
    await close('bolt');
  });
});
