import fc from 'fast-check';
import {
  compareBytes,
  factOf,
  mergeConversionFacts,
  type ConversionFact,
  type ConversionSlot,
} from '#libs/database';
import type { Conversion } from '#libs/events';
import { exampleFact, exampleSlot, exampleLink } from '#test/example-facts';
import { propertyRuns } from '#test/property-runs';
import { IdentityGraph, identityKey } from './identity-graph.js';
import { Journeys } from './journeys.js';
import { planProjection, resolvePlan, type Projection } from './project-conversions.js';

const nobody = new Journeys(new IdentityGraph(), []);
const hour = (h: number): string => `2026-11-21T${String(h).padStart(2, '0')}:00:00.000000Z`;
const strong = (tx: string, h: number, change: Partial<ConversionFact> = {}): ConversionFact =>
  exampleFact({ conversion_key: `tx:${tx}`, occurred_at: hour(h), ...change });
const weak = (key: string, h: number, change: Partial<ConversionFact> = {}): ConversionFact =>
  exampleFact({ conversion_key: `event:${key}`, occurred_at: hour(h), ...change });
const idsOf = (facts: readonly ConversionFact[]): Set<string> => new Set(facts.map((f) => f.conversion_id));

function project(
  facts: ConversionFact[],
  inserted: ConversionFact[],
  updated: ConversionFact[] = [],
  journeys = nobody,
): Projection {
  const owners = new Set(['p', 'p1', 'q', 'r'].map((id) => identityKey({ brand: 'b', kind: 'player', id })));
  const holders = new Map([...idsOf(updated)].map((id) => [id, owners]));
  const changed = { inserted: idsOf(inserted), updated: idsOf(updated), formerTimes: new Map(), holders };
  return resolvePlan(
    planProjection({ facts, returns: [], owners, knownBefore: new Map() }, journeys, changed),
    journeys,
  );
}
/** Key → whether it is a first deposit, of all rows to be written. */
const rowsOf = ({ visible }: Projection): Record<string, boolean> =>
  Object.fromEntries(visible.map((c) => [c.conversion_key, c.is_first_deposit]));
const pairingsOf = ({ pairings }: Projection): unknown[] =>
  pairings.map((p) => [p.conversion_id, p.paired_with]);

