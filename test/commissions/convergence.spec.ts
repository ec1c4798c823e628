import fc from 'fast-check';
import type { Database } from '#libs/database';
import type { CanonicalEvent } from '#libs/events';
import { CloseRefused, closePeriod, storeDeals } from '#apps/commissions';
import { withMigratedDatabase } from '#test/migrated-database';
import { session } from './casino.js';
import { casinoWorld } from './casino-worlds.js';
import { DEALS, agreementOf } from './deals.js';
import { keptProblems } from './kept-facts.js';
import { NOW, commissionDump, importRates, settle, tell, unbalanced } from './ledger.js';
import { emptyCasino } from './with-casino.js';

let database: Database;
withMigratedDatabase((opened) => (database = opened));

/** Of December there is none of the month's end. */
const RATES = ['09', '10', '11', '12'].flatMap((month) =>
  (month === '12' ? [1, 8] : [1, 8, 15, 22, 29]).map(
    (day) => ['USD', `2026-${month}-${String(day).padStart(2, '0')}`, `1.${month}${day}`] as const,
  ),
);
/** On the traffic of others for some weeks, paid by how many deposit first. */
const ECHO = agreementOf(
  'echo',
  [
    {
      ...{ type: 'hybrid', from: '2026-10-01', to: '2026-12-16', ngr: 'net' },
      cpa: { on: 'registration', amount: '7' },
      revenue_share: {
        ...{ carry_over: true, ring_fenced: false },
        scale: {
          ...{ kind: 'tiered', by: 'first_deposits', per: 'partner' },
          steps: [
            { from: '0', rate: '0.1' },
            { from: '1', rate: '0.3' },
            { from: '2', rate: '0.4' },
          ],
        },
      },
    },
  ],
  { covers: [{ link: '*' }] },
);
/** Some with the rates of each day, some with those of the month's end. */
const MIXED = [...DEALS, ECHO].map((deal) =>
  'agreement' in deal && /acme|bolt/.test(deal.agreement)
    ? { ...deal, fx: { date: 'month_end' as const } }
    : deal,
);
/** Two sessions of each of two players that no column can hold the sum of, until they are told anew. */
const MENDED = ['p1', 'p2'].flatMap((name) =>
  ['a', 'b'].flatMap((which) => [
    session(`most-${which}-${name}`, name, ['99999999999999999999', '0'], '2026-10-01 02:00'),
    session(`most-${which}-${name}`, name, ['7', '0'], '2026-10-01 02:00', { told: '2026-10-09' }),
  ]),
);
const PARTNERS = ['acme', 'bolt', 'core', 'dune', 'echo'];
const MONTHS = ['2026-09', '2026-10', '2026-11', '2026-12', '2027-01'];
const runs = (usual: number): number => Number(process.env['PROPERTY_RUNS'] ?? usual);

/** Everything at once, and one run. */
async function plainly(world: readonly CanonicalEvent[]): Promise<string[]> {
  await emptyCasino(database);
  await tell(database, world);
  await importRates(database, RATES);
  await storeDeals(database, MIXED, NOW);
  await settle(database);
  expect(await unbalanced(database)).toEqual([]);
  return commissionDump(database);
}

