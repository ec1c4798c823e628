import type { Database } from '#libs/database';
import type { DealFile } from '#libs/commissions';
import type { CanonicalEvent } from '#libs/events';
import { readStatement, runCommissions, storeDeals } from '#apps/commissions';
import { click, player, registration, session } from './casino.js';
import { DEALS, NGR, SHARE, agreementOf } from './deals.js';
import { NOW, amounts, commissionDump, settle, tell } from './ledger.js';
import { closeMonth, emptyCasino, withCasino } from './with-casino.js';

let database: Database;
withCasino((opened) => (database = opened));

const close = (agreement: string, period: string) => closeMonth(database, agreement, period);

/** A column of money holds less than 10^20. */
const ALMOST_ALL = '99999999999999999999';

/** A player of a partner's, with a session of 100 in October. */
const playerOf = (partner: string, name: string): CanonicalEvent[] => [
  click(`c-${name}`, '2026-10-01', { link: `${partner}-1` }),
  registration(name, `c-${name}`, '2026-10-02'),
  session(`s-${name}`, name, ['100', '0'], '2026-10-04'),
];

/** Two sessions whose sum no column holds. */
const tooMuch = (name: string, day = '2026-10-05'): CanonicalEvent[] =>
  ['a', 'b'].map((of) => session(`s-${name}-${of}`, name, [ALMOST_ALL, '0'], day));
const mended = (name: string, day = '2026-10-05'): CanonicalEvent[] =>
  ['a', 'b'].map((of) => session(`s-${name}-${of}`, name, ['100', '0'], day, { told: '2026-11-05' }));

/** What the tables are where the world was told in one piece. */
async function plainly(deals: DealFile[], world: CanonicalEvent[]): Promise<string[]> {
  await emptyCasino(database);
  await tell(database, world);
  await storeDeals(database, deals, NOW);
  await settle(database);
  return commissionDump(database);
}

const REFUSED = { reason: 'PostgreSQL refuses it with SQLSTATE 22003', since: '2027-02-10T12:00:00.000000Z' };

