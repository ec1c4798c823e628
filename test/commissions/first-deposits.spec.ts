import type { Database } from '#libs/database';
import type { Plan, Scale } from '#libs/commissions';
import { readPlayer, storeDeals } from '#apps/commissions';
import {
  click,
  contact,
  depositWithoutAmount,
  player,
  registration,
  session,
  transaction,
} from './casino.js';
import { NGR, SHARE, agreementOf } from './deals.js';
import { NOW, amounts, settle, tell } from './ledger.js';
import { closeMonth, withCasino } from './with-casino.js';

let database: Database;
withCasino((opened) => (database = opened));

const arrived = (name: string) => [
  click(`c ${name}`, '2026-10-01', { link: 'acme-1' }),
  registration(name, `c ${name}`, '2026-10-02'),
];

describe('a first deposit', () => {
  it('reaches no step where its player counts for nothing, and does again where they count', async () => {
    const scale: Scale = {
      kind: 'tiered',
      by: 'first_deposits',
      per: 'partner',
      steps: [
        { from: '0', rate: '0.25' },
        { from: '2', rate: '0.5' },
      ],
    };
    const plan: Plan = {
      ...SHARE,
      revenue_share: { carry_over: true, ring_fenced: false, scale },
    };
    await storeDeals(database, [NGR, agreementOf('acme', [plan])], NOW);
    await tell(database, [
      ...['p1', 'p2'].flatMap((name, i) => [
        ...arrived(name),
        player(name, `2026-10-02 1${i}:00`),
        contact(name, '2026-10-02', { email: 'anna@players.test' }),
      ]),
      session('s1', 'p1', ['100', '0'], '2026-10-04'),
      transaction('t1', 'p1', '10', '2026-10-03'),
      transaction('t2', 'p2', '10', '2026-10-03'),
    ]);
    await settle(database);
    // The second is a duplicate of the first: a quarter of (75 − 1 − 0.2) · 0.95
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ revenue_share: '17.5275' });
    await tell(database, [contact('p2', '2026-10-02', { told: '2026-10-09', email: 'bo@players.test' })]);
    await settle(database);
    // Half of it, less the fee of 0.2 that p2 costs
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ revenue_share: '34.955' });
    await tell(database, [player('p2', '2026-10-02 11:00', { told: '2026-10-10', is_blocked: true })]);
    await settle(database);
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ revenue_share: '17.5275' });
  });

  it('is kept with the CPA that it was paid for, also where nobody told its amount', async () => {
    const cpa: Plan = { type: 'cpa', from: '2026-01-01', cpa: { on: 'ftd', amount: '30' } };
    await storeDeals(database, [agreementOf('acme', [cpa])], NOW);
    await tell(database, [...arrived('p1'), depositWithoutAmount('p1', '2026-10-03')]);
    await settle(database);
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ cpa: '30' });
    await closeMonth(database, 'acme', '2026-10');
    expect(await readPlayer(database, 'acme', '2026-10', 'p1', true)).toMatchObject({
      facts: [{ kind: 'deposit', amount: null, segment: null, for_cpa: true }],
      reckoned_again: true,
      since: { changes: { added: [], gone: [], amended: [] } },
    });
  });
});
