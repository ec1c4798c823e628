import fc from 'fast-check';
import { instantFromMs, instantToMs } from '#libs/events';
import { pairDeposits, type PairableDeposit } from './pair-deposits.js';

const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-11-21T00:00:00Z');

const deposit = (id: string, hours: number, change: Partial<PairableDeposit> = {}): PairableDeposit => ({
  ...{ conversion_id: id, brand: 'b', player_id: 'p', click_id: null, amount: '40', currency: 'USD' },
  occurred_at: instantFromMs(START_MS + hours * HOUR_MS),
  weak: id.startsWith('w'),
  ...change,
});
const pairs = (...deposits: PairableDeposit[]): [string, string][] => [...pairDeposits(deposits)].sort();

describe('pairDeposits', () => {
  it.each([
    ['of the same player, amount and currency', {}, true],
    ['of another player', { player_id: 'q' }, false],
    ['of another brand', { brand: 'c' }, false],
    ['of another amount', { amount: '40.01' }, false],
    ['of another currency', { currency: 'EUR' }, false],
    ['without an amount', { amount: null, currency: null }, false],
    ['of a click where the other one’s player is known', { player_id: null, click_id: 'p' }, false],
  ])('pairs a weak deposit with a strong one %s: %s → %s', (_what, change, paired) => {
    expect(pairs(deposit('w', 1), deposit('s', 0, change))).toEqual(paired ? [['w', 's']] : []);
  });

  it('pairs by click where no player is known, and by nothing where no click is either', () => {
    const loose = { player_id: null, click_id: 'c' };
    expect(pairs(deposit('w', 0, loose), deposit('s', 0, loose))).toEqual([['w', 's']]);
    const none = { player_id: null, click_id: null };
    expect(pairs(deposit('w', 0, none), deposit('s', 0, none))).toEqual([]);
  });

  it('reaches 24 hours either way, both ends included', () => {
    expect(pairs(deposit('w', 0), deposit('s', 24))).toHaveLength(1);
    expect(pairs(deposit('w', 24), deposit('s', 0))).toHaveLength(1);
    const beyond = { occurred_at: '2026-11-22T00:00:00.000001Z' };
    expect(pairs(deposit('w', 0), deposit('s', 0, beyond))).toEqual([]);
    expect(pairs(deposit('w', 0, beyond), deposit('s', 0))).toEqual([]);
  });

  it('never pairs weak with weak or strong with strong', () => {
    expect(pairs(deposit('w1', 0), deposit('w2', 0))).toEqual([]);
    expect(pairs(deposit('s1', 0), deposit('s2', 0))).toEqual([]);
  });

  it('lets the nearest pair first, and the next with what is left', () => {
    expect(pairs(deposit('w1', 0), deposit('s1', 5), deposit('w2', 6))).toEqual([['w2', 's1']]);
    expect(pairs(deposit('w1', 0), deposit('s1', 5), deposit('w2', 6), deposit('s2', 20))).toEqual([
      ['w1', 's2'],
      ['w2', 's1'],
    ]);
  });

  it('settles ties by the strong one’s id, then by the weak one’s', () => {
    expect(pairs(deposit('w', 5), deposit('s2', 4), deposit('s1', 6))).toEqual([['w', 's1']]);
    expect(pairs(deposit('w2', 4), deposit('w1', 6), deposit('s', 5))).toEqual([['w1', 's']]);
    expect(pairs(deposit('w2', 1), deposit('w1', 1), deposit('s2', 1), deposit('s1', 1))).toEqual([
      ['w1', 's1'],
      ['w2', 's2'],
    ]);
  });

  const world = fc
    .array(
      fc.record({
        weak: fc.boolean(),
        hours: fc.integer({ min: 0, max: 60 }),
        player: fc.constantFrom('p', 'p', 'q', null),
        amount: fc.constantFrom('40', '40', '41', null),
      }),
      { maxLength: 14 },
    )
    .map((all) =>
      all.map(({ weak, hours, player, amount }, i) =>
        deposit(`${weak ? 'w' : 's'}${i}`, hours, { player_id: player, click_id: 'c', amount }),
      ),
    );
  const both = world.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );

  it('is one to one, within the window, of one kind of deposit, and the same for any order', () => {
    fc.assert(
      fc.property(both, ([all, shuffled]) => {
        const found = pairDeposits(all);
        expect([...pairDeposits(shuffled)].sort()).toEqual([...found].sort());
        expect(new Set(found.values()).size).toBe(found.size);
        for (const [w, s] of found) {
          const [weak, strong] = [w, s].map((id) => all.find((d) => d.conversion_id === id)!);
          expect([weak!.weak, strong!.weak]).toEqual([true, false]);
          expect(isCandidate(weak!, strong!)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves no two alone that could pair, and no two apart that are nearer to each other than to their own', () => {
    fc.assert(
      fc.property(world, (all) => {
        const found = pairDeposits(all);
        const byStrong = new Map([...found].map(([w, s]) => [s, w]));
        const at = (id: string): PairableDeposit => all.find((d) => d.conversion_id === id)!;
        for (const w of all.filter((d) => d.weak)) {
          for (const s of all.filter((d) => !d.weak && isCandidate(w, d))) {
            const [ofW, ofS] = [found.get(w.conversion_id), byStrong.get(s.conversion_id)];
            const taken = [ofW && apart(w, at(ofW)), ofS && apart(at(ofS), s)].filter((a) => a !== undefined);
            expect(Math.min(...(taken as number[]))).toBeLessThanOrEqual(apart(w, s));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

function apart(a: PairableDeposit, b: PairableDeposit): number {
  return Math.abs(instantToMs(a.occurred_at) - instantToMs(b.occurred_at));
}

function isCandidate(w: PairableDeposit, s: PairableDeposit): boolean {
  const same = w.player_id === s.player_id && w.amount === s.amount && w.amount !== null;
  return same && apart(w, s) <= 24 * HOUR_MS;
}
