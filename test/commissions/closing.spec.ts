import type { Database } from '#libs/database';
import { CloseRefused, readChangedPlayers, readPlayer, readStatement, storeDeals } from '#apps/commissions';
import { click, registration, reversal, session, transaction } from './casino.js';
import { DEALS } from './deals.js';
import { keptProblems } from './kept-facts.js';
import { NOW, settle, tell } from './ledger.js';
import { closeMonth, withCasino } from './with-casino.js';

let database: Database;
withCasino((opened) => (database = opened));
afterEach(async () => {
  expect(await keptProblems(database)).toEqual([]);
});

const depositor = (name: string) => [
  click(`c ${name}`, '2026-10-01', { link: 'core-1' }),
  registration(name, `c ${name}`, '2026-10-02'),
  transaction(`t ${name}`, name, '30', '2026-10-03'),
];

const close = (period: string, shown?: string) => closeMonth(database, 'core', period, shown);

describe('closing a month', () => {
  it('closes what was shown, or nothing', async () => {
    await storeDeals(database, DEALS, NOW);
    await tell(database, depositor('p1'));
    await settle(database);
    const shown = await readStatement(database, 'core', '2026-10', NOW);
    await tell(database, depositor('p2'));
    await settle(database);
    await expect(close('2026-10', shown!.manifest.hash)).rejects.toThrow(
      'it is not what was shown any more: 60 EUR are to be paid now',
    );
    const now = await readStatement(database, 'core', '2026-10', NOW);
    expect(now).toMatchObject({ status: 'open', payable: '60' });
    await close('2026-10', now!.manifest.hash);
    expect(await readStatement(database, 'core', '2026-10', NOW)).toMatchObject({
      ...{ status: 'closed', payable: '60' },
      manifest: { hash: now!.manifest.hash },
    });
  });

  it('is done once, whoever does it at the same time, while facts come and are reckoned', async () => {
    await storeDeals(database, DEALS, NOW);
    const names = Array.from({ length: 12 }, (_, i) => `p${i}`);
    await tell(database, names.slice(0, 4).flatMap(depositor));
    await settle(database);
    const late = names.flatMap((name, i) => [
      ...depositor(name),
      session(`s ${name}`, name, [`${100 + i}`, '40'], `2026-1${i % 2}-04`),
      ...(i % 3 === 0 ? [reversal(`t ${name}`, '2026-11-05')] : []),
    ]);
    const telling = tell(database, late, [3]);
    let refused = 0;
    const closing = ['2026-10', '2026-10', '2026-11', '2026-11'].map(async (period) => {
      while (!(await isClosed(period))) {
        await close(period).catch((error: unknown) => {
          if (!(error instanceof CloseRefused)) throw error;
          refused++;
        });
      }
    });
    let isDone = false;
    const all = Promise.all([telling, ...closing]).finally(() => (isDone = true));
    while (!isDone) await settle(database);
    await all;
    await settle(database);
    expect(refused).toBeGreaterThan(0);
    const statements = await database.pool.query('SELECT number FROM tributary.statements ORDER BY number');
    expect(statements.rows).toEqual([{ number: 1 }, { number: 2 }]);
    await close('2026-12');
  });
});

it('refuses a month before the agreement, which only a mistake can mean', async () => {
  await storeDeals(database, DEALS, NOW);
  await expect(close('2025-12')).rejects.toThrow('the agreement begins on 2026-01-01');
});

it('of a month without anything knows that there was nothing', async () => {
  await storeDeals(database, DEALS, NOW);
  await close('2026-10');
  await tell(database, depositor('p1'));
  await settle(database);
  expect(await readPlayer(database, 'core', '2026-10', 'p1', true)).toMatchObject({
    facts: [],
    since: { changes: { added: [{ kind: 'deposit' }], amended: [], gone: [] } },
  });
  expect(await readChangedPlayers(database, 'core', '2026-10')).toEqual({
    ...{ kept: true, subjects: ['p1'], waits: false },
  });
});

async function isClosed(period: string): Promise<boolean> {
  return (await readStatement(database, 'core', period, NOW))?.status === 'closed';
}