describe('planProjection', () => {
  it('writes what is new and nothing else', () => {
    const registration = exampleFact({ type: 'registration', conversion_key: 'click:c', weak: false });
    const [first, second] = [strong('1', 1), strong('2', 2)];
    expect(project([registration], [registration]).visible).toHaveLength(1);
    expect(rowsOf(project([first, second, registration], [second]))).toEqual({ 'tx:2': false });
  });

  it('sorts what it writes by conversion id', () => {
    const facts = ['5', '3', '1', '4', '2'].map((tx, i) => strong(tx, i));
    const written = project(facts, facts).visible.map((c) => c.conversion_id);
    expect(written).toEqual([...written].sort(compareBytes));
  });

  it('moves the first deposit to an earlier one that comes late, and writes both', () => {
    const [first, second, third] = [strong('1', 1), strong('2', 2), strong('3', 3)];
    expect(rowsOf(project([second, third], [second, third]))).toEqual({ 'tx:2': true, 'tx:3': false });
    expect(rowsOf(project([first, second, third], [first]))).toEqual({ 'tx:1': true, 'tx:2': false });
  });

  it('moves it back when the first is no longer approved', () => {
    const [first, second] = [strong('1', 1, { status: 'rejected' }), strong('2', 2)];
    expect(rowsOf(project([first, second], [], [first]))).toEqual({ 'tx:1': false, 'tx:2': true });
  });

  it('counts deposits of known players alone, each player’s apart, ties by conversion id', () => {
    const [nobodys, other] = [strong('1', 1, { player_id: null }), strong('2', 1, { player_id: 'q' })];
    const tied = [strong('3', 5), strong('4', 5)];
    const rows = rowsOf(project([nobodys, other, ...tied], [nobodys, other, ...tied]));
    expect(rows).toMatchObject({ 'tx:1': false, 'tx:2': true });
    const least = [...idsOf(tied)].sort(compareBytes)[0];
    const first = tied.find((f) => f.conversion_id === least)!.conversion_key;
    expect([rows['tx:3'], rows['tx:4']].filter(Boolean)).toHaveLength(1);
    expect(rows[first]).toBe(true);
  });

  it('makes one row of a weak deposit and its strong one, with what both say', () => {
    const s = strong('1', 2, { source: 'pixel-server', custom: { a: 1 } });
    const w = weak('x', 1, { source: 'pixel-browser', custom: { b: 2 }, click_id: 'c' });
    const projection = project([s, w], [s, w]);
    expect(projection.visible).toMatchObject([
      {
        conversion_id: s.conversion_id,
        sources: ['pixel-browser', 'pixel-server'],
        custom: { a: 1, b: 2 },
        click_id: 'c',
        occurred_at: hour(2),
        is_first_deposit: true,
      },
    ]);
    expect(pairingsOf(projection)).toEqual([[w.conversion_id, s.conversion_id]]);
  });

  it('writes the row of a strong deposit anew when its weak one comes, and takes the weak one’s row back', () => {
    const [s, w] = [strong('1', 2), weak('x', 1)];
    expect(project([w], [w])).toMatchObject({
      visible: [{ conversion_key: 'event:x', is_first_deposit: true }],
      pairings: [{ paired_with: null }],
    });
    const late = project([s, w], [s]);
    expect(rowsOf(late)).toEqual({ 'tx:1': true });
    expect(pairingsOf(late)).toEqual([[w.conversion_id, s.conversion_id]]);
  });

  it('lets a weak deposit stand alone again when its strong one turns out to be another’s', () => {
    const [s, w] = [strong('1', 2, { player_id: 'q' }), weak('x', 1)];
    const projection = project([s, w], [], [s]);
    expect(rowsOf(projection)).toEqual({ 'tx:1': true, 'event:x': true });
    expect(pairingsOf(projection)).toEqual([[w.conversion_id, null]]);
  });

  it('gives the first place on when its weak deposit becomes part of a later strong one', () => {
    const [w, between, s] = [weak('x', 1), strong('1', 2, { amount: '7' }), strong('2', 3)];
    expect(rowsOf(project([w, between], [w, between]))).toEqual({ 'event:x': true, 'tx:1': false });
    expect(rowsOf(project([w, between, s], [s]))).toEqual({ 'tx:1': true, 'tx:2': false });
  });

  it('takes the first place back when a strong deposit turns out to be another’s and its weak one was earlier', () => {
    const [w, between, s] = [
      weak('x', 1),
      strong('1', 2, { amount: '7' }),
      strong('2', 3, { player_id: 'q' }),
    ];
    expect(rowsOf(project([w, between, s], [], [s]))).toEqual({
      'event:x': true,
      'tx:1': false,
      'tx:2': true,
    });
  });

  it('writes a strong deposit anew that its weak one has left for another player', () => {
    const [s, w] = [strong('1', 2), weak('x', 1, { player_id: 'q' })];
    expect(rowsOf(project([s, w], [], [w]))).toEqual({ 'event:x': true, 'tx:1': true });
  });

  const fact = fc
    .record({
      source: fc.constantFrom('pixel-server', 'pixel-browser', 'partner'),
      conversion_key: fc.constantFrom('tx:1', 'tx:2', 'tx:3', 'event:1', 'event:2', 'event:3'),
      player_id: fc.constantFrom('p', 'p', 'q', null),
      click_id: fc.constantFrom('c', 'd', null),
      amount: fc.constantFrom('40', '40', '41', null),
      h: fc.integer({ min: 0, max: 23 }),
      status: fc.constantFrom('approved', 'approved', 'approved', 'rejected'),
    })
    .map(({ h, ...change }) => exampleFact({ ...change, occurred_at: hour(h) }));
  const facts = fc.array(fact, { minLength: 1, maxLength: 10 });

  it('step by step writes the rows that it writes at once', () => {
    const journeys = new Journeys(new IdentityGraph([exampleLink('c', 'p'), exampleLink('d', 'q')]), []);
    fc.assert(
      fc.property(facts, facts, (before, added) => {
        const [was, is] = [merged(before), merged([...before, ...added])];
        const rows = applied(new Map(), project(was, was, [], journeys));
        const known = idsOf(was);
        const updated = added.filter((f) => known.has(f.conversion_id));
        const inserted = added.filter((f) => !known.has(f.conversion_id));
        expect(applied(rows, project(is, inserted, updated, journeys))).toEqual(
          applied(new Map(), project(is, is, [], journeys)),
        );
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('writes the same whatever the order of its facts', () => {
    fc.assert(
      fc.property(facts, (all) => {
        const set = merged(all);
        expect(project(set.toReversed(), set)).toEqual(project(set, set));
      }),
    );
  });
});

/** Slots as the table holds them. */
function merged(facts: readonly ConversionFact[]): ConversionFact[] {
  const slots = new Map<string, ConversionSlot>();
  for (const fact of facts) {
    const f = exampleSlot(fact);
    const there = slots.get(`${f.conversion_id}|${f.source}`);
    slots.set(`${f.conversion_id}|${f.source}`, there ? mergeConversionFacts(there, f) : f);
  }
  return [...slots.values()].flatMap((slot) => factOf(slot) ?? []);
}

/** Rows as the table holds them after the projection is written. */
function applied(
  rows: ReadonlyMap<string, Conversion>,
  { visible, pairings }: Projection,
): Map<string, Conversion> {
  const after = new Map(rows);
  for (const p of pairings) if (p.paired_with !== null) after.delete(p.conversion_id);
  for (const c of visible) after.set(c.conversion_id, c);
  return new Map([...after].sort());
}
