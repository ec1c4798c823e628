import type { Database } from '#libs/database';
import type { Agreement, Plan } from '#libs/commissions';
import { readPlayer, storeDeals } from '#apps/commissions';
import { click, registration, transaction } from './casino.js';
import { agreementOf } from './deals.js';
import { NOW, amounts, settle, tell } from './ledger.js';
import { closeMonth, withCasino } from './with-casino.js';

let database: Database;
withCasino((opened) => (database = opened));

const CPA: Plan = { type: 'cpa', from: '2026-01-01', cpa: { on: 'ftd', amount: '40' } };
const acme = (name: string, plan: Plan, more: Partial<Agreement> = {}): Agreement =>
  agreementOf(name, [plan], { covers: [{ link: 'acme*' }], ...more });

/** A player who comes by acme's link, and deposits three days later. */
const depositor = (name: string, month: string) => [
  click(`c ${name}`, `${month}-02`, { link: 'acme-1' }),
  registration(name, `c ${name}`, `${month}-03`),
  transaction(`t ${name}`, name, '30', `${month}-05`),
];

const close = (agreement: string, period: string) => closeMonth(database, agreement, period);

describe('an agreement that changes', () => {
  it('has each of its currencies balanced in the ledger', async () => {
    await storeDeals(database, [acme('acme', CPA)], NOW);
    await tell(database, depositor('p1', '2026-10'));
    await settle(database);
    await storeDeals(database, [acme('acme', CPA, { currency: 'CHF' })], NOW);
    await settle(database);
    const last = await database.pool.query(
      `SELECT currency, basis ->> 'on' AS paid_on FROM tributary.commission_entries ORDER BY entry_id DESC LIMIT 1`,
    );
    expect(last.rows).toEqual([{ currency: 'CHF', paid_on: 'ftd' }]);
    const ledger = await database.pool.query(
      `SELECT currency, trim_scale(sum(amount))::text AS amount FROM tributary.commission_entries GROUP BY 1 ORDER BY 1`,
    );
    expect(ledger.rows).toEqual([
      { currency: 'CHF', amount: '40' },
      { currency: 'EUR', amount: '0' },
    ]);
  });

  it('leaves who comes behind the end of its plans to the one that takes its place', async () => {
    const [ended, next] = [
      acme('acme', { ...CPA, to: '2026-11-01' }),
      acme('acme-2', { ...CPA, from: '2026-11-01' }),
    ];
    await storeDeals(database, [ended, next], NOW);
    await tell(database, [...depositor('p1', '2026-10'), ...depositor('p2', '2026-11')]);
    await settle(database);
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ cpa: '40' });
    expect(await amounts(database, 'acme-2', '2026-11')).toEqual({ cpa: '40' });
  });

  it('keeps whom it has been paid for when a later one covers the same traffic, or names it more closely', async () => {
    await storeDeals(database, [acme('acme', { ...CPA, to: '2026-11-01' })], NOW);
    await tell(database, depositor('p1', '2026-10'));
    await settle(database);
    await close('acme', '2026-10');
    const later = { ...CPA, from: '2026-11-01' };
    await storeDeals(
      database,
      [
        acme('a-first', later),
        acme('closer', later, { covers: [{ link: 'acme-1', source: 'x' }, { link: 'acme-1' }] }),
      ],
      NOW,
    );
    await settle(database);
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ cpa: '40' });
    expect(await readPlayer(database, 'acme', '2026-10', 'p1')).toMatchObject({ since: { covered: true } });
  });

  it('has who came while it ran when its plans are made to end later or sooner', async () => {
    const next = acme('acme-2', { ...CPA, from: '2026-10-01' });
    await storeDeals(database, [acme('acme', { ...CPA, to: '2026-10-01' }), next], NOW);
    await tell(database, depositor('p1', '2026-10'));
    await settle(database);
    expect(await amounts(database, 'acme-2', '2026-10')).toEqual({ cpa: '40' });
    await storeDeals(database, [acme('acme', { ...CPA, to: '2026-11-01' })], NOW);
    await settle(database);
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ cpa: '40' });
    expect(await amounts(database, 'acme-2', '2026-10')).toEqual({});
    await storeDeals(database, [acme('acme', { ...CPA, to: '2026-10-01' })], NOW);
    await settle(database);
    expect(await amounts(database, 'acme-2', '2026-10')).toEqual({ cpa: '40' });
  });
});
