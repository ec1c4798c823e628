import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import {
  blockBudget,
  keptAllowance,
  openDatabase,
  takeFromBudget,
  type Allowance,
  type Database,
} from '#libs/database';
import { testDatabase, type TestDatabase } from '#test/postgres';

let home: TestDatabase;
/** As many processes would have it: one pool each. */
let databases: Database[];
beforeAll(async () => {
  home = await testDatabase();
  databases = [1, 2, 3].map(() => openDatabase(home.url, 'test', { warn: () => {} }));
  await databases[0]!.migrate();
});
afterAll(async () => {
  await Promise.all(databases.map((d) => d.close()));
  await home.drop();
});

let budgets = 0;
const newKey = (): string => `budget ${++budgets}`;

/** When the permissions were given, in milliseconds, by the database's clock. */
async function grantsOf(key: string): Promise<number[]> {
  const found = await databases[0]!.pool.query<{ at: string }>(
    `SELECT extract(epoch FROM g) * 1000 AS at FROM tributary.api_budgets, unnest(granted) g
      WHERE budget_key = $1 ORDER BY g`,
    [key],
  );
  return found.rows.map((r) => Number(r.at));
}

/** Takes until there are so many, as a taker does that knows nothing of the others. */
async function take(
  database: Database,
  key: string,
  allowance: Allowance,
  times: number,
  reserve = 0,
): Promise<void> {
  for (let taken = 0; taken < times;) {
    const waitMs = await takeFromBudget(database.pool, key, allowance, reserve);
    if (waitMs === 0) taken++;
    else await sleep(waitMs);
  }
}

/** The most permissions in any half-open stretch of that length. */
const mostWithin = (grants: readonly number[], perMs: number): number =>
  Math.max(...grants.map((from) => grants.filter((at) => at >= from && at < from + perMs).length));

describe('a budget of requests', () => {
  it('gives no more than it may in any stretch of time, whoever asks and however many at once', async () => {
    const worlds = fc.record({
      requests: fc.integer({ min: 1, max: 7 }),
      perMs: fc.integer({ min: 40, max: 250 }),
      takers: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(worlds, async ({ requests, perMs, takers }) => {
        const key = newKey();
        await Promise.all(takers.map((times, i) => take(databases[i % 3]!, key, { requests, perMs }, times)));
        const grants = await grantsOf(key);
        expect(grants).toHaveLength(takers.reduce((a, b) => a + b, 0));
        expect(mostWithin(grants, perMs)).toBeLessThanOrEqual(requests);
      }),
      { numRuns: 8 },
    );
  });

  it('holds for many requests in equal parts of the time, and loses next to nothing by it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1_000, max: 86_400_000 }),
        (requests, perMs) => {
          const kept = keptAllowance({ requests, perMs });
          expect(kept.requests).toBeLessThanOrEqual(200);
          // so many stretches of the kept length cover the stretch that the partner measures
          expect(Math.ceil(perMs / kept.perMs) * kept.requests).toBeLessThanOrEqual(requests);
          expect(kept.requests / kept.perMs / (requests / perMs)).toBeGreaterThan(0.9);
        },
      ),
    );
  });

  it('gives the last permissions only to those who are urgent', async () => {
    const key = newKey();
    const allowance = { requests: 4, perMs: 60_000 };
    const ask = (reserve: number): Promise<number> =>
      takeFromBudget(databases[0]!.pool, key, allowance, reserve);
    expect(await ask(2)).toBe(0);
    expect(await ask(2)).toBe(0);
    expect(await ask(2)).toBeGreaterThan(50_000);
    expect(await ask(0)).toBe(0);
    expect(await ask(0)).toBe(0);
    expect(await ask(0)).toBeGreaterThan(50_000);
  });

  it('is held back for everybody when the partner says that it is too much', async () => {
    const key = newKey();
    const [a, b] = databases as [Database, Database];
    expect(await takeFromBudget(a.pool, key, { requests: 100, perMs: 1_000 })).toBe(0);
    await blockBudget(b.pool, key, 30_000);
    await blockBudget(b.pool, key, 10); // a shorter word does not take back a longer one
    expect(await takeFromBudget(a.pool, key, { requests: 100, perMs: 1_000 })).toBeGreaterThan(20_000);
    const unknown = newKey();
    await blockBudget(b.pool, unknown, 30_000);
    expect(await takeFromBudget(a.pool, unknown, { requests: 1, perMs: 1_000 })).toBeGreaterThan(20_000);
  });

  it('remembers no more than it needs', async () => {
    const key = newKey();
    await take(databases[0]!, key, { requests: 100_000, perMs: 1_000 }, 450);
    expect(await grantsOf(key)).toHaveLength(200);
  });
});
