import { agreement, deal, ngrDefinition, ngrVersion, sharePlan } from '#test/deals';
import type { Plan } from './agreement.js';
import { DealError, dealOf } from './deal-of.js';
import { planAt, segmentsOf } from './segments.js';

const cpa = (from: string, to?: string): Plan => ({
  type: 'cpa',
  from,
  ...(to !== undefined && { to }),
  cpa: { on: 'ftd', amount: '100' },
});

/** Of each segment: its bounds without their seconds, type of the plan and tax. */
function cuts(of: ReturnType<typeof deal>, period: string): string[] {
  return segmentsOf(of, period).map(
    ({ index, from, to, plan, ngr }) =>
      `${index} ${from.slice(5, 16)} ${to.slice(5, 16)} ${plan.type}${ngr ? ` ${ngr.tax}` : ''}`,
  );
}

describe('segmentsOf', () => {
  it('is the whole month where nothing changes', () => {
    expect(cuts(deal([sharePlan()]), '2026-10')).toEqual(['0 10-01T00:00 11-01T00:00 revenue_share 0']);
  });

  it('begins and ends with local midnights, whatever the clocks do', () => {
    const plans = [cpa('2026-01-01', '2026-10-25'), sharePlan({}, { from: '2026-10-25' })];
    const ngr = [ngrVersion({ to: '2026-10-26' }), ngrVersion({ from: '2026-10-26', tax: '0.1' })];
    expect(cuts(deal(plans, { time_zone: 'Europe/Malta', ngr }), '2026-10')).toEqual([
      '0 09-30T22:00 10-24T22:00 cpa',
      '1 10-24T22:00 10-26T00:00 revenue_share 0', // days of NGR are of its own zone
      '2 10-26T00:00 10-31T23:00 revenue_share 0.1',
    ]);
  });

  it('cuts between plans that differ in their amounts alone', () => {
    const more: Plan = { type: 'cpa', from: '2026-10-09', cpa: { on: 'ftd', amount: '120' } };
    expect(cuts(deal([cpa('2026-01-01', '2026-10-09'), more]), '2026-10')).toEqual([
      '0 10-01T00:00 10-09T00:00 cpa',
      '1 10-09T00:00 11-01T00:00 cpa',
    ]);
  });

  it('leaves out what no plan covers', () => {
    const plans = [cpa('2026-01-01', '2026-10-05'), cpa('2026-10-20')];
    expect(cuts(deal(plans), '2026-10')).toEqual([
      '0 10-01T00:00 10-05T00:00 cpa',
      '1 10-20T00:00 11-01T00:00 cpa',
    ]);
    expect(segmentsOf(deal(plans), '2025-12')).toEqual([]);
  });

  it('does not cut where the terms stay the same', () => {
    const ngr = [ngrVersion({ to: '2026-10-12' }), ngrVersion({ from: '2026-10-12' })];
    const plans = [sharePlan({}, { to: '2026-10-07' }), sharePlan({}, { from: '2026-10-07' })];
    expect(cuts(deal(plans, { ngr }), '2026-10')).toEqual(cuts(deal([sharePlan()]), '2026-10'));
  });
});

describe('planAt', () => {
  it('finds the plan in force, from its first instant to before its last', () => {
    const of = deal([cpa('2026-01-01', '2026-10-05'), cpa('2026-10-20')], { time_zone: 'Europe/Malta' });
    const from = (instant: string) => planAt(of, instant)?.plan.from;
    expect(from('2025-12-31T22:59:59.999999Z')).toBeUndefined();
    expect(from('2025-12-31T23:00:00.000000Z')).toBe('2026-01-01');
    expect(from('2026-10-04T21:59:59.999999Z')).toBe('2026-01-01');
    expect(from('2026-10-04T22:00:00.000000Z')).toBeUndefined();
    expect(from('2030-01-01T00:00:00.000000Z')).toBe('2026-10-20');
  });
});

describe('dealOf', () => {
  const plans = [sharePlan({}, { from: '2026-01-01' }), cpa('2027-01-01')];
  const of = deal(plans);

  it('versions terms by their content', () => {
    const again = deal([sharePlan({}, { from: '2026-01-01' }), cpa('2027-01-01')]);
    expect(again).toEqual(of);
    expect(of.version).toMatch(/^[0-9a-f]{64}$/);
    expect(deal([sharePlan({ rate: '0.3' })]).plans[0]!.version).not.toBe(of.plans[0]!.version);
    expect(deal(plans, { currency: 'USD' }).version).not.toBe(of.version);
    expect(deal(plans, { ngr: [ngrVersion({ tax: '0.1' })] }).ngr.get('net')!.versions[0]!.version).not.toBe(
      of.ngr.get('net')!.versions[0]!.version,
    );
  });

  it('keeps the version of a plan that is ended, and of the agreement whose plans change', () => {
    const ended = deal([sharePlan({}, { from: '2026-01-01', to: '2026-06-01' })]);
    expect(ended.plans[0]!.version).toBe(of.plans[0]!.version);
    expect(ended.version).toBe(of.version);
  });

  it('knows no NGR that no plan names', () => {
    const other = { ...ngrDefinition(ngrVersion()), ngr: 'gross' };
    expect([...dealOf(agreement(plans), [other, ngrDefinition(ngrVersion())]).ngr.keys()]).toEqual(['net']);
  });

  const without = (instant: string) =>
    `agreement acme, plan from 2026-01-01: NGR net, whose days are of UTC, has no version at ${instant}:00.000000Z`;
  it.each([
    ['is missing', 'UTC', [], 'agreement acme, plan from 2026-01-01: brand royal has no NGR net'],
    [
      'is of another brand',
      'UTC',
      [{ ...ngrDefinition(ngrVersion()), brand: 'other' }],
      'agreement acme, plan from 2026-01-01: brand royal has no NGR net',
    ],
    [
      'begins too late',
      'UTC',
      [ngrDefinition(ngrVersion({ from: '2026-01-02' }))],
      without('2026-01-01T00:00'),
    ],
    [
      'begins too late in its zone',
      'Europe/Malta',
      [ngrDefinition(ngrVersion({ from: '2026-01-01' }))],
      without('2025-12-31T23:00'),
    ],
    ['ends too early', 'UTC', [ngrDefinition(ngrVersion({ to: '2030-01-01' }))], without('2030-01-01T00:00')],
    [
      'has a gap',
      'UTC',
      [ngrDefinition(ngrVersion({ to: '2026-02-01' }), ngrVersion({ from: '2026-02-02' }))],
      without('2026-02-01T00:00'),
    ],
  ])('refuses a plan whose NGR %s', (_, time_zone, ngrs, message) => {
    const make = () => dealOf(agreement([sharePlan({}, { from: '2026-01-01' })], { time_zone }), ngrs);
    expect(make).toThrow(new DealError(message));
  });

  it('does not care for gaps before the plan', () => {
    const definition = ngrDefinition(ngrVersion({ to: '2021-01-01' }), ngrVersion({ from: '2025-06-01' }));
    const plan = sharePlan({}, { from: '2026-01-01' });
    expect(() => dealOf(agreement([plan]), [definition])).not.toThrow();
  });

  it('takes a plan that ends where its NGR does', () => {
    const plan = sharePlan({}, { from: '2026-01-01', to: '2026-03-01' });
    const definition = ngrDefinition(
      ngrVersion({ from: '2026-01-01', to: '2026-02-01' }),
      ngrVersion({ from: '2026-02-01', to: '2026-03-01', tax: '0.1' }),
    );
    expect(() => dealOf(agreement([plan]), [definition])).not.toThrow();
  });
});