describe('commissions', () => {
  it('end in the same rows, however facts come, agreements, rates, and runs between them', async () => {
    const delivery = casinoWorld.chain((facts) => {
      const world = [...facts, ...MENDED];
      return fc.record({
        world: fc.constant(world),
        told: fc
          .tuple(fc.shuffledSubarray(world, { minLength: world.length }), fc.subarray(world))
          .map(([all, again]) => [...all, ...again]),
        sizes: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 }),
        meanwhile: fc.array(fc.constantFrom('run', 'run', 'nothing', 'rates', 'deals'), {
          minLength: 1,
          maxLength: 8,
        }),
      });
    });
    await fc.assert(
      fc.asyncProperty(delivery, async ({ world, told, sizes, meanwhile }) => {
        const expected = await plainly(world);
        await emptyCasino(database);
        let step = 0;
        await tell(database, told, sizes, async () => {
          const what = meanwhile[step++ % meanwhile.length];
          if (what === 'run') await settle(database);
          if (what === 'rates') await importRates(database, RATES.slice(step % 3, step));
          if (what === 'deals') await storeDeals(database, MIXED.slice(0, 1 + (step % MIXED.length)), NOW);
        });
        await storeDeals(database, MIXED, NOW);
        await settle(database);
        await importRates(database, RATES);
        await settle(database);
        expect(await commissionDump(database)).toEqual(expected);
        expect(await unbalanced(database)).toEqual([]);
      }),
      { numRuns: runs(15), endOnFailure: true },
    );
  }, 300_000);

  it('lose nothing and double nothing where months are closed in any order and facts come late', async () => {
    const story = casinoWorld.chain((world) =>
      fc.record({
        told: fc.shuffledSubarray(world, { minLength: world.length }),
        size: fc.integer({ min: 3, max: 12 }),
        // Of each step: which months of which partners are closed then
        closes: fc.array(
          fc.tuple(fc.subarray(PARTNERS, { minLength: 1 }), fc.constantFrom(...MONTHS, '2026-10')),
          { minLength: 3, maxLength: 8 },
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(story, async ({ told, size, closes }) => {
        const expected = await plainly(told);
        await emptyCasino(database);
        await importRates(database, RATES);
        await storeDeals(database, MIXED, NOW);
        let step = 0;
        const closed: string[] = [];
        const first = Math.floor(told.length / 2);
        await tell(database, told, [first, ...told.map(() => size)], async () => {
          await settle(database);
          // A rate that is corrected changes amounts, and no fact
          const day = ['2026-09-29', '2026-10-01', '2026-10-29', '2026-11-15'][step % 4]!;
          await importRates(database, [['USD', day, `1.${step + 1}`]]);
          await settle(database);
          const [agreements, period] = closes[step++ % closes.length]!;
          for (const agreement of agreements) await tryToClose(agreement, period);
          const now = await statements();
          expect(now.filter((line) => closed.includes(line))).toEqual(closed);
          closed.splice(0, closed.length, ...now);
        });
        await importRates(database, RATES);
        await settle(database);
        expect(await commissionDump(database)).toEqual(expected);
        expect(await unbalanced(database)).toEqual([]);
        expect(await unpaid()).toEqual([]);
        for (const period of MONTHS) {
          for (const agreement of PARTNERS) await tryToClose(agreement, period);
        }
        // September is before the last of them begins
        expect((await statements()).length).toBe(PARTNERS.length * MONTHS.length - 1);
        expect(await keptProblems(database, MIXED)).toEqual([]);
      }),
      { numRuns: runs(12), endOnFailure: true },
    );
  }, 300_000);
});

async function tryToClose(agreement: string, period: string): Promise<void> {
  await closePeriod(database, { agreement, period, closedBy: 'finance', now: NOW }).catch(
    (error: unknown) => {
      if (!(error instanceof CloseRefused)) throw error;
    },
  );
}

/** Statements that are closed, with their lines and all that they rest on, one a line. */
async function statements(): Promise<string[]> {
  const found = await database.pool.query<{ row: string }>(
    `SELECT to_jsonb(s)::text || (SELECT COALESCE(jsonb_agg(to_jsonb(l) ORDER BY l.of_period, l.kind), '[]')::text
        FROM tributary.statement_lines l WHERE l.agreement = s.agreement AND l.period = s.period)
        || (SELECT COALESCE(jsonb_agg(to_jsonb(p) ORDER BY p.of_period, p.subject), '[]')::text
        FROM tributary.statement_players p WHERE p.agreement = s.agreement AND p.period = s.period) AS row
      FROM tributary.statements s ORDER BY s.agreement, s.number`,
  );
  return found.rows.map((r) => r.row);
}

/** Where the exact lines of closed statements, with the entries of months that are open, are not the commission; and where
 * statements do not go on from each other. There are none. */
async function unpaid(): Promise<unknown[]> {
  const found = await database.pool.query<object>(
    `SELECT agreement, of_period, kind FROM (
        SELECT agreement, of_period, kind, exact AS amount FROM tributary.statement_lines
        UNION ALL SELECT e.agreement, e.of_period, e.kind, e.amount FROM tributary.commission_entries e
          WHERE NOT EXISTS (SELECT FROM tributary.statements s WHERE s.agreement = e.agreement AND s.period = e.booked_in)
        UNION ALL SELECT agreement, period, kind, -amount FROM tributary.commissions) AS all_of_it
      GROUP BY agreement, of_period, kind HAVING sum(amount) <> 0
    UNION ALL SELECT s.agreement, s.period, 'balance' FROM tributary.statements s
      WHERE s.payable + s.closing_balance <> s.opening_balance + s.amount OR s.opening_balance <> COALESCE(
        (SELECT b.closing_balance FROM tributary.statements b WHERE b.agreement = s.agreement AND b.number = s.number - 1), 0)`,
  );
  return found.rows;
}