describe('a player who cannot be reckoned', () => {
  const deals = [NGR, agreementOf('acme', [SHARE]), agreementOf('bolt', [SHARE])];
  const names = Array.from({ length: 20 }, (_, i) => `p${String(i).padStart(2, '0')}`);
  const world = names.flatMap((name, i) => playerOf(i % 2 === 0 ? 'acme' : 'bolt', name));
  const more = names.map((name) => session(`s2-${name}`, name, ['10', '0'], '2026-10-06'));

  it('holds up nobody else, and what stood of them stands until they are mended', async () => {
    await storeDeals(database, deals, NOW);
    await tell(database, world);
    await settle(database);
    const rowsOf = async (name: string): Promise<string[]> =>
      (await commissionDump(database)).filter((line) => line.includes(`"${name}"`));
    const before = await rowsOf('p04');
    await tell(database, [...more, ...tooMuch('p04'), ...tooMuch('p07')]);
    const report = await settle(database);
    expect(report).toMatchObject({ subjects: 20, months: 18 });
    expect(report.setAside).toMatchObject([
      { brand: 'royal', subject: 'p04', ...REFUSED },
      { brand: 'royal', subject: 'p07', ...REFUSED },
    ]);
    // One of ten players stands as before
    for (const partner of ['acme', 'bolt']) {
      expect(await amounts(database, partner, '2026-10')).toEqual({ revenue_share: '191.5675' });
    }
    expect(await rowsOf('p04')).toEqual(before);

    await tell(database, mended('p04'));
    expect((await settle(database)).setAside).toMatchObject([{ subject: 'p07' }]);
    await tell(database, mended('p07'));
    expect((await settle(database)).setAside).toEqual([]);
    const dump = await commissionDump(database);
    expect(dump).toEqual(await plainly(deals, [...world, ...more, ...mended('p04'), ...mended('p07')]));
  });

  it('stands in the way of closing the months of their own partner alone, from the first fact on', async () => {
    await storeDeals(database, deals, NOW);
    await tell(database, [
      ...world,
      ...names.map((name) => session(`s0-${name}`, name, ['10', '0'], '2026-09-06')),
      ...tooMuch('p04'),
    ]);
    await settle(database);
    await tell(database, mended('p04'));
    await settle(database);
    const worse = ['a', 'b'].map((of) =>
      session(`s-p04-${of}`, 'p04', [ALMOST_ALL, '0'], '2026-10-05', { told: '2026-12-05' }),
    );
    await tell(database, worse);
    await settle(database);
    const why = `player p04 is set aside since ${REFUSED.since}: ${REFUSED.reason}`;
    for (const period of ['2026-10', '2026-11']) {
      expect(await readStatement(database, 'acme', period, NOW)).toMatchObject({ unfinished: [why] });
      await expect(close('acme', period)).rejects.toThrow(why);
    }
    await close('acme', '2026-09');
    await close('bolt', '2026-10');
  });

  it('is tried again by whoever asks for it, and where agreements change', async () => {
    const narrow = agreementOf('acme', [SHARE]);
    await storeDeals(database, [NGR, narrow], NOW);
    await tell(database, [...playerOf('acme', 'p01'), ...tooMuch('p01')]);
    const first = await settle(database);
    expect(first).toMatchObject({ subjects: 1, setAside: [{ subject: 'p01' }] });
    const later = new Date('2027-02-11T12:00:00Z');
    expect(await runCommissions(database, { now: later })).toMatchObject({ subjects: 0 });
    const again = await runCommissions(database, { now: later, retry: true });
    expect(again).toMatchObject({ subjects: 1, setAside: first.setAside });
    // A plan behind the facts has none to reckon
    await storeDeals(database, [agreementOf('acme', [{ ...SHARE, from: '2026-11-01' }])], NOW);
    expect(await settle(database)).toMatchObject({ subjects: 1, setAside: [] });
  });

  it('is told from what fails for everybody', async () => {
    await storeDeals(database, deals, NOW);
    await tell(database, world);
    await database.pool.query('ALTER TABLE tributary.commission_months RENAME TO elsewhere');
    try {
      await expect(settle(database)).rejects.toMatchObject({ code: '42P01' });
    } finally {
      await database.pool.query('ALTER TABLE tributary.elsewhere RENAME TO commission_months');
    }
    expect(await settle(database)).toMatchObject({ subjects: 20, setAside: [] });
  });
});

describe("a partner's own lines that cannot be reckoned", () => {
  const names = ['p1', 'p2', 'p3', 'p4', 'p5'];
  const most = (told: string, stake: string): CanonicalEvent[] =>
    names.map((name) => session(`s-big-${name}`, name, [stake, '0'], '2026-10-05', { told }));

  it('hold up no other agreement', async () => {
    const world = [...names.flatMap((name) => playerOf('bolt', name)), ...playerOf('core', 'q1')];
    await storeDeals(database, DEALS, NOW);
    // Of each player the sums fit, of all of them together they do not
    await tell(database, [...world, ...most('2026-10-06', '99999999999999990000')]);
    const report = await settle(database);
    expect(report).toMatchObject({ subjects: 6, setAside: [{ agreement: 'bolt', subject: '', ...REFUSED }] });
    expect(await amounts(database, 'core', '2026-10')).toEqual({ revenue_share: '35.15' });
    const why = `the partner's own lines are set aside since ${REFUSED.since}: ${REFUSED.reason}`;
    expect(await readStatement(database, 'bolt', '2026-10', NOW)).toMatchObject({ unfinished: [why] });
    await expect(close('bolt', '2026-10')).rejects.toThrow(why);
    await close('bolt', '2026-09');
    await close('core', '2026-10');

    // Told anew of another month it is settled from where it was left
    await tell(database, [player('p1', '2026-10-02'), session('s-nov', 'p1', ['10', '0'], '2026-11-05')]);
    expect(await settle(database)).toMatchObject({ setAside: [{ agreement: 'bolt', period: '2026-10' }] });
    await tell(database, most('2026-11-06', '100'));
    expect(await settle(database)).toMatchObject({ setAside: [] });
    const dump = await commissionDump(database);
    expect(dump).toEqual(
      await plainly(DEALS, [
        ...[...world, ...most('2026-11-06', '100')],
        ...[player('p1', '2026-10-02'), session('s-nov', 'p1', ['10', '0'], '2026-11-05')],
      ]),
    );
  });
});
